"""Copies of servers' data: brought back, read back, and out of reach of the servers themselves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.twin.centre import DOMAIN, Centre
from tests.twin.configured import succeeded

pytestmark = pytest.mark.twin

SERVER, OTHER, STORE = "sv-dns-1", "sv-dns-2", "sv-backup-1"
BACKUP = "/usr/lib/giaoban/backup"
HOOK = "/etc/giaoban/backup.d/letters"
DATA = "/var/lib/letters"
_HOOK = f"""#!/bin/sh -e
case $1 in
save) cp -a {DATA}/. "$2/" ;;
look) test -s "$2/thư" ;;
restore) cp -a "$2/." {DATA}/ ;;
esac
"""
CERTIFICATE = "/var/lib/giaoban/certificate/current"


@pytest.fixture
def letters(centre: Centre) -> Iterator[Centre]:
    """A server with data of its own that was copied."""
    centre.said(SERVER, f"mkdir -p {DATA}; echo 'Kính gửi: xã Đắk Wil' >{DATA}/thư")
    centre.said(SERVER, f"cat >{HOOK} <<'END'\n{_HOOK}END\nchmod +x {HOOK}")
    centre.said(SERVER, f"{BACKUP} now")
    yield centre
    centre.said(SERVER, f"rm -rf {HOOK} {DATA}")


def _ask(centre: Centre, path: str, *words: str, server: str = SERVER) -> str:
    """Ask the store over HTTPS as a server, and give the status that it answers."""
    prove = f"--cert {CERTIFICATE}/chain.pem --key {CERTIFICATE}/key.pem"
    ask = f"curl -s -o /dev/null -w '%{{http_code}}' --path-as-is {' '.join(words)}"
    return centre.said(server, f"{ask} {prove} 'https://{STORE}.{DOMAIN}/{path}'")


def _copies(centre: Centre) -> int:
    return len(centre.said(STORE, f"ls /srv/backup/{SERVER}/snapshots").split())


def test_damaged_data_is_brought_back(letters: Centre) -> None:
    letters.said(SERVER, f"echo 'mã hoá' >{DATA}/thư")
    succeeded(letters.province.playbook("restore.yml", "-l", SERVER))
    assert letters.said(SERVER, f"cat {DATA}/thư") == "Kính gửi: xã Đắk Wil"


def test_an_earlier_copy_is_brought_back_by_its_name(letters: Centre) -> None:
    listed = letters.said(SERVER, f"{BACKUP} list").splitlines()
    copy = [line.split()[0] for line in listed if SERVER in line][-1]
    letters.said(SERVER, f"echo 'bản sau' >{DATA}/thư; {BACKUP} now; rm {DATA}/thư")
    done = letters.province.playbook("restore.yml", "-l", SERVER, "-e", f"restore__copy={copy}")
    succeeded(done)
    assert letters.said(SERVER, f"cat {DATA}/thư") == "Kính gửi: xã Đắk Wil"


def test_nothing_is_put_back_where_no_server_is_named(letters: Centre) -> None:
    done = letters.province.playbook("restore.yml")
    assert done.returncode != 0
    assert "found no -l" in " ".join(done.stdout.split())


def test_what_was_copied_is_read_back_and_looked_at(letters: Centre) -> None:
    succeeded(letters.province.playbook("backup-check.yml", "-l", SERVER))
    letters.said(SERVER, f": >{DATA}/thư; {BACKUP} now")
    done = letters.tried(SERVER, f"{BACKUP} read-back")
    assert done.returncode != 0
    assert f"{HOOK} look failed" in done.stderr


def test_a_server_removes_nothing_of_what_was_copied(letters: Centre) -> None:
    copy = letters.said(STORE, f"ls /srv/backup/{SERVER}/snapshots").split()[0]
    assert _ask(letters, f"snapshots/{copy}") == "200"
    assert _ask(letters, f"snapshots/{copy}", "-X", "DELETE") == "403"
    assert _ask(letters, "config", "-X", "DELETE") == "403"
    assert _ask(letters, f"snapshots/{copy}", "-X", "POST", "--data", "x") == "403"
    assert _ask(letters, f"snapshots/{copy}") == "200"


@pytest.mark.parametrize(
    "path",
    [
        f"../{SERVER}/config",
        f"%2e%2e/{SERVER}/config",
        f"data/..%2f..%2f{SERVER}/config",
        f"{SERVER}/config",
        f"data//../../{SERVER}/config",
    ],
)
def test_a_server_does_not_get_at_anothers_copies(letters: Centre, path: str) -> None:
    letters.said(OTHER, f"{BACKUP} now")
    assert _ask(letters, "config", server=OTHER) == "200"
    assert _ask(letters, path, server=OTHER) in {"400", "404"}


def test_who_is_not_copied_is_not_let_in(letters: Centre) -> None:
    assert _ask(letters, "config", server="sv-mirror-1") == "403"
    bare = "curl -s -o /dev/null -w '%{http_code}'"
    assert letters.said(SERVER, f"{bare} https://{STORE}.{DOMAIN}/config") == "400"


def test_a_store_that_is_away_is_told_and_asked_again(letters: Centre) -> None:
    letters.said(STORE, "systemctl stop nginx")
    try:
        failed = letters.tried(SERVER, "systemctl start giaoban-backup.service")
        assert failed.returncode != 0
        log = "journalctl --sync; journalctl -I -u giaoban-backup -o cat --no-pager"
        said = letters.said(SERVER, log)
        assert f"https://{STORE}.{DOMAIN}/ took no copy" in said
    finally:
        letters.said(STORE, "systemctl start nginx")
    before = _copies(letters)
    letters.said(SERVER, "systemctl start giaoban-backup.service")
    assert _copies(letters) == before + 1


def _copied_at(centre: Centre, moment: str) -> None:
    """Copy, and have it look as if that had been at another time."""
    before = set(centre.said(STORE, f"ls /srv/backup/{SERVER}/snapshots").split())
    centre.said(SERVER, f"{BACKUP} now")
    (new,) = set(centre.said(STORE, f"ls /srv/backup/{SERVER}/snapshots").split()) - before
    restic = f"runuser -u giaoban-backup -- restic --no-cache -r /srv/backup/{SERVER}"
    password = f"RESTIC_PASSWORD=$(cat /etc/giaoban/backup-server/{SERVER})"
    centre.said(STORE, f"{password} {restic} rewrite --forget --new-time '{moment}' {new[:8]}")


def test_old_copies_are_removed_where_they_are_kept(letters: Centre) -> None:
    """Of an hour long ago the last one stays, and the first of all while there are few."""
    letters.said(STORE, "systemctl start giaoban-backup-keep.service")
    before = _copies(letters)
    for minute in (0, 20, 40):
        _copied_at(letters, f"2024-02-28 10:{minute:02}:00")
    assert _copies(letters) == before + 3
    letters.said(STORE, "systemctl start giaoban-backup-keep.service")
    assert _copies(letters) == before + 2
    assert "read back" in letters.said(SERVER, f"{BACKUP} read-back")


def test_copies_with_forged_times_push_out_none_of_this_month(letters: Centre) -> None:
    """Who took the server over adds what he likes, also of days that have not come."""
    letters.said(SERVER, f"{BACKUP} now; {BACKUP} now")
    letters.said(STORE, "systemctl start giaoban-backup-keep.service")
    before = _copies(letters)
    for year in (2098, 2099):
        _copied_at(letters, f"{year}-01-01 00:00:00")
    letters.said(STORE, "systemctl start giaoban-backup-keep.service")
    assert _copies(letters) == before + 2


def test_a_copy_that_was_damaged_where_it_is_kept_is_told(letters: Centre) -> None:
    blobs = f"/srv/backup/{SERVER}/index"
    letters.said(STORE, f"mkdir /root/whole; cp -a {blobs}/. /root/whole/")
    try:
        letters.said(STORE, f"for f in {blobs}/*; do echo x >>$f; done")
        done = letters.tried(STORE, "systemctl start giaoban-backup-keep.service")
        assert done.returncode != 0
    finally:
        letters.said(STORE, f"cp -a /root/whole/. {blobs}/; rm -r /root/whole")
    letters.said(STORE, "systemctl start giaoban-backup-keep.service")


def test_what_pulumi_knows_is_copied_with_the_rest(centre: Centre) -> None:
    centre.said(STORE, f"{BACKUP} now; rm -r /var/lib/giaoban/controller/*")
    succeeded(centre.province.playbook("restore.yml", "-l", STORE))
    listed = centre.said(STORE, "tar -tf /var/lib/giaoban/controller/pulumi-state.tar")
    assert ".pulumi/stacks/giaoban/twin.json" in listed
