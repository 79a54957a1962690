"""A department's site, as people reach it: by name, over TLS, through either of two web servers."""

from __future__ import annotations

import html
import json
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest

from giaoban.intent.load import load
from giaoban.plan import build
from giaoban.twin import names, namespaces
from giaoban.waiting import wait_until
from tests.twin.centre import DOMAIN, PC, Centre
from tests.twin.handshake import handshake

pytestmark = [pytest.mark.twin, pytest.mark.full]

HOST = f"stttt.{DOMAIN}"
SERVER, FRONTS, INSIDE = "sv-trang-so-tttt", ("sv-web-1", "sv-web-2"), "sv-dns-1"
ADDRESSES = {"sv-web-1": "10.64.39.11", "sv-web-2": "10.64.39.12"}
CERTIFICATE = "/var/lib/giaoban/certificate/current"
OUTSIDE = "rt-centre"
TITLE = "Sở Thông tin và Truyền thông tập huấn chữ ký số cho cán bộ xã Đắk Wil"
BODY = """Sáng nay, 35 cán bộ, công chức xã Đắk Wil được hướng dẫn ký số văn bản.

Từ quý sau, mọi văn bản đi của xã được ký số & gửi qua trục liên thông."""
AWAY = "Tạm thời không có dữ liệu"
GONE = "Trang tạm thời không truy cập được"
DESK = "0261 000 0001"


@contextmanager
def _stopped(centre: Centre, server: str, *units: str) -> Iterator[None]:
    centre.said(server, f"systemctl stop {' '.join(units)}")
    try:
        yield
    finally:
        centre.said(server, f"systemctl start {' '.join(units)}")


class Visitor(Centre):
    """An official at a computer of a commune, which asks for names whom its lease told it of."""

    def curl(self, path: str, *words: str) -> tuple[int, str]:
        """Ask for a page; give its status (0 where none came) and its text, or why not."""
        ask = f"curl -sS --cacert /run/root.pem -w '\\n%{{http_code}}' {' '.join(words)}"
        done = self.tried(PC, f"{ask} 'https://{HOST}{path}'")
        text, _, status = done.stdout.rpartition("\n")
        return int(status), html.unescape(text) or done.stderr

    def is_well(self) -> bool:
        """Tell whether the site says that it is, whichever of its processes is asked."""
        return all(self.curl("/suc-khoe")[0] == 200 for _ in range(8))


@pytest.fixture(scope="module")
def visitor(centre: Centre) -> Iterator[Visitor]:
    visitor = Visitor(centre.province, centre.intent)
    root = visitor.said("sv-pki-1", "cat /srv/pki/root.pem")
    before = visitor.said(PC, "cat /etc/resolv.conf")
    visitor.said(PC, f"cat >/run/root.pem <<'END'\n{root}\nEND")
    told = "sed -n 's/^DNS=//p' /run/systemd/netif/leases/* | tr ' ' '\\n'"
    visitor.said(PC, f"{told} | sed 's/^/nameserver /' >/etc/resolv.conf")
    yield visitor
    visitor.said(PC, f"cat >/etc/resolv.conf <<'END'\n{before}\nEND")


@pytest.fixture
def article(visitor: Visitor) -> Iterator[int]:
    """An article that somebody posts on the server, and removes again."""
    post = f"bai-viet them '{TITLE}' --tom-tat 'Đợt tập huấn đầu tiên' <<'END'\n{BODY}\nEND"
    number = int(visitor.said(SERVER, post))
    yield number
    visitor.said(SERVER, f"bai-viet go {number}")


# What people see


@pytest.mark.parametrize("family", ["-4", "-6"])
def test_a_commune_reads_an_article(visitor: Visitor, article: int, family: str) -> None:
    status, news = visitor.curl("/", family)
    assert status == 200
    assert f'<a href="/bai-viet/{article}">{TITLE}</a>' in news
    status, page = visitor.curl(f"/bai-viet/{article}", family)
    assert status == 200
    for paragraph in BODY.split("\n\n"):
        assert f"<p>{paragraph}</p>" in page
    assert re.search(r"(Thứ \w+|Chủ nhật), \d\d/\d\d/\d{4} \d\d:\d\d", page)


def test_an_article_that_is_gone_is_not_found(visitor: Visitor, article: int) -> None:
    for number in (article + 1000, 2**40):
        status, page = visitor.curl(f"/bai-viet/{number}")
        assert (status, "Không tìm thấy trang" in page) == (404, True)


def test_nobody_posts_over_the_network(visitor: Visitor) -> None:
    assert visitor.curl("/", "-X", "POST", "-d", "x=1")[0] == 403
    assert visitor.curl("/", "-X", "DELETE")[0] == 403


def test_what_is_no_article_is_not_posted(visitor: Visitor) -> None:
    done = visitor.tried(SERVER, "bai-viet them '  ' </dev/null")
    assert (done.returncode, "thiếu tiêu đề" in done.stderr) == (2, True)
    done = visitor.tried(SERVER, "bai-viet them 'Tiêu đề' </dev/null")
    assert (done.returncode, "thiếu nội dung" in done.stderr) == (2, True)
    done = visitor.tried(SERVER, "bai-viet go 2000000000")
    assert (done.returncode, "không có bài số 2000000000" in done.stderr) == (1, True)


def test_a_browser_is_told_to_stay_with_tls_and_to_run_nothing(visitor: Visitor) -> None:
    _, answer = visitor.curl("/suc-khoe", "-i")
    assert "strict-transport-security: max-age=63072000" in answer
    assert "x-content-type-options: nosniff" in answer
    assert "default-src 'none'" in answer
    assert re.search(r"(?m)^server: nginx\r?$", answer)


# Names


def test_plain_http_leads_to_tls_and_no_other_name_anywhere(visitor: Visitor) -> None:
    """From a server: offices do not even reach the port."""
    ask = "curl -sS -o /dev/null -w '%{http_code} %{redirect_url}'"
    moved = visitor.said(INSIDE, f"{ask} 'http://{HOST}/bai-viet/1?trang=2'")
    assert moved == f"301 https://{HOST}/bai-viet/1?trang=2"
    for front in FRONTS:
        nothing = visitor.tried(INSIDE, f"{ask} http://{front}.{DOMAIN}/")
        assert "Empty reply" in nothing.stderr
    shut = visitor.tried(PC, f"{ask} --connect-timeout 3 http://{HOST}/")
    assert shut.returncode != 0


def test_a_name_that_no_slot_has_gets_nothing(visitor: Visitor) -> None:
    for front in FRONTS:
        stranger = f"--connect-to ::{front}.{DOMAIN}: https://khac.{DOMAIN}/"
        done = visitor.tried(PC, f"curl -sS -k {stranger}")
        assert "unrecognized name" in done.stderr
        own = f"curl -sS -k -w '%{{http_code}}' https://{front}.{DOMAIN}/bai-viet/1"
        assert visitor.said(PC, own) == "204"
        assert visitor.curl("/", "-H", "'Host: khac.example'")[0] == 0


@pytest.mark.parametrize("front", FRONTS)
def test_each_web_server_proves_the_name(visitor: Visitor, front: str) -> None:
    address = ADDRESSES[front]
    status, _ = visitor.curl("/suc-khoe", "--resolve", f"{HOST}:443:{address}")
    assert status == 200
    pc = names.namespace(visitor.province.paths.name, PC)
    assert namespaces.ask(pc, partial(handshake, address, HOST)) in {"TLSv1.2", "TLSv1.3"}
    old = namespaces.ask(pc, partial(handshake, address, HOST, newest="TLSv1.1"))
    assert old.startswith("refused")


@pytest.mark.parametrize(("asked", "other"), [FRONTS, FRONTS[::-1]])
def test_a_proof_is_given_by_whichever_web_server_is_asked(
    visitor: Visitor, asked: str, other: str
) -> None:
    proofs, path = "/srv/challenges", ".well-known/acme-challenge"
    visitor.said(other, f"mkdir -p {proofs}/{path}; echo proof >{proofs}/{path}/of-the-other")
    ask = f"curl -sS -w ' %{{http_code}}' http://{ADDRESSES[asked]}/{path}"
    try:
        assert visitor.said(INSIDE, f"{ask}/of-the-other -H 'Host: {HOST}'") == "proof\n 200"
        # Nobody has it: each asks the other once at most.
        none = visitor.said(INSIDE, f"{ask}/of-nobody -H 'Host: {HOST}' -o /dev/null -m 5")
        assert none.split() == ["404"]
    finally:
        visitor.said(other, f"rm {proofs}/{path}/of-the-other")


@pytest.mark.parametrize(("renewing", "other"), [FRONTS, FRONTS[::-1]])
def test_a_web_server_renews_its_certificate_with_the_other_and_without(
    visitor: Visitor, renewing: str, other: str
) -> None:
    serial = f"openssl x509 -noout -serial -in {CERTIFICATE}/chain.pem"
    change = "echo '# renew' >>/etc/giaoban/certificate.conf; /usr/lib/giaoban/certificate"
    first = visitor.said(renewing, serial)
    visitor.said(renewing, change)
    second = visitor.said(renewing, serial)
    with _stopped(visitor, other, "nginx"):
        visitor.said(renewing, change)
    third = visitor.said(renewing, serial)
    assert len({first, second, third}) == 3
    shown = f"openssl s_client -connect 127.0.0.1:443 -servername {HOST} </dev/null 2>/dev/null"
    told = f"{shown} | openssl x509 -noout -serial"
    assert wait_until(lambda: visitor.said(renewing, told) == third, seconds=10)


# What is lost


@pytest.mark.parametrize("front", FRONTS)
def test_one_web_server_is_enough(visitor: Visitor, front: str) -> None:
    with _stopped(visitor, front, "nginx"):
        assert [visitor.curl("/suc-khoe")[0] for _ in range(4)] == [200] * 4


def test_a_site_that_starts_anew_refuses_nobody(visitor: Visitor) -> None:
    visitor.said(SERVER, "systemctl restart --no-block department-site.service")
    assert [visitor.curl("/suc-khoe")[0] for _ in range(8)] == [200] * 8


@pytest.mark.parametrize("units", ["nginx", "department-site.socket department-site.service"])
def test_an_application_that_is_away_is_told_in_vietnamese(visitor: Visitor, units: str) -> None:
    with _stopped(visitor, SERVER, units):
        for front in FRONTS:
            status, page = visitor.curl("/", "--resolve", f"{HOST}:443:{ADDRESSES[front]}")
            assert status == 502
            assert GONE in page
            assert DESK in page
    assert wait_until(visitor.is_well, seconds=20)


def test_a_site_without_its_database_says_so_and_comes_back_by_itself(visitor: Visitor) -> None:
    assert visitor.is_well()
    table = "table inet away { chain out { type filter hook output priority -10;"
    rule = "tcp dport 5432 reject with tcp reset"
    visitor.said(SERVER, f"nft '{table} {rule}; }}; }}'")
    try:
        status, page = visitor.curl("/")
        assert (status, AWAY in page, DESK in page) == (503, True, True)
        done = visitor.tried(SERVER, f"echo '{BODY}' | bai-viet them '{TITLE}'")
        assert (done.returncode, "cơ sở dữ liệu không trả lời" in done.stderr) == (3, True)
    finally:
        visitor.said(SERVER, "nft delete table inet away")
    assert wait_until(visitor.is_well, seconds=20)


# Who is kept out


def test_a_sites_server_lets_in_nobody_but_web_servers(visitor: Visitor) -> None:
    ask = f"curl -sS -k -o /dev/null -w '%{{http_code}}' https://{SERVER}.{DOMAIN}/"
    prove = f"--cert {CERTIFICATE}/chain.pem --key {CERTIFICATE}/key.pem"
    assert visitor.said(PC, ask) == "400"
    assert visitor.said(INSIDE, f"{ask} {prove}") == "403"
    assert visitor.said("sv-web-1", f"{ask}suc-khoe {prove}") == "200"


def test_a_server_that_is_not_the_sites_is_not_believed(visitor: Visitor) -> None:
    """Somebody answers at the site's address with a certificate of his own."""
    own = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
    name = f"-subj /CN={SERVER}.{DOMAIN} -keyout /run/own.pem -out /run/own.pem"
    visitor.said(SERVER, f"{own} {name} 2>/dev/null")
    with _stopped(visitor, SERVER, "nginx"):
        answer = "openssl s_server -accept 443 -cert /run/own.pem -key /run/own.pem -www"
        visitor.said(SERVER, f"systemd-run --quiet --unit=another --collect {answer}")
        try:
            listens = "ss -Hltn sport = :443"
            assert wait_until(lambda: visitor.said(SERVER, listens) != "", seconds=10)
            status, page = visitor.curl("/")
            assert (status, GONE in page) == (502, True)
        finally:
            visitor.said(SERVER, "systemctl stop another; rm /run/own.pem")
    assert wait_until(visitor.is_well, seconds=20)


def test_the_outside_sees_what_is_public_and_nothing_else(visitor: Visitor) -> None:
    plan = build(load(visitor.intent))
    slots = plan.devices["sv-web-1"].variables["web_front__slots"]
    hidden = {"web_front__slots": [slot | {"public": False} for slot in slots]}
    ask = f"openssl s_client -quiet -connect {ADDRESSES['sv-web-1']}:443 -servername {HOST}"
    request = (
        f"printf 'GET /suc-khoe HTTP/1.1\\r\\nHost: {HOST}\\r\\nConnection: close\\r\\n\\r\\n'"
    )

    def seen() -> str:
        return visitor.tried(OUTSIDE, f"{request} | timeout 10 {ask} 2>/dev/null").stdout

    assert "HTTP/1.1 200" in seen()
    try:
        visitor.serve("--tags", "web", "-l", "sv-web-1", "-e", json.dumps(hidden))
        assert wait_until(lambda: seen() == "", seconds=10)
        through = ("--resolve", f"{HOST}:443:{ADDRESSES['sv-web-1']}")
        assert visitor.curl("/suc-khoe", *through)[0] == 200
    finally:
        visitor.serve("--tags", "web", "-l", "sv-web-1")
    assert wait_until(lambda: "HTTP/1.1 200" in seen(), seconds=10)


def test_who_asks_too_much_is_slowed_down_and_nobody_else(visitor: Visitor) -> None:
    address = f"--resolve {HOST}:443:{ADDRESSES['sv-web-1']}"
    ask = f"curl -sS -Z --parallel-max 50 --cacert /run/root.pem {address} -o /dev/null"
    flood = visitor.said(
        PC, f"{ask} -w '%{{http_code}}\\n' 'https://{HOST}/static/site.css?[1-300]'"
    )
    codes = flood.split()
    assert codes.count("200") >= 100
    assert codes.count("429") > 50
    another = f"curl -sS -o /dev/null -w '%{{http_code}}' {address} https://{HOST}/suc-khoe"
    assert visitor.said("sv-monitoring-1", another) == "200"


def test_no_log_holds_what_people_search_for(visitor: Visitor) -> None:
    searched = f"nguyen-van-a-{secrets.token_hex(4)}"
    visitor.curl(f"/?{searched}")
    for front in FRONTS:
        log = visitor.said(front, "journalctl --sync; journalctl -b -t web -o cat --no-pager")
        assert HOST in log
        assert searched not in log


def test_nothing_is_left_to_change(visitor: Visitor) -> None:
    servers = ",".join((SERVER, *FRONTS))
    visitor.serve("--tags", "certificate", "-l", servers)
    assert visitor.changes("--tags", "certificate,slots,web", "-l", servers) == {}
