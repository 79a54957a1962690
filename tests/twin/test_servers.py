"""Virtual servers in a province at work: made by Pulumi, configured in-band, gone and back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.twin.configured import Province, succeeded

pytestmark = pytest.mark.twin

SERVERS = {"sv-mirror-1", "sv-dns-1", "sv-dns-2"}


@pytest.fixture(scope="module")
def served(province: Province) -> Iterator[Province]:
    """The province with its virtual servers; they go when the tests are done."""
    assert _dc(province, "up").endswith("up: 9 create")
    yield province
    _dc(province, "destroy", "--yes")


def _dc(province: Province, verb: str, *words: str) -> str:
    done = province.run("giaoban", "dc", verb, "--inventory", str(province.inventory), *words)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def _site_changes(province: Province) -> set[str]:
    recap = succeeded(province.playbook("site.yml"))
    assert set(recap) >= SERVERS
    return {name for name, counts in recap.items() if counts["changed"]}


def test_a_server_comes_into_the_network_and_stays_as_it_is(served: Province) -> None:
    assert _site_changes(served) == SERVERS
    assert _site_changes(served) == set()


def test_a_server_that_was_made_anew_is_configured_anew(served: Province) -> None:
    _dc(served, "destroy", "--yes")
    hosts = served.run(
        "ansible-inventory", "-i", str(served.inventory), "--graph", "servers"
    ).stdout
    assert "sv-noc-1" in hosts
    assert "sv-dns-1" not in hosts
    assert _dc(served, "up").endswith("up: 9 create")
    assert _site_changes(served) == SERVERS
    assert _site_changes(served) == set()


def test_every_server_answers_the_noc(served: Province) -> None:
    done = served.run(
        "giaoban", "verify", "--inventory", str(served.inventory), "--site", "trung-tam-du-lieu"
    )
    assert done.returncode == 0, done.stdout


def test_a_server_speaks_for_itself_only(served: Province) -> None:
    """Nobody inside a virtual server takes another one's address."""
    theirs, gateway = "10.64.40.22", "10.64.40.1"

    def reaches(source: str) -> bool:
        words = ("run", "sv-dns-1", "ping", "-c", "2", "-W", "1", "-I", source, gateway)
        return served.twin(*words).returncode == 0

    assert reaches("10.64.40.21")
    served.inside("sv-dns-1", "ip", "address", "add", f"{theirs}/24", "dev", "eth0", "nodad")
    try:
        assert not reaches(theirs)
        assert reaches("10.64.40.21")
    finally:
        served.inside("sv-dns-1", "ip", "address", "del", f"{theirs}/24", "dev", "eth0")


def test_servers_come_back_with_the_twin(served: Province) -> None:
    for name in SERVERS:
        assert served.twin("run", name, "poweroff", "-f").returncode in (0, 1, 255)
    assert served.twin("up").returncode == 0
    status = served.twin("status")
    assert status.returncode == 0, status.stdout
    assert _site_changes(served) == set()
