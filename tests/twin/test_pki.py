"""The province's CA at work: servers prove themselves, renew, and outlive its loss."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from datetime import datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from giaoban.intent.load import load
from giaoban.provision.authority import Authority, Domain
from giaoban.provision.secrets import SecretStore
from giaoban.waiting import wait_until
from tests.twin.centre import Centre

pytestmark = pytest.mark.twin

CA, CLIENT = "sv-pki-1", "sv-dns-1"
FOLDER = "/var/lib/giaoban/certificate"
CHAIN = f"{FOLDER}/current/chain.pem"
CONF = "/etc/giaoban/certificate.conf"
# The least that Caddy signs; it dates a certificate a minute back.
_SHORT_LIFE_S, _LOOK_S = 300, 10
_LIMIT_S = _SHORT_LIFE_S + 60


class Certified(Centre):
    """A data centre that serves, and what its CA gave one of its servers."""

    def renew(self) -> subprocess.CompletedProcess[str]:
        """Have the client look now, as its timer does."""
        return self.tried(CLIENT, "systemctl start giaoban-certificate.service")

    def leaf(self) -> x509.Certificate:
        """Give the client's certificate."""
        return x509.load_pem_x509_certificate(self.said(CLIENT, f"cat {CHAIN}").encode())

    def now(self) -> datetime:
        """Tell the time of the client's clock, in UTC."""
        return datetime.fromisoformat(self.said(CLIENT, "date -u -Is"))

    def authority(self) -> Authority:
        """Give the root that this twin's master key makes."""
        known = load(self.intent).province
        networks = (known.blocks.ipv4, known.blocks.ipv6)
        store = SecretStore.from_file(self.province.paths.master_key)
        return Authority(Domain(known.name, known.domain, networks), store)


@pytest.fixture
def certified(centre: Centre) -> Certified:
    """The twin whose data centre serves."""
    return Certified(centre.province, centre.intent)


def test_every_server_believes_the_root_and_nobody_else_does(certified: Certified) -> None:
    asked = f"curl -sS -o /dev/null https://{CA}.daknong.example/acme/province/directory"
    for server in (CLIENT, "sv-dns-2", "sv-mirror-1"):
        certified.said(server, asked)
    without = "--cacert /etc/ssl/certs/ISRG_Root_X1.pem --capath /nonexistent"
    assert "unable to get local issuer" in certified.tried(CLIENT, f"{asked} {without}").stderr


def test_the_roots_key_is_on_no_server(certified: Certified) -> None:
    root = x509.load_pem_x509_certificate(certified.authority().root().encode())
    assert certified.said(CA, "cat /srv/pki/root.pem") == certified.authority().root().strip()
    found = certified.said(
        CA, "grep -rlsI 'BEGIN \\(EC \\)\\?PRIVATE KEY' /etc /var/lib /srv /run /root"
    ).splitlines()
    assert "/etc/caddy/issuing.key" in found
    for file in found:
        key = serialization.load_pem_private_key(certified.said(CA, f"cat {file}").encode(), None)
        assert key.public_key() != root.public_key(), file


def test_a_certificate_is_for_the_servers_names_and_for_three_weeks(certified: Certified) -> None:
    leaf = certified.leaf()
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["sv-dns-1.daknong.example"]
    assert (leaf.not_valid_after_utc - leaf.not_valid_before_utc).days == 21
    certified.said(CLIENT, f"openssl verify -untrusted {CHAIN} {CHAIN}")
    public = [
        certified.said(CLIENT, f"openssl x509 -in {CHAIN} -noout -pubkey"),
        certified.said(CLIENT, f"openssl pkey -in {FOLDER}/current/key.pem -pubout"),
    ]
    assert public[0] == public[1]
    assert certified.said(CLIENT, f"stat -L -c %a {FOLDER}/current/key.pem") == "600"


def test_a_name_that_is_another_servers_is_not_signed(certified: Certified) -> None:
    before = certified.leaf()
    log = "journalctl --sync; journalctl -I -u giaoban-certificate -o cat --no-pager"
    certified.said(CLIENT, f"cp -a {CONF} {CONF}.true")
    try:
        for name in ("sv-mirror-1.daknong.example", "gov.example"):
            certified.said(CLIENT, f"sed -i \"s/^names=.*/names='{name}'/\" {CONF}")
            assert certified.renew().returncode != 0
            assert wait_until(lambda: "no CA signed" in certified.said(CLIENT, log), seconds=10)
    finally:
        certified.said(CLIENT, f"mv {CONF}.true {CONF}")
    assert certified.leaf() == before
    assert certified.said(CLIENT, "ls -A /run | grep -c giaoban-challenge || :") == "0"


@pytest.mark.full
def test_it_renews_itself_and_tells_what_uses_it(
    certified: Certified, record_property: Callable[[str, object], None]
) -> None:
    """Nobody touches the server from here on: its timer alone sees to it."""
    short = {"certificate__lifetime_s": _SHORT_LIFE_S, "certificate__check_s": _LOOK_S}
    certified.said(
        CLIENT,
        "printf '#!/bin/sh\\ntouch /run/told\\n' > /etc/giaoban/certificate.d/test;"
        " chmod +x /etc/giaoban/certificate.d/test",
    )
    certified.serve("--tags", "certificate", "-l", CLIENT, "-e", json.dumps(short))
    certified.said(CLIENT, "rm -f /run/told")
    old = certified.leaf()
    life = old.not_valid_after_utc - old.not_valid_before_utc
    assert life.total_seconds() == pytest.approx(_LIMIT_S, abs=5)
    seen = wait_until(lambda: certified.leaf() != old, seconds=_LIMIT_S)
    assert seen, "the certificate was not renewed before it ran out"
    left = old.not_valid_after_utc - certified.now()
    record_property("left_at_renewal_s", left.total_seconds())
    assert 0 < left.total_seconds() <= life.total_seconds() / 3
    assert left.total_seconds() > life.total_seconds() / 3 - 3 * _LOOK_S
    assert wait_until(
        lambda: certified.tried(CLIENT, "test -e /run/told").returncode == 0, seconds=10
    )
    certified.said(CLIENT, "rm /etc/giaoban/certificate.d/test /run/told")
    certified.serve("--tags", "certificate", "-l", CLIENT)
    assert (certified.leaf().not_valid_after_utc - certified.now()).days >= 20


def test_while_no_ca_answers_the_certificate_stays(certified: Certified) -> None:
    before = certified.leaf()
    certified.said(CA, "systemctl stop caddy")
    try:
        certified.said(CLIENT, f"echo '# another' >> {CONF}")
        assert certified.renew().returncode != 0
        assert certified.leaf() == before
    finally:
        certified.said(CA, "systemctl start caddy")
    assert certified.renew().returncode == 0
    assert certified.leaf() != before


def test_a_ca_that_is_away_for_a_moment_is_waited_for(certified: Certified) -> None:
    before = certified.leaf()
    certified.said(CA, "systemctl stop caddy")
    try:
        certified.said(CLIENT, f"echo '# a third' >> {CONF}")
        certified.said(CLIENT, "systemctl start --no-block giaoban-certificate.service")
        # One that gives up at once is there for no longer than a refusal takes.
        asks = "pgrep -f 'c[u]rl.*/acme/province/directory'"
        assert wait_until(lambda: certified.tried(CLIENT, asks).returncode == 0, seconds=20)
    finally:
        certified.said(CA, "systemctl start caddy")
    assert wait_until(lambda: certified.leaf() != before, seconds=30)


def test_a_ca_that_lost_all_it_kept_signs_again(certified: Certified) -> None:
    before = certified.leaf()
    certified.said(CA, "systemctl stop caddy; rm -rf /var/lib/caddy/province /etc/caddy/issuing.*")
    certified.serve("--tags", "pki", "-l", CA)
    certified.said(CLIENT, f"echo '# another yet' >> {CONF}")
    assert certified.renew().returncode == 0
    assert certified.leaf().issuer == before.issuer
    assert certified.leaf() != before


def test_a_stolen_issuing_key_is_replaced_and_revoked(certified: Certified) -> None:
    stolen = certified.said(CA, "cat /etc/caddy/issuing.pem")
    before = certified.leaf()
    file = certified.intent / "data-centre.yml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("groups: [pki]", "groups: [pki]\n      key_generation: 2"))
    certified.serve("--tags", "pki,certificate", "-l", f"{CA},{CLIENT}")
    assert certified.leaf().issuer != before.issuer
    certified.said(CLIENT, f"openssl verify -untrusted {CHAIN} {CHAIN}")
    fetch = "curl -sS http://pki.daknong.example/root.crl | openssl crl -inform DER -out /run/crl"
    certified.said(CLIENT, fetch)
    judge = "openssl verify -crl_check -CRLfile /run/crl"
    certified.said(CLIENT, f"cat > /run/stolen <<'END'\n{stolen}\nEND")
    assert "certificate revoked" in certified.tried(CLIENT, f"{judge} /run/stolen").stderr
    certified.said(CLIENT, f"sed 1,/END/d {CHAIN} > /run/issuing && {judge} /run/issuing")
    assert certified.changes("--tags", "pki,certificate", "-l", f"{CA},{CLIENT}") == {}
    certified.serve()
