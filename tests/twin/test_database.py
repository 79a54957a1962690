"""Databases that lead, follow and take over: what was said to be written stays, whatever breaks."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise

import pytest

from giaoban.provision.secrets import SecretStore
from giaoban.waiting import wait_until
from tests.twin.centre import DOMAIN, PC, Centre
from tests.twin.configured import succeeded

pytestmark = [pytest.mark.twin, pytest.mark.full]

SERVERS, WITNESS = ("sv-db-1", "sv-db-2"), "sv-backup-1"
CLIENT = WITNESS  # a server of zone internal, as those of applications are
NAME, OTHER = "thu_nghiem", "kho_khac"
ROOT = "/usr/local/share/ca-certificates/giaoban-root.crt"
HOSTS = ",".join(f"{server}.{DOMAIN}" for server in SERVERS)
CTL = "patronictl -c /etc/patroni/config.yml"
HOOK = "/etc/giaoban/backup.d/database"
TAKEN_OVER_SECONDS = 45  # ttl, a look of each, and the promotion
HEALED_SECONDS = 120

# Writes numbers, each by a connection of its own, and notes when which was said to be written.
_WRITER = """\
n=0
while :; do
    n=$((n + 1))
    timeout 15 psql -Xq -d "$1" -c "INSERT INTO numbers VALUES ($n)" &&
        echo "$n $(date +%s.%N)" >>/run/writer/written
    sleep 0.2
done
"""
# Notes when PostgreSQL here said that it leads.
_WATCH = """\
while :; do
    [ "$(runuser -u postgres -- psql -XAtc 'SELECT pg_is_in_recovery()' 2>/dev/null)" != f ] ||
        date +%s.%N >>/run/watch/led
    sleep 0.3
done
"""


def _serve(centre: Centre, *names: str) -> tuple[str, ...]:
    """Give the words that make databases besides those that the province has."""
    inventory = ("-i", str(centre.province.inventory), "--host", SERVERS[0])
    known = json.loads(centre.province.run("ansible-inventory", *inventory).stdout)
    databases = known.get("database__databases", []) + [{"name": name} for name in names]
    variable = json.dumps({"database__databases": databases})
    return ("--tags", "database", "-l", "vote,database", "-e", variable)


@dataclass(frozen=True)
class Pair:
    """Both servers and who asks them."""

    centre: Centre

    def members(self, by: str = SERVERS[0]) -> dict[str, tuple[str, str]]:
        """Give the role and the state of each, as Patroni tells them."""
        told = self.centre.tried(by, f"{CTL} list --format json")
        rows = json.loads(told.stdout) if told.returncode == 0 else []
        return {row["Member"]: (row["Role"], row["State"]) for row in rows}

    def leader(self, by: str = SERVERS[0]) -> str:
        """Give who leads, or nothing."""
        return "".join(name for name, found in self.members(by).items() if found[0] == "Leader")

    def whole(self) -> bool:
        """Whether one leads and the other has all that is written."""
        expected = {("Leader", "running"), ("Sync Standby", "streaming")}
        return set(self.members().values()) == expected

    def settled(self) -> tuple[str, str]:
        """Wait until all is well; give who leads and who follows."""
        assert wait_until(self.whole, seconds=HEALED_SECONDS, step=1), self.members()
        leader = self.leader()
        return leader, next(server for server in SERVERS if server != leader)

    def ask(self, question: str, *, role: str = NAME, more: str = "", host: str = HOSTS) -> str:
        """Ask the one that leads as an application does; give its answer or what it refused."""
        url = f"host={host} dbname={NAME} user={role} sslmode=verify-full sslrootcert={ROOT}"
        words = f"{url} connect_timeout=4 target_session_attrs=read-write {more}"
        done = self.centre.tried(CLIENT, f'psql -XAtq -d "{words}" -c "{question}"')
        return (done.stdout if done.returncode == 0 else done.stderr).strip()

    def changes(self) -> dict[str, int]:
        """Make the servers serve again, and give those that it changed."""
        return self.centre.changes(*_serve(self.centre, NAME, OTHER))

    def here(self, server: str, question: str, name: str = NAME) -> str:
        """Ask a server itself, as its own root may."""
        return self.centre.said(
            server, f'cd /; runuser -u postgres -- psql -XAt -d {name} -c "{question}"'
        )


@pytest.fixture(scope="module")
def served(centre: Centre) -> Iterator[Pair]:
    """Two databases, and a server that has a client and their passwords."""
    centre.serve(*_serve(centre, NAME, OTHER))
    secrets = SecretStore.from_file(centre.province.reach.master_key)
    passwords = "".join(
        f"*:5432:*:{name}:{secrets.value(f'database/{name}')}\n" for name in (NAME, OTHER)
    )
    centre.said(CLIENT, f"umask 077; cat >/root/.pgpass <<'END'\n{passwords}END")
    centre.said(CLIENT, "apt-get install -qq -y --no-install-recommends postgresql-client-17")
    pair = Pair(centre)
    pair.settled()
    yield pair
    leader, _ = pair.settled()
    for name in (NAME, OTHER):
        pair.here(leader, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", "postgres")
        pair.here(leader, f"DROP ROLE IF EXISTS {name}", "postgres")
    centre.said(CLIENT, "rm -f /root/.pgpass; apt-get purge -qq -y postgresql-client-17")
    centre.serve(*_serve(centre))


@pytest.fixture
def pair(served: Pair) -> Pair:
    """Both at work, with an empty table of numbers."""
    served.settled()
    made = "DROP TABLE IF EXISTS numbers; CREATE TABLE numbers (n integer PRIMARY KEY)"
    assert served.ask(made) == ""
    return served


def _start(centre: Centre, server: str, name: str, script: str, *words: str) -> None:
    """Run a script beside everything else."""
    _stop(centre, server, name)
    centre.said(server, f"rm -rf /run/{name}; mkdir /run/{name}")
    centre.said(server, f"cat >/run/{name}/script <<'END'\n{script}END")
    quoted = " ".join(f"'{word}'" for word in words)
    centre.said(server, f"systemd-run -q -u {name} -E HOME=/root sh /run/{name}/script {quoted}")


def _stop(centre: Centre, server: str, name: str) -> None:
    centre.said(server, f"systemctl stop {name} 2>/dev/null || :")


@dataclass(frozen=True)
class Writing:
    """Numbers that are being written."""

    pair: Pair

    def written(self) -> dict[int, float]:
        """Give the numbers that were said to be written, and when."""
        lines = self.pair.centre.said(CLIENT, "cat /run/writer/written 2>/dev/null || :")
        return {int(n): float(when) for n, when in map(str.split, lines.splitlines())}

    def goes_on(self, seconds: float = TAKEN_OVER_SECONDS + 30) -> bool:
        """Wait until more is written than now."""
        before = len(self.written())
        return wait_until(lambda: len(self.written()) > before, seconds=seconds, step=1)

    def longest_pause(self) -> float:
        """Give the longest time between two, in seconds."""
        times = sorted(self.written().values())
        return max(after - before for before, after in pairwise(times))

    def lost(self) -> set[int]:
        """Give what was said to be written and is not there."""
        said = set(self.written())
        return said - {int(n) for n in self.pair.ask("SELECT n FROM numbers").split()}


@contextmanager
def _writing(pair: Pair) -> Iterator[Writing]:
    url = f"host={HOSTS} dbname={NAME} user={NAME} sslmode=verify-full sslrootcert={ROOT}"
    words = f"{url} connect_timeout=3 target_session_attrs=read-write"
    _start(pair.centre, CLIENT, "writer", _WRITER, words)
    for server in SERVERS:
        _start(pair.centre, server, "watch", _WATCH)
    try:
        writing = Writing(pair)
        assert writing.goes_on(), pair.ask("SELECT 1")
        yield writing
    finally:
        for server, name in ((CLIENT, "writer"), *((server, "watch") for server in SERVERS)):
            _stop(pair.centre, server, name)


def _tell(figure: str) -> None:
    """Say what was measured, for who runs this with -s."""
    sys.stdout.write(f"\n{figure}\n")


def _times_led(pair: Pair, server: str) -> list[float]:
    lines = pair.centre.said(server, "cat /run/watch/led 2>/dev/null || :")
    return sorted(map(float, lines.split()))


def _never_two(pair: Pair, first: str, then: str) -> bool:
    """Whether the one had ceased to lead before the other began, at every look at both."""
    before, after = _times_led(pair, first), _times_led(pair, then)
    return bool(before and after) and before[-1] < after[0]


# Failing


def _kill_postgres(centre: Centre, server: str) -> Callable[[], object]:
    centre.said(server, "kill -9 $(head -1 /var/lib/postgresql/17/main/postmaster.pid)")
    return lambda: None


def _stop_patroni(centre: Centre, server: str) -> Callable[[], object]:
    centre.said(server, "systemctl stop patroni")
    return lambda: centre.said(server, "systemctl start patroni")


def _kill_all(centre: Centre, server: str) -> Callable[[], object]:
    """As when the power goes, for the databases."""
    centre.said(server, "systemctl kill --signal KILL patroni etcd; systemctl stop patroni etcd")
    return lambda: centre.said(server, "systemctl start --no-block etcd patroni")


def _cut(centre: Centre, server: str) -> Callable[[], object]:
    chains = "".join(
        f"chain {hook} {{ type filter hook {hook} priority -300; policy drop; {way} lo accept; }};"
        for hook, way in (("input", "iif"), ("output", "oif"))
    )
    centre.said(server, f"nft 'table inet cut {{ {chains} }}'")
    return lambda: centre.said(server, "nft delete table inet cut")


def test_a_crash_is_survived_where_it_was(pair: Pair) -> None:
    """PostgreSQL comes back there sooner than the other could take over, or the other does."""
    leader, _ = pair.settled()
    with _writing(pair) as writing:
        _kill_postgres(pair.centre, leader)
        assert writing.goes_on()
        pair.settled()
        assert writing.lost() == set()
        _tell(f"crash: {writing.longest_pause():.1f} s without writes")


@pytest.mark.parametrize("fail", [_stop_patroni, _kill_all, _cut])
def test_the_other_takes_over(
    pair: Pair, fail: Callable[[Centre, str], Callable[[], object]]
) -> None:
    """All that was said to be written is there; the one before comes back and follows."""
    leader, follower = pair.settled()
    with _writing(pair) as writing:
        heal = fail(pair.centre, leader)
        try:
            taken = wait_until(
                lambda: pair.leader(follower) == follower, seconds=TAKEN_OVER_SECONDS, step=1
            )
            assert taken, pair.members(follower)
            assert writing.goes_on()
            pause = writing.longest_pause()
        finally:
            heal()
        assert pair.settled() == (follower, leader)
        assert writing.goes_on()
        _tell(f"{fail.__name__[1:]}: {pause:.1f} s without writes, {len(writing.written())} kept")
    assert writing.lost() == set()
    assert _never_two(pair, leader, follower)
    assert pause < TAKEN_OVER_SECONDS


def test_a_follower_that_is_gone_stops_nobody_for_long(pair: Pair) -> None:
    leader, follower = pair.settled()
    with _writing(pair) as writing:
        heal = _cut(pair.centre, follower)
        try:
            assert writing.goes_on()
            assert writing.goes_on()
            pause = writing.longest_pause()
        finally:
            heal()
        assert pair.settled() == (leader, follower)
        _tell(f"follower gone: {pause:.1f} s without writes")
    assert writing.lost() == set()


def test_who_lacks_something_does_not_lead(pair: Pair) -> None:
    """What was written while the other was away is nowhere else: it waits for it."""
    leader, follower = pair.settled()
    stopped = _stop_patroni(pair.centre, follower)
    assert wait_until(lambda: pair.ask("INSERT INTO numbers VALUES (1)") == "", seconds=60, step=1)
    back = _kill_all(pair.centre, leader)
    try:
        stopped()

        def waits() -> bool:
            return pair.members(follower).get(follower, ("", ""))[1] in {"running", "streaming"}

        assert wait_until(waits, seconds=60, step=1)
        assert not wait_until(lambda: pair.leader(follower) == follower, seconds=30, step=1)
    finally:
        back()
    assert pair.settled() == (leader, follower)
    assert pair.ask("SELECT n FROM numbers") == "1"


def test_both_are_stopped_and_come_back(pair: Pair) -> None:
    pair.ask("INSERT INTO numbers VALUES (1)")
    leader, follower = pair.settled()
    for server in (follower, leader):
        pair.centre.said(server, "systemctl stop patroni")
    for server in (follower, leader):
        pair.centre.said(server, "systemctl start patroni")
    pair.settled()
    assert pair.ask("SELECT n FROM numbers") == "1"


def test_a_lost_vote_changes_nothing_and_lost_votes_change_no_leader(pair: Pair) -> None:
    leader, follower = pair.settled()
    centre = pair.centre
    with _writing(pair) as writing:
        centre.said(WITNESS, "systemctl stop etcd")
        try:
            assert writing.goes_on()
            assert pair.settled() == (leader, follower)
            centre.said(follower, "systemctl stop etcd")
            # Longer than a leader lives that nobody confirms.
            assert not wait_until(lambda: not writing.goes_on(15), seconds=45, step=1)
        finally:
            centre.said(WITNESS, "systemctl start --no-block etcd")
            centre.said(follower, "systemctl start --no-block etcd")
        assert pair.settled() == (leader, follower)
        _tell(f"votes lost: {writing.longest_pause():.1f} s without writes")
    assert writing.lost() == set()


# Coming back with nothing


def test_a_follower_that_lost_everything_comes_back(pair: Pair) -> None:
    pair.ask("INSERT INTO numbers VALUES (1)")
    leader, follower = pair.settled()
    wipe = "systemctl stop patroni; rm -rf /var/lib/postgresql/17/main; systemctl start patroni"
    pair.centre.said(follower, wipe)
    assert pair.settled() == (leader, follower)
    assert pair.here(follower, "SELECT n FROM numbers") == "1"


def test_a_vote_that_lost_everything_comes_back(pair: Pair) -> None:
    wipe = "systemctl stop etcd; rm -rf /var/lib/etcd/default; systemctl start etcd"
    pair.centre.said(SERVERS[1], wipe)
    certificate = "/var/lib/etcd/certificate/current"
    ask = (
        f"etcdctl --endpoints https://{WITNESS}.{DOMAIN}:2379 --cacert {ROOT}"
        f" --cert {certificate}/chain.pem --key {certificate}/key.pem member list"
    )

    def started() -> int:
        return pair.centre.said(WITNESS, ask).count(" started,")

    assert wait_until(lambda: started() == len(SERVERS) + 1, seconds=30, step=1)
    pair.settled()


# Refusing


def test_what_is_written_is_seen_on_the_other(pair: Pair) -> None:
    assert pair.ask("INSERT INTO numbers VALUES (42) RETURNING n") == "42"
    _, follower = pair.settled()
    assert wait_until(lambda: pair.here(follower, "SELECT n FROM numbers") == "42", seconds=5)
    clear = f"cd /; runuser -u postgres -- psql -d {NAME} -c 'TRUNCATE numbers'"
    refused = pair.centre.tried(follower, clear)
    assert "read-only transaction" in refused.stderr


def test_names_are_sorted_as_people_here_do(pair: Pair) -> None:
    words = "SELECT string_agg(w, ' ' ORDER BY w) FROM unnest(ARRAY['Đăk', 'Dăk', 'Êa', 'Ea']) w"
    assert pair.ask(words) == "Dăk Đăk Ea Êa"


def test_only_its_owner_gets_at_a_database(pair: Pair) -> None:
    leader, _ = pair.settled()
    assert pair.ask("SELECT current_user") == NAME
    assert "no pg_hba.conf entry" in pair.ask("SELECT 1", role=OTHER)
    assert "no pg_hba.conf entry" in pair.ask("SELECT 1", role="postgres")
    assert "password authentication failed" in pair.ask("SELECT 1", more="password=khong-phai")
    assert "no encryption" in pair.ask("SELECT 1", more="sslmode=disable")
    by_address = pair.here(leader, "SELECT host(inet_server_addr())") or "10.64.41.11"
    assert "does not match host name" in pair.ask("SELECT 1", host=by_address)


def test_passwords_are_kept_as_scram_and_nowhere_in_clear(pair: Pair) -> None:
    leader, _ = pair.settled()
    kept = dict(
        row.split("|")
        for row in pair.here(leader, "SELECT rolname, rolpassword FROM pg_authid").splitlines()
    )
    assert kept[NAME].startswith("SCRAM-SHA-256$4096:")
    password = SecretStore.from_file(pair.centre.province.reach.master_key).value(
        f"database/{NAME}"
    )
    for server in SERVERS:
        found = pair.centre.tried(
            server, f"journalctl --no-pager | cat - /etc/patroni/* | grep -c '{password}'"
        )
        assert found.stdout.strip() == "0"


def test_who_does_not_vote_is_not_answered(pair: Pair) -> None:
    certificate = "/var/lib/giaoban/certificate/current"
    prove = f"--cert {certificate}/chain.pem --key {certificate}/key.pem"
    ask = f"curl -s -m 5 -o /dev/null -w '%{{http_code}}' https://{SERVERS[0]}.{DOMAIN}"
    tried = pair.centre.tried
    assert tried(WITNESS, f"{ask}:2379/health {prove}").stdout == "200"
    assert tried(WITNESS, f"{ask}:2379/health").stdout == "000"
    assert tried("sv-dns-1", f"{ask}:2379/health {prove}").stdout == "000"
    assert tried(SERVERS[1], f"{ask}:8008/health {prove}").stdout == "200"
    assert tried(SERVERS[1], f"{ask}:8008/health").stdout == "000"
    assert tried(WITNESS, f"{ask}:8008/health {prove}").stdout == "000"


def test_an_office_does_not_get_at_databases(pair: Pair) -> None:
    knock = "timeout 4 bash -c '</dev/tcp/10.64.41.11/5432'"
    assert pair.centre.tried(CLIENT, knock).returncode == 0
    assert pair.centre.tried(PC, knock).returncode != 0


# Working on it


def test_the_lead_is_handed_over_and_nothing_is_left_to_change(pair: Pair) -> None:
    leader, follower = pair.settled()
    with _writing(pair) as writing:
        succeeded(pair.centre.province.playbook("database-switchover.yml"))
        assert pair.settled() == (follower, leader)
        assert writing.goes_on()
        _tell(f"handed over: {writing.longest_pause():.1f} s without writes")
    assert writing.lost() == set()
    assert pair.changes() == {}


def test_what_is_agreed_and_a_password_are_mended_where_one_leads(pair: Pair) -> None:
    leader, follower = pair.settled()
    pair.centre.said(follower, f"{CTL} edit-config --force -s ttl=60")
    pair.here(leader, f"ALTER ROLE {NAME} PASSWORD 'khac'", "postgres")
    assert pair.changes() in ({leader: 2}, {leader: 1, follower: 1})
    assert "ttl: 20" in pair.centre.said(follower, f"{CTL} show-config")
    assert pair.ask("SELECT 1") == "1"


def test_a_renewed_certificate_is_shown_by_all(pair: Pair) -> None:
    server = pair.settled()[0]
    shown = {
        "postgresql": f"openssl s_client -starttls postgres -connect {server}.{DOMAIN}:5432",
        "etcd": f"openssl s_client -connect {server}.{DOMAIN}:2379",
        "patroni": f"openssl s_client -connect {server}.{DOMAIN}:8008",
    }

    def serials() -> dict[str, str]:
        serial = "</dev/null 2>/dev/null | openssl x509 -noout -serial"
        return {
            name: pair.centre.said(server, f"{command} {serial}") for name, command in shown.items()
        }

    before = serials()
    assert len(set(before.values())) == 1
    pair.centre.said(
        server, "rm /var/lib/giaoban/certificate/current/asked; /usr/lib/giaoban/certificate"
    )

    def renewed() -> bool:
        after = set(serials().values())
        return len(after) == 1 and after != set(before.values())

    assert wait_until(renewed, seconds=20, step=1), serials()
    pair.settled()


# Copies

# What an owner has run when a copy is put back writes down as whom.
_WITNESS = """
CREATE FUNCTION whoever() RETURNS text IMMUTABLE LANGUAGE plpgsql
  AS 'BEGIN RETURN session_user; END';
CREATE TABLE witness (n int, who text GENERATED ALWAYS AS (whoever()) STORED);
INSERT INTO witness VALUES (1)
"""


def test_a_copy_is_put_back_where_one_leads_and_the_other_follows(pair: Pair) -> None:
    leader, follower = pair.settled()
    pair.ask("INSERT INTO numbers VALUES (1), (2)")
    pair.ask(_WITNESS)
    for server in SERVERS:
        pair.centre.said(server, "/usr/lib/giaoban/backup now")
    pair.ask("DROP TABLE numbers; CREATE TABLE rubbish ()")
    succeeded(pair.centre.province.playbook("restore.yml", "-l", "database"))
    assert pair.ask("SELECT n FROM numbers ORDER BY n").split() == ["1", "2"]
    assert pair.here(follower, "SELECT n FROM numbers ORDER BY n").split() == ["1", "2"]
    assert pair.ask("SELECT to_regclass('rubbish') IS NULL") == "t"
    assert pair.ask("SELECT who FROM witness") == NAME
    pair.ask("DROP TABLE witness; DROP FUNCTION whoever")
    assert pair.changes() == {}
    succeeded(pair.centre.province.playbook("backup-check.yml", "-l", leader))


def test_a_copy_is_not_said_to_be_back_where_none_leads(pair: Pair) -> None:
    leader, follower = pair.settled()
    pair.here(leader, "DROP TABLE IF EXISTS giaoban_restored", "postgres")
    pair.centre.said(follower, f"rm -rf /run/copy; mkdir /run/copy; {HOOK} save /run/copy")
    impatient = f"sed 's/^patience_s=.*/patience_s=2/' {HOOK} | sh -s restore /run/copy"
    refused = pair.centre.tried(follower, impatient)
    assert refused.returncode != 0
    assert f"{follower} follows" in refused.stderr


def test_a_damaged_copy_is_told(pair: Pair) -> None:
    leader, _ = pair.settled()
    pair.centre.said(leader, f"rm -rf /run/copy; mkdir /run/copy; {HOOK} save /run/copy")
    pair.centre.said(leader, f"{HOOK} look /run/copy")
    pair.centre.said(leader, f"truncate -s -200 /run/copy/{NAME}.dump")
    assert pair.centre.tried(leader, f"{HOOK} look /run/copy").returncode != 0
    # And what is there stays until the copy has been read whole.
    assert pair.centre.tried(leader, f"{HOOK} restore /run/copy").returncode != 0
    assert pair.ask("SELECT count(*) FROM numbers") == "0"
