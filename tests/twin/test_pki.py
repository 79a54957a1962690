"""The province's CA at work: servers prove themselves, renew, and outlive its loss."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from giaoban.intent.load import load
from giaoban.provision.authority import Authority, Domain
from giaoban.provision.reach import Reach
from giaoban.provision.secrets import SecretStore
from giaoban.twin.down import take_down
from giaoban.twin.paths import TwinPaths
from giaoban.twin.progress import PlainLines
from giaoban.waiting import wait_until
from tests.twin.configured import INTENT, Province, succeeded

pytestmark = pytest.mark.twin

CA, CLIENT = "sv-pki-1", "sv-dns-1"
FOLDER = "/var/lib/giaoban/certificate"
CHAIN = f"{FOLDER}/current/chain.pem"
CONF = "/etc/giaoban/certificate.conf"
# The least that Caddy signs; it dates a certificate a minute back.
_SHORT_LIFE_S, _LOOK_S = 300, 10
_LIMIT_S = _SHORT_LIFE_S + 60


@dataclass(frozen=True)
class Centre:
    """A twin of the data centre alone, with an intent of its own that a test may edit."""

    province: Province
    intent: Path

    def serve(self, *words: str) -> dict[str, dict[str, int]]:
        """Make the servers serve, and give the recap."""
        return succeeded(self.province.playbook("datacentre.yml", *words))

    def said(self, server: str, command: str) -> str:
        """Run a shell command that must succeed in a server and give what it printed."""
        return self.province.inside(server, "sh", "-c", command).strip()

    def tried(self, server: str, command: str) -> subprocess.CompletedProcess[str]:
        """Run a shell command in a server."""
        return self.province.twin("run", server, "sh", "-c", command)

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


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    """GIAOBAN_INVENTORY names the inventory of one that stands already, and is left standing."""
    if os.geteuid() != 0:
        pytest.skip("the twin needs root")
    if standing := os.environ.get("GIAOBAN_INVENTORY"):
        reach = Reach.read(Path(standing))
        yield Centre(Province(TwinPaths(reach.state.name), Path(standing)), reach.intent)
        return
    folder = tmp_path_factory.mktemp("pki") / "build"
    intent = folder / "inventory" / "daknong"
    shutil.copytree(INTENT, intent)
    paths = TwinPaths(f"t-pki-{os.getpid()}")
    inventory = folder / "inventory" / "twin"
    inventory.mkdir()
    (inventory / "giaoban.yml").write_text(
        "plugin: giaoban\nintent: ../daknong\n"
        f"reach:\n  state: {paths.state}\n  sockets: {paths.run}\n"
    )
    made = Centre(Province(paths, inventory), intent)
    try:
        _bring_up(made)
        yield made
    finally:
        take_down(paths, PlainLines())
        shutil.rmtree(paths.state, ignore_errors=True)


def _bring_up(centre: Centre) -> None:
    province = centre.province
    up = province.twin("up", "--inventory", str(centre.intent), "--sites", "trung-tam-du-lieu")
    assert up.returncode == 0, up.stderr
    succeeded(province.playbook("stage.yml"))
    done = province.run("giaoban", "dc", "up", "--inventory", str(province.inventory))
    assert done.returncode == 0, done.stdout + done.stderr
    succeeded(province.playbook("site.yml"))


def test_a_second_run_changes_nothing(centre: Centre) -> None:
    recap = centre.serve()
    assert {CA, CLIENT} <= set(recap)
    assert {name for name, counts in recap.items() if counts["changed"]} == set()


def test_every_server_believes_the_root_and_nobody_else_does(centre: Centre) -> None:
    asked = f"curl -sS -o /dev/null https://{CA}.daknong.example/acme/province/directory"
    for server in (CLIENT, "sv-dns-2", "sv-mirror-1"):
        centre.said(server, asked)
    without = "--cacert /etc/ssl/certs/ISRG_Root_X1.pem --capath /nonexistent"
    assert "unable to get local issuer" in centre.tried(CLIENT, f"{asked} {without}").stderr


def test_the_roots_key_is_on_no_server(centre: Centre) -> None:
    root = x509.load_pem_x509_certificate(centre.authority().root().encode())
    assert centre.said(CA, "cat /srv/pki/root.pem") == centre.authority().root().strip()
    found = centre.said(
        CA, "grep -rlsI 'BEGIN \\(EC \\)\\?PRIVATE KEY' /etc /var/lib /srv /run /root"
    ).splitlines()
    assert "/etc/caddy/issuing.key" in found
    for file in found:
        key = serialization.load_pem_private_key(centre.said(CA, f"cat {file}").encode(), None)
        assert key.public_key() != root.public_key(), file


def test_a_certificate_is_for_the_servers_names_and_for_three_weeks(centre: Centre) -> None:
    leaf = centre.leaf()
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["sv-dns-1.daknong.example"]
    assert (leaf.not_valid_after_utc - leaf.not_valid_before_utc).days == 21
    centre.said(CLIENT, f"openssl verify -untrusted {CHAIN} {CHAIN}")
    public = [
        centre.said(CLIENT, f"openssl x509 -in {CHAIN} -noout -pubkey"),
        centre.said(CLIENT, f"openssl pkey -in {FOLDER}/current/key.pem -pubout"),
    ]
    assert public[0] == public[1]
    assert centre.said(CLIENT, f"stat -L -c %a {FOLDER}/current/key.pem") == "600"


def test_a_name_that_is_another_servers_is_not_signed(centre: Centre) -> None:
    before = centre.leaf()
    centre.said(CLIENT, f"cp -a {CONF} {CONF}.true")
    try:
        for name in ("sv-mirror-1.daknong.example", "gov.example"):
            centre.said(CLIENT, f"sed -i \"s/^names=.*/names='{name}'/\" {CONF}")
            assert centre.renew().returncode != 0
            log = "journalctl -u giaoban-certificate -n 5 -o cat --no-pager"
            assert "no CA signed" in centre.said(CLIENT, log)
    finally:
        centre.said(CLIENT, f"mv {CONF}.true {CONF}")
    assert centre.leaf() == before
    assert centre.said(CLIENT, "ls -A /run | grep -c giaoban-challenge || :") == "0"


@pytest.mark.full
def test_it_renews_itself_and_tells_what_uses_it(
    centre: Centre, record_property: Callable[[str, object], None]
) -> None:
    """Nobody touches the server from here on: its timer alone sees to it."""
    short = {"certificate__lifetime_s": _SHORT_LIFE_S, "certificate__check_s": _LOOK_S}
    centre.said(
        CLIENT,
        "printf '#!/bin/sh\\ntouch /run/told\\n' > /etc/giaoban/certificate.d/test;"
        " chmod +x /etc/giaoban/certificate.d/test",
    )
    centre.serve("--tags", "certificate", "-l", CLIENT, "-e", json.dumps(short))
    centre.said(CLIENT, "rm -f /run/told")
    old = centre.leaf()
    life = old.not_valid_after_utc - old.not_valid_before_utc
    assert life.total_seconds() == pytest.approx(_LIMIT_S, abs=5)
    seen = wait_until(lambda: centre.leaf() != old, seconds=_LIMIT_S)
    assert seen, "the certificate was not renewed before it ran out"
    left = old.not_valid_after_utc - centre.now()
    record_property("left_at_renewal_s", left.total_seconds())
    assert 0 < left.total_seconds() <= life.total_seconds() / 3
    assert left.total_seconds() > life.total_seconds() / 3 - 3 * _LOOK_S
    assert wait_until(lambda: centre.tried(CLIENT, "test -e /run/told").returncode == 0, seconds=10)
    centre.said(CLIENT, "rm /etc/giaoban/certificate.d/test /run/told")
    centre.serve("--tags", "certificate", "-l", CLIENT)
    assert (centre.leaf().not_valid_after_utc - centre.now()).days >= 20


def test_while_no_ca_answers_the_certificate_stays(centre: Centre) -> None:
    before = centre.leaf()
    centre.said(CA, "systemctl stop caddy")
    try:
        centre.said(CLIENT, f"echo '# another' >> {CONF}")
        assert centre.renew().returncode != 0
        assert centre.leaf() == before
    finally:
        centre.said(CA, "systemctl start caddy")
    assert centre.renew().returncode == 0
    assert centre.leaf() != before


def test_a_ca_that_is_away_for_a_moment_is_waited_for(centre: Centre) -> None:
    before = centre.leaf()
    centre.said(CA, "systemctl stop caddy")
    try:
        centre.said(CLIENT, f"echo '# a third' >> {CONF}")
        centre.said(CLIENT, "systemctl start --no-block giaoban-certificate.service")
        # One that gives up at once is there for no longer than a refusal takes.
        asks = "pgrep -f 'c[u]rl.*/acme/province/directory'"
        assert wait_until(lambda: centre.tried(CLIENT, asks).returncode == 0, seconds=20)
    finally:
        centre.said(CA, "systemctl start caddy")
    assert wait_until(lambda: centre.leaf() != before, seconds=30)


def test_a_ca_that_lost_all_it_kept_signs_again(centre: Centre) -> None:
    before = centre.leaf()
    centre.said(CA, "systemctl stop caddy; rm -rf /var/lib/caddy/province /etc/caddy/issuing.*")
    centre.serve("--tags", "pki", "-l", CA)
    centre.said(CLIENT, f"echo '# another yet' >> {CONF}")
    assert centre.renew().returncode == 0
    assert centre.leaf().issuer == before.issuer
    assert centre.leaf() != before


def test_a_stolen_issuing_key_is_replaced_and_revoked(centre: Centre) -> None:
    stolen = centre.said(CA, "cat /etc/caddy/issuing.pem")
    before = centre.leaf()
    file = centre.intent / "data-centre.yml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("groups: [pki]", "groups: [pki]\n      key_generation: 2"))
    centre.serve("--tags", "pki,certificate", "-l", f"{CA},{CLIENT}")
    assert centre.leaf().issuer != before.issuer
    centre.said(CLIENT, f"openssl verify -untrusted {CHAIN} {CHAIN}")
    fetch = "curl -sS http://pki.daknong.example/root.crl | openssl crl -inform DER -out /run/crl"
    centre.said(CLIENT, fetch)
    judge = "openssl verify -crl_check -CRLfile /run/crl"
    centre.said(CLIENT, f"cat > /run/stolen <<'END'\n{stolen}\nEND")
    assert "certificate revoked" in centre.tried(CLIENT, f"{judge} /run/stolen").stderr
    centre.said(CLIENT, f"sed 1,/END/d {CHAIN} > /run/issuing && {judge} /run/issuing")
    recap = centre.serve("--tags", "pki,certificate", "-l", f"{CA},{CLIENT}")
    assert {name for name, counts in recap.items() if counts["changed"]} == set()
