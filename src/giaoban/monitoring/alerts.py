"""Every alert: when it fires, what happened and what to do, in Vietnamese and English.

Whatever could only be seen through a box that is down itself does not fire: each expression asks
first whether the box before it answers. So the alerts that remain are causes. `rules` makes the
file that Prometheus reads of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from giaoban.monitoring.services import SERVICES

Severity = Literal["critical", "warning"]


@dataclass(frozen=True, slots=True)
class Alert:
    """One rule; `holds` is for how many times the usual patience it must have held.

    Texts are Prometheus' templates: `{{ $labels.device }}`, `{{ $value }}`.
    """

    name: str
    severity: Severity
    expression: str
    what_vi: str
    do_vi: str
    what_en: str
    do_en: str
    holds: float = 1
    labels: tuple[tuple[str, str], ...] = ()


_ABOVE_ANSWERS: Final = "and on (above) giaoban:above_up == 1"
_DEVICE_ANSWERS: Final = "and on (device) giaoban:device_up == 1"
_LINES: Final = (
    '{{ range $number, $line := query (printf "giaoban:circuit{site=%q}" $labels.site) }}'
    "{{ if $number }}; {{ end }}{{ .Labels.carrier }} {{ .Labels.phone }},"
    " {{ .Labels.reference }}{{ end }}."
)
_LOOK_VI: Final = "Vào máy qua máy bastion, xem `systemctl --failed` và `journalctl -b -p warning`."
_LOOK_EN: Final = (
    "Log in by the bastion; look at `systemctl --failed` and `journalctl -b -p warning`."
)

NETWORK: Final = (
    Alert(
        "CoresSilent",
        "critical",
        'max(giaoban:device_up{above="cores",kind="router"}) == 0',
        "Máy giám sát không thấy bộ định tuyến lõi nào: không biết gì về toàn tỉnh",
        "Kiểm tra điện và thiết bị chuyển mạch ở trung tâm dữ liệu, rồi hai bộ định tuyến lõi.",
        "The monitoring server sees neither core router: nothing is known of the province",
        "Look at power and at the switch in the data centre, then at both core routers.",
    ),
    Alert(
        "SiteDown",
        "critical",
        'giaoban:device_up{kind="router",above=""} == 0 and on (site) giaoban:site_in_reach == 1',
        "{{ $labels.site_name }} mất kết nối: bộ định tuyến không trả lời qua đường truyền nào",
        "Gọi điểm này hỏi còn điện không. Còn điện thì gọi báo hỏng nhà mạng, nêu số hiệu đường"
        f" truyền: {_LINES}",
        "{{ $labels.site_name }} is cut off: its router answers over no circuit",
        "Call the site and ask whether it has power. If so, call the carrier's fault desk with the"
        f" circuit's number: {_LINES}",
    ),
    # Later than a site: while all its lines are dead, that is one cause and not several.
    Alert(
        "CircuitDown",
        "warning",
        "giaoban:circuit_up == 0",
        "Đường truyền {{ $labels.circuit }} của {{ $labels.site_name }} không thông"
        '{{ if eq $labels.standby "yes" }} (đường dự phòng){{ end }}',
        "Gọi báo hỏng {{ $labels.carrier }}, {{ $labels.phone }}, nêu số hiệu"
        " {{ $labels.reference }}. Điểm này đang nhờ đường khác, nếu có.",
        "Circuit {{ $labels.circuit }} of {{ $labels.site_name }} does not carry"
        '{{ if eq $labels.standby "yes" }} (a standby){{ end }}',
        "Call the fault desk of {{ $labels.carrier }}, {{ $labels.phone }}, with number"
        " {{ $labels.reference }}. The site lives on another circuit, if it has one.",
        holds=1.5,
    ),
    Alert(
        "CircuitsUnasked",
        "warning",
        "giaoban_circuits_asked == 0 and on (upper)"
        ' label_replace(giaoban:device_up == 1, "upper", "$1", "device", "(.+)")',
        "Không hỏi được {{ $labels.upper }} về các đường truyền của nó",
        "Thử `giaoban verify`; xem `journalctl -u giaoban-circuits` trên máy giám sát.",
        "{{ $labels.upper }} could not be asked about its circuits",
        "Try `giaoban verify`; look at `journalctl -u giaoban-circuits` on the monitoring server.",
        holds=3,
    ),
    Alert(
        "PathLossy",
        "warning",
        "avg by (device, site, site_name)"
        ' (avg_over_time(probe_success{job="ping",kind="router"}[15m]))'
        " < 0.9 and on (device) giaoban:device_up == 1",
        "Đường tới {{ $labels.site_name }} mất gói: {{ $value | humanizePercentage }} số lần hỏi có"
        " trả lời trong 15 phút",
        "Chạy `giaoban verify --site {{ $labels.site }}` để biết mất ở đường nào, rồi gọi nhà mạng"
        f" của đường ấy: {_LINES}",
        "The way to {{ $labels.site_name }} loses packets: {{ $value | humanizePercentage }} of the"
        " questions of 15 minutes were answered",
        "Run `giaoban verify --site {{ $labels.site }}` to see on which circuit, then call its"
        f" carrier: {_LINES}",
        holds=5,
    ),
    Alert(
        "FamilyDown",
        "warning",
        'probe_success{job="ping"} == 0 and on (device) giaoban:device_up == 1',
        "{{ $labels.device }} chỉ trả lời một nửa: không qua {{ $labels.family }}",
        "Chạy `giaoban verify --site {{ $labels.site }}`; so tuyến và địa chỉ {{ $labels.family }}"
        " của thiết bị với kế hoạch.",
        "{{ $labels.device }} answers by half: not over {{ $labels.family }}",
        "Run `giaoban verify --site {{ $labels.site }}`; compare the box's routes and addresses of"
        " {{ $labels.family }} with the plan.",
        holds=5,
    ),
)

# Of a kind of box: how it is called, and what to do, in Vietnamese and English.
_KINDS: Final = {
    "router": (
        "Bộ định tuyến lõi",
        "Kiểm tra điện và thiết bị tại trung tâm dữ liệu; bộ kia đang gánh cả tỉnh.",
        "Core router",
        "Look at its power and at the box in the data centre; the other carries the province.",
    ),
    "switch": (
        "Thiết bị chuyển mạch",
        "Gọi điểm này kiểm tra nguồn và dây nối từ bộ định tuyến.",
        "Switch",
        "Call the site: power, and the cable from the router.",
    ),
    "hypervisor": (
        "Máy chủ vật lý",
        (
            "Kiểm tra nguồn và màn hình của máy. Các máy chủ ảo trên đó dừng theo; dịch vụ có máy"
            " thứ hai vẫn chạy. Không sửa được ngay thì chuyển máy ảo sang máy kia"
            " (docs/howto-datacentre.md)."
        ),
        "Hypervisor",
        (
            "Look at its power and console. Its servers stopped with it; services with a second"
            " server go on. If it stays down, move its servers to the other"
            " (docs/howto-datacentre.md)."
        ),
    ),
    "server": (
        "Máy chủ",
        (
            "Xem màn hình của máy trên máy chủ vật lý; không khởi động lại được thì"
            " `giaoban dc up` dựng lại và playbooks/restore.yml trả dữ liệu về."
        ),
        "Server",
        (
            "Look at its console on the hypervisor; if it does not boot, `giaoban dc up` makes it"
            " anew and playbooks/restore.yml brings its data back."
        ),
    ),
    "endpoint": (
        "Thiết bị họp",
        "Gọi điểm này: thiết bị có bật không, dây mạng có cắm đúng cổng không.",
        "Meeting endpoint",
        "Call the site: is it switched on, is its cable in the right port?",
    ),
}

BOXES: Final = tuple(
    Alert(
        "DeviceDown",
        "warning" if kind in {"endpoint", "switch"} else "critical",
        f'giaoban:device_up{{kind="{kind}",above!=""}} == 0 {_ABOVE_ANSWERS}',
        f"{name_vi} {{{{ $labels.device }}}} ở {{{{ $labels.site_name }}}} không trả lời",
        do_vi,
        f"{name_en} {{{{ $labels.device }}}} at {{{{ $labels.site_name }}}} does not answer",
        do_en,
        # An endpoint is restarted by whoever sits before it.
        holds=5 if kind == "endpoint" else 1,
        labels=(("kind", kind),),
    )
    for kind, (name_vi, do_vi, name_en, do_en) in _KINDS.items()
)


def _of_services() -> Iterator[Alert]:
    for name, words in SERVICES.items():
        units = " ".join(f"-u {unit}" for unit in words.units.split())
        look = f"`systemctl status {words.units}; journalctl {units} -n 50`"
        yield Alert(
            "ServiceDown",
            "warning",
            f'giaoban:service_up{{service="{name}"}} == 0 {_DEVICE_ANSWERS}',
            f"Dịch vụ {words.vi} trên {{{{ $labels.device }}}} không phục vụ",
            f"Vào {{{{ $labels.device }}}} qua máy bastion: {look}.",
            f"Service {words.en} on {{{{ $labels.device }}}} does not serve",
            f"Log in to {{{{ $labels.device }}}} by the bastion: {look}.",
            labels=(("service", name),),
        )
        # Where all its servers are down, those are the causes.
        yield Alert(
            "ServiceGone",
            "critical",
            f'max by (service) (giaoban:service_up{{service="{name}"}}) == 0 and on (service)'
            f' max by (service) (giaoban:service_up{{service="{name}"}} + on (device) group_left ()'
            " max by (device) (giaoban:device_up)) == 1",
            f"Dịch vụ {words.vi} ngừng hẳn: {words.stops_vi}",
            f"Vào từng máy chủ của dịch vụ qua máy bastion: {look}.",
            f"Service {words.en} is gone: {words.stops_en}",
            f"Log in to each of its servers by the bastion: {look}.",
            labels=(("service", name),),
        )


SERVERS: Final = (
    Alert(
        "SlotDown",
        "critical",
        'max by (slot, device, site, site_name) (probe_success{job="slot"}) == 0'
        f" {_DEVICE_ANSWERS}"
        ' and on () max (giaoban:service_up{service="web"}) == 1',
        "Ứng dụng web {{ $labels.slot }} không mở được",
        "Gọi đơn vị chủ quản ứng dụng; máy chủ ứng dụng có chạy không (docs/howto-services.md)?",
        "Web application {{ $labels.slot }} does not open",
        "Call whoever runs the application; does its server run (docs/howto-services.md)?",
    ),
    Alert(
        "FiguresMissing",
        "warning",
        f'up{{job=~"node|postgres|livekit"}} == 0 {_DEVICE_ANSWERS}',
        "{{ $labels.device }} trả lời nhưng không cho số liệu ({{ $labels.job }})",
        "Vào máy qua máy bastion: `systemctl status prometheus-node-exporter"
        " prometheus-postgres-exporter`; chứng thư của máy còn hạn không?",
        "{{ $labels.device }} answers, but gives no figures ({{ $labels.job }})",
        "Log in by the bastion: `systemctl status prometheus-node-exporter"
        " prometheus-postgres-exporter`; is its certificate still good?",
        holds=3,
    ),
    Alert(
        "UnitFailed",
        "warning",
        "giaoban_unit_failed == 1",
        "{{ $labels.unit }} trên {{ $labels.device }} đã hỏng",
        "Vào máy qua máy bastion: `journalctl -u {{ $labels.unit }} -n 50`, sửa rồi"
        " `systemctl restart {{ $labels.unit }}`.",
        "{{ $labels.unit }} on {{ $labels.device }} has failed",
        "Log in by the bastion: `journalctl -u {{ $labels.unit }} -n 50`, mend it, then"
        " `systemctl restart {{ $labels.unit }}`.",
    ),
    Alert(
        "DiskFull",
        "critical",
        'node_filesystem_avail_bytes{fstype!~"tmpfs|ramfs|overlay"}'
        " / node_filesystem_size_bytes < 0.1",
        "Đĩa {{ $labels.mountpoint }} của {{ $labels.device }} sắp đầy: còn"
        " {{ $value | humanizePercentage }}",
        "Vào máy qua máy bastion: `du -xh --max-depth=2 {{ $labels.mountpoint }} | sort -h |"
        " tail`; xoá bớt, hoặc tăng `disk` của máy trong data-centre.yml.",
        "Disk {{ $labels.mountpoint }} of {{ $labels.device }} is nearly full:"
        " {{ $value | humanizePercentage }} left",
        "Log in by the bastion: `du -xh --max-depth=2 {{ $labels.mountpoint }} | sort -h |"
        " tail`; remove some, or give it more `disk` in data-centre.yml.",
        holds=10,
    ),
    Alert(
        "MemoryShort",
        "warning",
        "node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes < 0.1",
        "{{ $labels.device }} sắp hết bộ nhớ: còn {{ $value | humanizePercentage }}",
        f"{_LOOK_VI} Tăng `memory` của máy trong data-centre.yml nếu vẫn thiếu.",
        "{{ $labels.device }} is short of memory: {{ $value | humanizePercentage }} left",
        f"{_LOOK_EN} Give it more `memory` in data-centre.yml if it stays so.",
        holds=10,
    ),
    Alert(
        "ClockOff",
        "warning",
        "abs(giaoban_clock_offset_seconds) > 0.1 or giaoban_clock_synchronised == 0",
        "Đồng hồ của {{ $labels.device }} sai, hoặc không theo nguồn nào",
        "Vào máy qua máy bastion: `chronyc sources`. Đồng hồ sai làm hỏng chứng thư và nhật ký.",
        "The clock of {{ $labels.device }} is off, or follows nobody",
        "Log in by the bastion: `chronyc sources`. A wrong clock spoils certificates and logs.",
        holds=15,
    ),
    Alert(
        "CertificateEnds",
        "critical",
        "giaoban_certificate_end_timestamp_seconds - time() < 4 * 86400",
        "Chứng thư của {{ $labels.device }} hết hạn sau {{ $value | humanizeDuration }} mà chưa"
        " được gia hạn",
        "Vào máy qua máy bastion: `systemctl start giaoban-certificate; journalctl -u"
        " giaoban-certificate -n 30`; máy sv-pki-1 có chạy không (docs/howto-pki.md)?",
        "The certificate of {{ $labels.device }} ends in {{ $value | humanizeDuration }} and was"
        " not renewed",
        "Log in by the bastion: `systemctl start giaoban-certificate; journalctl -u"
        " giaoban-certificate -n 30`; does sv-pki-1 run (docs/howto-pki.md)?",
        holds=5,
    ),
    Alert(
        "IssuerEnds",
        "warning",
        "min(giaoban_issuer_end_timestamp_seconds) - time() < 60 * 86400",
        "Chứng thư của CA cấp phát hết hạn sau {{ $value | humanizeDuration }}",
        "Chạy `ansible-playbook playbooks/datacentre.yml --tags pki` (docs/howto-pki.md).",
        "The issuing CA's certificate ends in {{ $value | humanizeDuration }}",
        "Run `ansible-playbook playbooks/datacentre.yml --tags pki` (docs/howto-pki.md).",
    ),
    Alert(
        "BackupOld",
        "critical",
        'time() - giaoban_backup_last_timestamp_seconds{backup="daily"} > 30 * 3600'
        ' or time() - giaoban_backup_last_timestamp_seconds{backup="hourly"} > 3 * 3600',
        "Bản sao lưu cuối của {{ $labels.device }} đã {{ $value | humanizeDuration }}",
        "Vào máy qua máy bastion: `journalctl -u giaoban-backup -n 30`, sửa rồi"
        " `systemctl start giaoban-backup`.",
        "The last copy of {{ $labels.device }} is {{ $value | humanizeDuration }} old",
        "Log in by the bastion: `journalctl -u giaoban-backup -n 30`, mend it, then"
        " `systemctl start giaoban-backup`.",
        holds=5,
    ),
    Alert(
        "BackupMissing",
        "critical",
        '(up{job="node",backup=~"daily|hourly"} == 1'
        " unless on (device) giaoban_backup_last_timestamp_seconds)"
        " and on (device) (time() - node_boot_time_seconds > 30 * 3600)",
        "{{ $labels.device }} chưa có bản sao lưu nào",
        "Vào máy qua máy bastion: `systemctl start giaoban-backup; journalctl -u"
        " giaoban-backup -n 30`.",
        "{{ $labels.device }} was never copied",
        "Log in by the bastion: `systemctl start giaoban-backup; journalctl -u"
        " giaoban-backup -n 30`.",
        holds=5,
    ),
)

_OF_MEETINGS: Final = "sum by (device, site, site_name)"

MEETINGS: Final = (
    Alert(
        "MeetingLossy",
        "warning",
        # Pictures stand and words go missing from about one packet in thirty on.
        f"{_OF_MEETINGS} (rate(livekit_packet_loss_total[2m]))"
        f" / {_OF_MEETINGS} (rate(livekit_packet_total[2m])) > 0.03",
        "Cuộc họp qua {{ $labels.device }} mất {{ $value | humanizePercentage }} gói: hình đứng,"
        " tiếng ngắt",
        "Chạy `giaoban verify --site {{ $labels.site }}` rồi các điểm dự họp dưới nó: đường truyền"
        " nào đầy hoặc mất gói?",
        "Meetings by {{ $labels.device }} lose {{ $value | humanizePercentage }} of their packets:"
        " pictures stand, words go missing",
        "Run `giaoban verify --site {{ $labels.site }}`, then that of those who meet below it:"
        " which circuit is full, or loses packets?",
        holds=2,
    ),
)

OTHERS: Final = (
    Alert(
        "SnmpSilent",
        "warning",
        'up{job="snmp"} == 0',
        "{{ $labels.device }} ở {{ $labels.site_name }} không trả lời SNMP",
        "Gọi điểm này kiểm tra nguồn; thiết bị của nhà mạng thì gọi nhà mạng.",
        "{{ $labels.device }} at {{ $labels.site_name }} does not answer by SNMP",
        "Call the site about its power; where the box is a carrier's, the carrier.",
        holds=3,
    ),
    Alert(
        "PowerLost",
        "critical",
        "upsOutputSource == 5",
        "{{ $labels.site_name }} mất điện lưới: {{ $labels.device }} đang chạy bằng ắc quy",
        "Gọi điện lực; chưa có điện trong 15 phút thì tắt máy chủ theo thứ tự trong"
        " docs/howto-datacentre.md.",
        "{{ $labels.site_name }} has lost its mains: {{ $labels.device }} runs on its battery",
        "Call the power company; without mains in 15 minutes shut servers down as"
        " docs/howto-datacentre.md says.",
        holds=0.5,
    ),
    Alert(
        "VerifyOld",
        "warning",
        "time() - giaoban_verify_finished_timestamp_seconds > 2 * 86400",
        "Lần kiểm tra toàn mạng cuối cùng đã {{ $value | humanizeDuration }}",
        "Chạy `giaoban verify` trên máy điều khiển, rồi playbooks/noc-page.yml.",
        "The last check of the whole network is {{ $value | humanizeDuration }} old",
        "Run `giaoban verify` on the controller, then playbooks/noc-page.yml.",
    ),
    Alert(
        "MonitoringBroken",
        "critical",
        'up{job=~"prometheus|alertmanager|blackbox|circuits|snmp-exporter"} == 0',
        "Một phần của máy giám sát không chạy: {{ $labels.job }}",
        "Vào máy giám sát: `systemctl --failed`, `journalctl -b -p warning`.",
        "A part of the monitoring server does not run: {{ $labels.job }}",
        "On the monitoring server: `systemctl --failed`, `journalctl -b -p warning`.",
    ),
    Alert(
        "RulesFail",
        "critical",
        "increase(prometheus_rule_evaluation_failures_total[10m]) > 0"
        " or increase(prometheus_notifications_dropped_total[10m]) > 0",
        "Máy giám sát không tính được cảnh báo, hoặc không chuyển được",
        "Vào máy giám sát: `journalctl -u prometheus -u prometheus-alertmanager -n 50`.",
        "The monitoring server cannot work out alerts, or cannot pass them on",
        "On the monitoring server: `journalctl -u prometheus -u prometheus-alertmanager -n 50`.",
    ),
)

ALERTS: Final = (*NETWORK, *BOXES, *_of_services(), *SERVERS, *MEETINGS, *OTHERS)
