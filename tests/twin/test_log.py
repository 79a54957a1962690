"""What boxes have to say, where it is kept: whose it is, once, whatever fails meanwhile."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from giaoban.provision.authority import Authority, Domain
from giaoban.provision.secrets import SecretStore
from giaoban.waiting import wait_until
from tests.twin.centre import COMMUNE, DOMAIN, Centre
from tests.twin.configured import succeeded

pytestmark = [pytest.mark.twin, pytest.mark.full]

SERVER, ADDRESS = "sv-log-1", "10.64.40.51"
ROUTER, SWITCH, ENDPOINT = f"rt-{COMMUNE}", f"sw-{COMMUNE}", f"vc-{COMMUNE}"
KEPT = "/var/log/province"
SECONDS = 40

# Sends lines by RFC 5425, as a program that is not ours might, and says how many seconds that took.
_SEND = f"""\
import socket, ssl, sys, time
source, name, line, count = sys.argv[1:]
way = socket.create_connection(("{ADDRESS}", 6514), 10, (source, 0) if source else None)
if name != "in the clear":
    context = ssl.create_default_context(cafile="/etc/giaoban/root.pem")
    way = context.wrap_socket(way, server_hostname="{SERVER}.{DOMAIN}")
text = f"<14>1 2026-01-01T00:00:00+07:00 {{name}} test - - - {{line}}".encode()
began = time.monotonic()
for _ in range(int(count)):
    way.sendall(b"%d " % len(text) + text)
print(time.monotonic() - began)
way.close()
"""


def _mark() -> str:
    return f"dấu {uuid.uuid4().hex}"


def _found(centre: Centre, text: str, *words: str) -> list[str]:
    """Search for a text, and give the lines that have it."""
    done = centre.tried(SERVER, f"giaoban-log {' '.join(words)} '{text}'")
    assert done.returncode in (0, 1), done.stderr
    return done.stdout.splitlines()


def _devices(centre: Centre, text: str) -> list[str]:
    """Give under whose name each line with a text is filed."""
    return [line.split()[1] for line in _found(centre, text)]


def _say(centre: Centre, node: str, *texts: str) -> None:
    centre.said(node, "; ".join(f"logger -t thu '{text}'" for text in texts))


def _endings(centre: Centre, mark: str) -> list[int]:
    return [int(line.rpartition(" ")[2]) for line in _found(centre, mark)]


def _send(centre: Centre, node: str, line: str, *, name: str = "-", source: str = "") -> float:
    """Send a short line once, a long one 3000 times; give how many seconds it took."""
    words = f"'{source}' '{name}' '{line}' {3000 if len(line) > 1000 else 1}"
    return float(centre.said(node, f"python3 - {words} <<'END'\n{_SEND}END"))


@contextmanager
def _stopped(centre: Centre) -> Iterator[None]:
    centre.said(SERVER, "systemctl stop giaoban-log")
    try:
        yield
    finally:
        centre.said(SERVER, "systemctl start giaoban-log")


@pytest.mark.parametrize(
    "node",
    [ROUTER, "rt-core-1", SWITCH, "hv-kvm-1", ENDPOINT, "sv-backup-1", "sv-pki-1", SERVER],
)
def test_a_line_arrives_once_and_under_its_boxs_name(centre: Centre, node: str) -> None:
    text = f"Mất liên lạc với xã Đắk Wil, {_mark()}"
    after = _mark()
    _say(centre, node, text, after)
    assert wait_until(lambda: _found(centre, after) != [], seconds=SECONDS)
    (line,) = _found(centre, text)
    stamp, device, severity, _ = line.split(" ", 3)
    assert (device, severity) == (node, "notice")
    assert line.endswith(text)
    assert datetime.fromisoformat(stamp).utcoffset() == timedelta(hours=7)


def test_a_lost_session_of_a_commune_is_found(centre: Centre) -> None:
    since = centre.said(SERVER, "date +%FT%T%:z")
    centre.said(ROUTER, "vtysh -c 'clear bgp *'")
    asked = ("--device", ROUTER, "--since", since)
    assert wait_until(lambda: _found(centre, "adjchange", *asked) != [], seconds=SECONDS)


def test_lines_of_half_a_minute_without_the_server_arrive_in_order(centre: Centre) -> None:
    mark = _mark()
    with _stopped(centre):
        centre.said(ROUTER, f"for n in $(seq 30); do logger -t thu '{mark}' $n; sleep 1; done")
    expected = list(range(1, 31))
    assert wait_until(lambda: len(_endings(centre, mark)) >= len(expected), seconds=SECONDS)
    assert _endings(centre, mark) == expected


def test_lines_outlive_the_sender_that_is_killed_and_the_box_that_loses_its_power(
    centre: Centre,
) -> None:
    mark = _mark()
    with _stopped(centre):
        _say(centre, ROUTER, f"{mark} 1", f"{mark} 2")
        centre.said(ROUTER, "systemctl kill --signal KILL rsyslog; journalctl --sync")
        _say(centre, ROUTER, f"{mark} 3")
        centre.said(ROUTER, "journalctl --sync")
        done = centre.province.twin("cycle", ROUTER)
        assert done.returncode == 0, done.stderr
        assert wait_until(
            lambda: centre.tried(ROUTER, f"logger -t thu '{mark} 4'").returncode == 0, seconds=60
        )
    assert wait_until(lambda: 4 in _endings(centre, mark), seconds=90)
    assert _endings(centre, mark) == [1, 2, 3, 4]


def test_a_server_with_a_new_certificate_is_believed_and_nothing_is_doubled(centre: Centre) -> None:
    mark = _mark()
    _say(centre, SWITCH, f"{mark} 1")
    assert wait_until(lambda: _endings(centre, mark) == [1], seconds=SECONDS)
    centre.said(SERVER, "/etc/giaoban/certificate.d/log")
    _say(centre, SWITCH, f"{mark} 2")
    assert wait_until(lambda: 2 in _endings(centre, mark), seconds=SECONDS)
    assert _endings(centre, mark) == [1, 2]


def test_who_claims_to_be_another_is_filed_under_his_own_name(centre: Centre) -> None:
    mark = _mark()
    _send(centre, ROUTER, mark, name="rt-core-1")
    assert wait_until(lambda: _devices(centre, mark) == [ROUTER], seconds=SECONDS)
    # A name that is a way to somewhere else is a name as well.
    _send(centre, ROUTER, f"{mark} 2", name="../../../etc/x")
    assert wait_until(lambda: _devices(centre, f"{mark} 2") == [ROUTER], seconds=SECONDS)


def test_whom_the_plan_does_not_know_is_kept_apart(centre: Centre) -> None:
    mark, stranger = _mark(), "10.64.40.250"
    centre.said(SERVER, f"ip address add {stranger}/32 dev lo")
    try:
        _send(centre, SERVER, mark, source=stranger)
        assert wait_until(lambda: _devices(centre, mark) == ["unknown"], seconds=SECONDS)
        assert f"[{stranger}]" in _found(centre, mark)[0]
    finally:
        centre.said(SERVER, f"ip address del {stranger}/32 dev lo")


def test_nothing_is_taken_in_the_clear(centre: Centre) -> None:
    mark = _mark()
    _send(centre, ROUTER, f"{mark} 1", name="in the clear")
    _send(centre, ROUTER, f"{mark} 2")
    assert wait_until(lambda: _endings(centre, mark) == [2], seconds=SECONDS)


def _other_root(centre: Centre) -> str:
    """Put the root of a province of the same name but another master key in place of ours."""
    province = centre.province.reach
    assert province.master_key.exists()
    name = Domain("Tỉnh Đắk Nông", DOMAIN, ())
    return (
        f"cat >/etc/giaoban/root.pem <<'END'\n{Authority(name, SecretStore(bytes(32))).root()}END"
    )


def _other_name(_: Centre) -> str:
    return f"sed -i 's/{SERVER}\\.{DOMAIN}/sv-dns-1.{DOMAIN}/' /etc/rsyslog.conf"


@pytest.mark.parametrize("another", [_other_root, _other_name])
def test_a_server_that_is_another_is_told_nothing(
    centre: Centre, another: Callable[[Centre], str]
) -> None:
    mark, files = _mark(), "/etc/giaoban/root.pem /etc/rsyslog.conf"
    centre.said(ENDPOINT, f"mkdir -p /root/ours; cp -p {files} /root/ours")
    refused = (
        "journalctl --quiet --sync; journalctl --unit rsyslog --since -1min --grep 'resumed|error'"
    )
    try:
        centre.said(ENDPOINT, f"{another(centre)}\nsystemctl restart rsyslog")
        _say(centre, ENDPOINT, mark)
        assert wait_until(
            lambda: (
                "not valid" in (said := centre.tried(ENDPOINT, refused).stdout)
                or "certificate" in said
                or "permitted" in said
            ),
            seconds=SECONDS,
        )
        assert _found(centre, mark) == []
    finally:
        centre.said(
            ENDPOINT,
            "cp -p /root/ours/root.pem /etc/giaoban; cp -p /root/ours/rsyslog.conf /etc;"
            " rm -r /root/ours; systemctl restart rsyslog",
        )
    assert wait_until(lambda: _devices(centre, mark) == [ENDPOINT], seconds=SECONDS)


def test_one_sender_is_slowed_down_and_loses_nothing(centre: Centre) -> None:
    """3 MB at 256 kB/s, of which 1 MB may come at once."""
    mark = _mark()
    assert _send(centre, ROUTER, f"{mark} {'.' * 1000}") > 4
    assert wait_until(lambda: len(_found(centre, mark)) == 3000, seconds=SECONDS)


# What is kept


def _day(days_ago: int) -> str:
    return str(datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).date() - timedelta(days=days_ago))


def _file(day: str, text: str, folder: str = f"{KEPT}/{ROUTER}") -> str:
    """Give the command that makes a day of a device."""
    stamp = f"{day}T08:00:00+07:00"
    return (
        f"mkdir -p {folder}; printf '%s\\n' '{stamp} notice thu {text}' >{folder}/{day}.log;"
        f" chown -R giaoban-log:operator {folder}; touch -d '{stamp}' {folder}/{day}.log"
    )


@pytest.fixture
def spoken(centre: Centre) -> Iterator[tuple[Centre, str]]:
    """A router that said a thing ten days ago, which a day that is over has, compressed."""
    mark, day = _mark(), _day(10)
    spelt = unicodedata.normalize("NFD", "Kính gửi xã Đắk Wil")
    centre.said(SERVER, _file(day, f"{spelt} {mark}"))
    centre.said(SERVER, "systemctl start giaoban-log-keep")
    yield centre, mark
    centre.said(SERVER, f"rm -f {KEPT}/{ROUTER}/{day}.log*")


def test_days_that_are_over_are_compressed_and_searched_with_today(
    spoken: tuple[Centre, str],
) -> None:
    centre, mark = spoken
    day = f"{KEPT}/{ROUTER}/{_day(10)}.log"
    assert centre.said(SERVER, f"ls {day}*; stat -c %a%U%G {day}.zst").split() == [
        f"{day}.zst",
        "640giaoban-logoperator",
    ]
    _say(centre, ROUTER, f"KÍNH GỬI {mark}")
    assert wait_until(lambda: len(_found(centre, mark)) == 2, seconds=SECONDS)
    assert len(_found(centre, "kính gửi", mark.replace("dấu ", ""), "--device", "'rt-*'")) == 2
    assert len(_found(centre, mark, "--since", "'2 days ago'")) == 1
    assert len(_found(centre, mark, "--until", "'2 days ago'")) == 1
    assert _found(centre, mark, "--device", SWITCH) == []
    wrong = centre.tried(SERVER, "giaoban-log --since hôm-qua")
    assert "found 'hôm-qua', expected a time as date(1) reads it" in wrong.stderr


def test_what_comes_late_to_a_day_is_added_to_it(spoken: tuple[Centre, str]) -> None:
    centre, mark = spoken
    centre.said(SERVER, _file(_day(10), f"thêm {mark}"))
    centre.said(SERVER, "systemctl start giaoban-log-keep")
    assert len(_found(centre, mark)) == 2


def test_old_days_are_removed_and_others_stay(centre: Centre) -> None:
    old, kept = _day(400), _day(330)
    centre.said(SERVER, f"{_file(old, 'cũ')}; {_file(kept, 'còn')}")
    centre.said(SERVER, "systemctl start giaoban-log-keep")
    listed = centre.said(SERVER, f"ls {KEPT}/{ROUTER}")
    assert f"{old}.log" not in listed
    assert f"{kept}.log.zst" in listed
    centre.said(SERVER, f"rm {KEPT}/{ROUTER}/{kept}.log.zst")


@pytest.fixture
def small(centre: Centre) -> Iterator[Centre]:
    """A disk of 10 MiB."""
    centre.said(SERVER, "mkdir -p /run/small; mount -t tmpfs -o size=10m tmpfs /run/small")
    yield centre
    centre.said(SERVER, "umount /run/small; rmdir /run/small")


def _fill(device: str, days_ago: int, mib: int) -> str:
    folder = f"/run/small/{device}"
    file = f"{folder}/{_day(days_ago)}.log"
    return (
        f"mkdir -p {folder}; head -c {mib}M /dev/urandom >{file}; touch -d -{days_ago}days {file}"
    )


def _left(centre: Centre) -> dict[str, int]:
    keep = "TZ=Asia/Ho_Chi_Minh /usr/lib/giaoban/log-keep /run/small"
    centre.said(SERVER, keep)
    rows = centre.said(SERVER, "cd /run/small; find . -type f -printf '%P %s\\n'").splitlines()
    return {name: int(size) >> 20 for name, size in (row.split() for row in rows)}


def test_the_oldest_days_go_when_the_disk_is_too_full(small: Centre) -> None:
    for days_ago in (3, 2, 1):
        for device in ("a", "b"):
            small.said(SERVER, _fill(device, days_ago, 1))
    small.said(SERVER, _fill("a", 0, 3))
    assert set(_left(small)) == {f"{d}/{_day(n)}.log.zst" for d in "ab" for n in (2, 1)} | {
        f"a/{_day(0)}.log"
    }


def test_of_one_days_flood_the_longest_file_is_emptied(small: Centre) -> None:
    small.said(SERVER, f"{_fill('a', 0, 2)}; {_fill('b', 0, 7)}")
    assert _left(small) == {f"a/{_day(0)}.log": 2, f"b/{_day(0)}.log": 0}


def test_only_operators_read(centre: Centre) -> None:
    search = "--clear-groups giaoban-log --device nobody"
    as_observer = centre.tried(SERVER, f"setpriv --reuid observer --regid nogroup {search}")
    assert "is for operators" in as_observer.stderr
    as_operator = centre.tried(SERVER, f"setpriv --reuid operator --regid operator {search}")
    assert (as_operator.returncode, as_operator.stderr) == (1, "")


def test_days_that_are_over_are_copied_and_brought_back(spoken: tuple[Centre, str]) -> None:
    centre, mark = spoken
    day = f"{KEPT}/{ROUTER}/{_day(10)}.log.zst"
    centre.said(SERVER, "/usr/lib/giaoban/backup now")
    centre.said(SERVER, f"rm {day}")
    assert _found(centre, mark) == []
    succeeded(centre.province.playbook("restore.yml", "-l", SERVER))
    assert _devices(centre, mark) == [ROUTER]
    assert centre.said(SERVER, f"stat -c %a%U%G {day}") == "640giaoban-logoperator"
    centre.said(SERVER, f"printf x | dd of={day} bs=1 seek=10 conv=notrunc status=none")
    centre.said(SERVER, "/usr/lib/giaoban/backup now")
    assert centre.tried(SERVER, "/usr/lib/giaoban/backup read-back").returncode != 0


def test_nothing_is_left_to_change(centre: Centre) -> None:
    """Neither by the role nor on boxes: what senders did is no drift of the server's filter."""
    assert centre.changes("--tags", "log", "-l", SERVER) == {}
    boxes = f"{ROUTER}:{SWITCH}:{ENDPOINT}"
    recap = succeeded(centre.province.playbook("network.yml", "-l", boxes))
    assert {name for name, counts in recap.items() if counts["changed"]} == set()
    recap = succeeded(centre.province.playbook("servers.yml", "-l", SERVER))
    assert recap[SERVER]["changed"] == 0
