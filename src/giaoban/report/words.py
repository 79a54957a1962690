"""What the report says in its own name, in Vietnamese and English; numbers and times likewise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from giaoban.verify.messages import Language
from giaoban.verify.units import name_and_unit

# Key: Vietnamese, English.
_PHRASES: dict[str, tuple[str, str]] = {
    "title": ("Báo cáo mạng", "Network report"),
    "kicker": ("Báo cáo giao ban mạng", "Network briefing"),
    "causes": ("Nguyên nhân và việc cần làm", "Causes and what to do"),
    "map": ("Bản đồ mạng của tỉnh", "The province's network"),
    "checks": ("Theo phép kiểm tra", "By check"),
    "sites": ("Theo điểm mạng", "By site"),
    "circuits": ("Đường truyền", "Circuits"),
    "outside": ("Không thuộc lần kiểm tra này", "Not part of this run"),
    "legend": ("Chú giải", "Legend"),
    "place": ("Ở đâu", "Where"),
    "evidence": ("Bằng chứng", "Evidence"),
    "remedy": ("Cách khắc phục", "Remedy"),
    "call": ("Gọi cho", "Call"),
    "circuit": ("Đường truyền", "Circuit"),
    "reference": ("Số hiệu đường truyền", "Carrier's circuit number"),
    "affected": ("Bị ảnh hưởng", "Affected"),
    "site": ("Điểm", "Site"),
    "from": ("Từ", "From"),
    "to": ("Đến", "To"),
    "carrier": ("Nhà mạng", "Carrier"),
    "rate": ("Tốc độ cam kết", "Committed rate"),
    "carries": ("Đang truyền", "Carries"),
    "yes": ("có", "yes"),
    "no": ("không", "no"),
    "nobody-knows": ("không rõ", "unknown"),
    "standby": ("dự phòng", "standby"),
    "main": ("chính", "main"),
    "state": ("Kết quả", "Result"),
    "check": ("Phép kiểm tra", "Check"),
    "target": ("Đối tượng", "Target"),
    "finding": ("Nhận xét", "Finding"),
    "measured": ("Số đo", "Measured"),
    "failing": ("Hỏng ở", "Fails at"),
    "layer": ("Tầng", "Layer"),
    "blocked-by": ("do", "by"),
    "on-standby": ("đang chạy đường dự phòng", "on its standby circuit"),
    "show": ("Hiện", "Show"),
    "search": ("Tìm điểm…", "Find a site…"),
    "to-map": ("Về bản đồ", "To the map"),
    "jump": ("Bấm vào một điểm để xem số đo.", "Click a site to see its figures."),
    "swipe": ("Vuốt ngang để xem cả bản đồ.", "Swipe sideways to see the whole map."),
    "started": ("Bắt đầu", "Started"),
    "took": ("Thời gian kiểm tra", "Duration"),
    "all-sites": ("Tất cả các điểm", "All sites"),
    "tile-sites": ("điểm đạt", "sites pass"),
    "tile-circuits": ("đường truyền đạt", "circuits pass"),
    "tile-checks": ("phép kiểm tra đạt", "checks pass"),
    "tile-causes": ("nguyên nhân", "causes"),
    "core-link": ("Nối hai bộ định tuyến lõi", "Patch between the cores"),
    "not-in-run": ("không thuộc lần kiểm tra này", "not part of this run"),
    "unresolved": (
        "Có phép kiểm tra hỏng nhưng chưa quy được về nguyên nhân nào; xem bảng từng điểm.",
        "Some checks failed without a cause being found; see the table of each site.",
    ),
    "foot": (
        "Số liệu do giaoban verify đo. Tệp này không tải gì từ mạng.",
        "Measured by giaoban verify. This file loads nothing from any network.",
    ),
    "verdict.causes": (
        "Phát hiện {causes}, ảnh hưởng {bad} trên {asked} được kiểm tra.",
        "{causes} found, affecting {bad} of the {asked} checked.",
    ),
    "verdict.failures": (
        "{failures} hỏng, ảnh hưởng {bad} trên {asked} được kiểm tra.",
        "{failures} failed, affecting {bad} of the {asked} checked.",
    ),
    "verdict.unknown": (
        "Không thấy hỏng hóc, nhưng {unknown} chưa có câu trả lời.",
        "Nothing failed, but {unknown} found no answer.",
    ),
    "verdict.nothing": ("Chưa kiểm tra được gì.", "Nothing could be checked."),
    "verdict.pass": (
        "{asked} được kiểm tra đều đạt.",
        "{asked} checked, nothing wrong.",
    ),
    "verdict.part": (
        "{outside} của tỉnh không thuộc lần kiểm tra này.",
        "{outside} of the province were not part of this run.",
    ),
    "rehearsal": (
        "Diễn tập trên bản sao của mạng, không phải mạng thật",
        "A rehearsal on a twin of the network, not the network itself",
    ),
    "cause-number": ("nguyên nhân {number}", "cause {number}"),
    "state.PASS": ("Đạt", "Pass"),
    "state.FAIL": ("Hỏng", "Fail"),
    "state.UNKNOWN": ("Chưa rõ", "Unknown"),
    "state.BLOCKED": ("Bị chặn", "Blocked"),
    "state.NOT APPLICABLE": ("Không xét", "Not applicable"),
    "means.PASS": ("có bằng chứng là tốt", "proven good"),
    "means.FAIL": ("có bằng chứng là hỏng", "proven bad"),
    "means.UNKNOWN": ("không có bằng chứng", "no evidence"),
    "means.BLOCKED": ("hỏng theo nguyên nhân khác", "down because of another cause"),
    "means.NOT APPLICABLE": ("không có gì để hỏi", "nothing to ask there"),
    "tier.data_centre": ("Trung tâm dữ liệu", "Data centre"),
    "tier.department": ("Sở, ban, ngành", "Departments"),
    "tier.district": ("Huyện, thành phố", "Districts"),
    "tier.commune": ("Xã, phường, thị trấn", "Communes"),
    "tier.centre": ("Trung ương", "Central government"),
    "layer.device": ("Thiết bị", "Device"),
    "layer.link": ("Đường truyền", "Link"),
    "layer.network": ("Mạng", "Network"),
    "layer.routing": ("Định tuyến", "Routing"),
    "layer.service": ("Dịch vụ", "Service"),
    "layer.security": ("An ninh", "Security"),
    "check.device-reachable": ("Thiết bị trả lời", "Device answers"),
    "check.interface-configured": ("Cổng đúng cấu hình", "Port configured as planned"),
    "check.interface-up": ("Cổng có tín hiệu", "Port has carrier"),
    "check.circuit": ("Đường truyền thông suốt", "Circuit carries"),
    "check.circuit-loss": ("Mất gói trên đường truyền", "Loss on the circuit"),
    "check.circuit-rate": ("Tốc độ cam kết", "Committed rate"),
    "check.path-mtu": ("Gói cỡ lớn đi qua", "Full-size packets cross"),
    "check.queues": ("Hàng đợi ưu tiên", "Priority queues"),
    "check.ospf": ("Láng giềng OSPF", "OSPF adjacency"),
    "check.bfd": ("Phát hiện đứt nhanh (BFD)", "Fast failure detection (BFD)"),
    "check.bgp-parameters": ("Tham số BGP hai đầu", "BGP parameters of both ends"),
    "check.bgp-session": ("Phiên BGP", "BGP session"),
    "check.site-prefixes": ("Mạng của điểm có ở lõi", "Site's prefixes at the cores"),
    "check.site-default": ("Tuyến mặc định", "Default route"),
    "check.round-trip": ("Thời gian khứ hồi", "Round trip"),
    "check.trunk-vlans": ("VLAN trên đường trục", "VLANs on the trunk"),
    "check.access-port": ("VLAN của cổng máy trạm", "Workstation port's VLAN"),
    "check.workstation-address": ("Máy trạm nhận địa chỉ", "Workstation gets an address"),
    "check.workstation-reaches": ("Máy trạm tới được trung tâm", "Workstation reaches the centre"),
    "check.workstation-refused": ("Vùng khác từ chối máy trạm", "Other zones refuse it"),
    "figure.sent": ("gửi", "sent"),
    "figure.received": ("nhận", "received"),
    "figure.lost": ("mất", "lost"),
    "figure.percent": ("tỷ lệ", "share"),
    "figure.bound": ("cận trên", "at most"),
    "figure.committed": ("cam kết", "committed"),
    "figure.measured": ("đo được", "measured"),
    "figure.planned": ("kế hoạch", "planned"),
    "figure.found": ("thực tế", "found"),
    "figure.interval": ("chu kỳ", "interval"),
    "figure.ends": ("số đầu đã hỏi", "ends asked"),
    "figure.packets": ("gói", "packets"),
    "figure.rate": ("tốc độ", "rate"),
    "figure.largest": ("gói lớn nhất", "largest"),
    "figure.mtu": ("MTU", "MTU"),
    "figure.mean": ("trung bình", "mean"),
    "figure.limit": ("giới hạn", "limit"),
    "figure.cores": ("số lõi đã hỏi", "cores asked"),
    "figure.samples": ("số mẫu", "samples"),
}

# Key: Vietnamese, English singular, English plural.
_COUNTED: dict[str, tuple[str, str, str]] = {
    "site": ("điểm", "site", "sites"),
    "check": ("phép kiểm tra", "check", "checks"),
    "cause": ("nguyên nhân", "cause", "causes"),
    "hour": ("giờ", "hour", "hours"),
    "minute": ("phút", "minute", "minutes"),
    "second": ("giây", "second", "seconds"),
}

# Not strftime's: those follow the locale.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True, slots=True)
class Words:
    """The report's own phrases in one language."""

    language: Language

    def __getitem__(self, key: str) -> str:
        """Give a phrase; KeyError where there is none."""
        return _PHRASES[key][self.language == "en"]

    def name(self, family: str, key: str) -> str:
        """Give the phrase `family.key`, or the key itself where nobody named it yet."""
        phrase = _PHRASES.get(f"{family}.{key}")
        return key if phrase is None else phrase[self.language == "en"]

    def counted(self, count: int, noun: str) -> str:
        """Give a number with its noun, such as `3 checks`."""
        vietnamese, one, many = _COUNTED[noun]
        if self.language == "vi":
            return f"{self.number(count)} {vietnamese}"
        return f"{self.number(count)} {one if count == 1 else many}"

    def number(self, value: float) -> str:
        """Write a number with at most three decimals, as the language separates them."""
        text = f"{value:,.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else f"{value:,}"
        return text.translate(str.maketrans(",.", ".,")) if self.language == "vi" else text

    def figure(self, name: str, value: float) -> str:
        """Write a measured figure, its unit behind the number."""
        stem, unit = name_and_unit(name)
        label = self.name("figure", stem).replace("_", " ")
        return f"{label} {self.number(value)}{f' {unit}' if unit else ''}"

    def rate(self, bits: int) -> str:
        """Write bits per second in the largest unit that keeps it above one."""
        for unit, factor in (("Gbit/s", 10**9), ("Mbit/s", 10**6), ("kbit/s", 10**3)):
            if bits >= factor:
                return f"{self.number(bits / factor)} {unit}"
        return f"{self.number(bits)} bit/s"

    def duration(self, seconds: float) -> str:
        """Write a duration in words, from tenths of a second to hours."""
        if seconds < 10:  # noqa: PLR2004 - below ten seconds the tenths are of interest
            text = self.number(round(seconds, 1))
            return f"{text} {_COUNTED['second'][0 if self.language == 'vi' else 2]}"
        minutes, rest = divmod(round(seconds), 60)
        hours, minutes = divmod(minutes, 60)
        parts = ((hours, "hour"), (minutes, "minute"), (rest, "second"))
        return " ".join(self.counted(count, noun) for count, noun in parts if count)

    def moment(self, when: datetime) -> str:
        """Write a local time to the minute, with its offset from UTC."""
        clock, offset = f"{when:%H:%M}", _offset(when)
        if self.language == "vi":
            return f"{clock} ngày {when.day}/{when.month}/{when.year} ({offset})"
        return f"{when.day} {_MONTHS[when.month - 1]} {when.year}, {clock} ({offset})"


def _offset(when: datetime) -> str:
    ahead = when.utcoffset()
    minutes = int(ahead.total_seconds()) // 60 if ahead else 0
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}{f':{rest:02d}' if rest else ''}"
