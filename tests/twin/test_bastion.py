"""The way in for those who look after servers: who passes, how far, and what is kept of it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from giaoban.intent.load import load
from giaoban.plan import build
from giaoban.provision.secrets import SecretStore
from giaoban.provision.ssh_authority import Person, SshAuthority
from giaoban.waiting import wait_until
from tests.twin.centre import DOMAIN, PC, Centre
from tests.twin.configured import BIN

pytestmark = [pytest.mark.twin, pytest.mark.full]

BASTION, TARGET = "sv-bastion-1", "sv-dns-1"
# One server of each zone that people log in to.
ELSEWHERE = ("sv-directory-1", "sv-db-1", "sv-web-1")
AN, BIA = "nguyen-van-an", "hbia-nie"
KEYS = "/root/keys"
NOC = "sv-noc-1"
_SECONDS = 30
_FORGIVEN_SECONDS = 300  # half of what sshd is angry at most
_ANY_HOST = "-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o BatchMode=yes"

_SSH_CONFIG = f"""\
Host *
  UserKnownHostsFile {KEYS}/known
  StrictHostKeyChecking yes
  IdentitiesOnly yes
  ConnectTimeout 10
Host {BASTION}.{DOMAIN}
  HostName ADDRESS
  HostKeyAlias {BASTION}.{DOMAIN}
"""


@dataclass(frozen=True)
class WayIn:
    """People at a commune's computer, each with a key, and most with a certificate."""

    centre: Centre
    folder: Path

    def put(self, node: str, path: str, text: str) -> None:
        """Write a file of a node."""
        done = subprocess.run(
            self.inside(node, f"umask 077; cat >{path}"), input=text, text=True, check=False
        )
        assert done.returncode == 0

    def address(self, server: str) -> str:
        """Give the address of a server: a commune's computer is told of no name server here."""
        return str(build(load(self.centre.intent)).devices[server].management.ipv4)

    def sign(self, person: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Have the NOC sign a person's key, and bring the certificate to him."""
        public = self.folder / f"{person}.pub"
        public.write_text(self.centre.said(PC, f"cat {KEYS}/{person}.pub"))
        inventory = str(self.centre.province.inventory)
        done = self.centre.province.run(
            "giaoban", "ssh", "sign", person, str(public), "--inventory", inventory, *words
        )
        if done.returncode == 0:
            certificate = (self.folder / f"{person}-cert.pub").read_text()
            self.put(PC, f"{KEYS}/{person}-cert.pub", certificate)
        return done

    def ssh(
        self, words: str, typed: str = "", *, key: str = AN
    ) -> subprocess.CompletedProcess[str]:
        """Run ssh at the commune's computer, with what is typed into it."""
        return subprocess.run(
            self.inside(
                PC, f"exec timeout {_SECONDS} ssh -F {KEYS}/config -i {KEYS}/{key} {words}"
            ),
            input=typed,
            capture_output=True,
            text=True,
            errors="surrogateescape",
            check=False,
        )

    def on(
        self, command: str = "", person: str = AN, *, server: str = TARGET, typed: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run a command on a server as somebody, through the bastion; at a terminal without one."""
        how = f"-- '{command}'" if command else ""
        words = f"{'' if command else '-tt'} {self.via(person)} {person}@{server}.{DOMAIN} {how}"
        return self.ssh(words, typed, key=person)

    def by(self, key: str) -> str:
        """Give ssh's words for a key, and for the certificate beside it."""
        return f"-F {KEYS}/config -i {KEYS}/{key}"

    def via(self, person: str) -> str:
        """Give ssh's words for the way through the bastion."""
        jump = f"ssh {self.by(person)} -W %h:%p {person}@{BASTION}.{DOMAIN}"
        return f'-o ProxyCommand="{jump}"'

    def recordings(self, word: str = "") -> list[str]:
        """Give the names of recordings that hold a word, once nothing is open."""

        def listed() -> list[str]:
            return self.centre.said(BASTION, f"giaoban-sessions list {word}").splitlines()

        sealed = wait_until(lambda: "open/" not in "".join(listed()), seconds=10, step=0.2)
        assert sealed, "a recording stayed open"
        return listed()

    def events(self, name: str) -> list[list[str]]:
        """Give what a recording holds: times, kinds and texts."""
        text = self.centre.said(BASTION, f"cat /var/lib/giaoban-sessions/{name}")
        return [json.loads(line) for line in text.splitlines()[1:]]

    def last(self, kinds: str, word: str = TARGET) -> str:
        """Give what the newest recording holds of some kinds, as one text."""
        return "".join(e[2] for e in self.events(self.recordings(word)[-1]) if e[1] in kinds)

    def inside(self, node: str, command: str) -> list[str]:
        """Give what runs a shell command in a node, with this process's input."""
        name = self.centre.province.paths.name
        return [str(BIN / "giaoban"), "twin", "run", "--name", name, node, "sh", "-c", command]


@pytest.fixture(scope="module")
def way(centre: Centre, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WayIn]:
    """Two people with fresh certificates, who know the province's host authority and no host."""
    way_in = WayIn(centre, tmp_path_factory.mktemp("keys"))
    centre.said(PC, f"rm -rf {KEYS}; mkdir -p {KEYS}")
    for person in (AN, BIA):
        centre.said(PC, f"ssh-keygen -q -t ed25519 -N '' -f {KEYS}/{person}")
        assert way_in.sign(person).returncode == 0
    hosts = centre.province.run(
        "giaoban", "ssh", "trust", "--inventory", str(centre.province.inventory)
    )
    way_in.put(PC, f"{KEYS}/known", hosts.stdout)
    way_in.put(PC, f"{KEYS}/config", _SSH_CONFIG.replace("ADDRESS", way_in.address(BASTION)))
    yield way_in
    centre.said(PC, f"rm -rf {KEYS}")


@pytest.fixture(autouse=True)
def welcome(way: WayIn) -> None:
    """Wait until sshd has forgotten what the test before did wrong: it drops who goes on."""
    banner = f"timeout 3 nc {way.address(BASTION)} 22 </dev/null | head -c 4"
    assert wait_until(
        lambda: way.centre.tried(PC, banner).stdout == "SSH-", seconds=_FORGIVEN_SECONDS, step=1
    )


def _authority(way: WayIn) -> SshAuthority:
    return SshAuthority(SecretStore.from_file(way.centre.province.reach.master_key))


def test_a_person_passes_and_what_he_does_is_kept(way: WayIn) -> None:
    typed = "echo 'Kính gửi: xã Đắk Wil'\nid -un\nexit 3\n"
    done = way.on(typed=typed)
    assert done.returncode == 3, done.stderr
    printed = way.last("o").replace("\r\n", "\n").replace("\r", "\n")
    assert printed in done.stdout
    assert "\nKính gửi: xã Đắk Wil\n" in printed
    assert f"\n{AN}\n" in printed
    assert way.last("i") == typed
    assert way.last("m") == "exit 3"


def test_a_recording_is_replayed_as_it_was_printed(way: WayIn) -> None:
    done = way.on("echo Đắk Nông; printf %b \\\\0377; exit 4")
    assert (done.returncode, done.stdout) == (4, "Đắk Nông\n\udcff")
    name = way.recordings(TARGET)[-1]
    replayed = way.centre.said(BASTION, f"giaoban-sessions replay {name} | head -c 14 | base64")
    assert replayed == "xJDhuq9rIE7DtG5nCv8="
    shown = way.centre.said(BASTION, f"giaoban-sessions show {name}")
    assert "> Đắk Nông" in shown
    assert "\x1b" not in shown


@pytest.mark.parametrize("server", ELSEWHERE)
def test_servers_of_every_zone_have_it_recorded(way: WayIn, server: str) -> None:
    done = way.on("hostname", server=server)
    assert (done.returncode, done.stdout) == (0, f"{server}\n"), done.stderr
    assert way.last("o", server) == f"{server}\n"


def test_both_logs_name_the_person_and_where_he_went(way: WayIn) -> None:
    assert way.on("true").returncode == 0
    log = "journalctl --sync; journalctl -u ssh -o cat --no-pager -S -3min"
    passed = way.centre.said(BASTION, log)
    assert f"ID {AN} (serial " in passed
    assert f"target {TARGET}.{DOMAIN} port 22" in passed
    assert f"ID {AN} (serial " in way.centre.said(TARGET, log)


def test_an_operator_is_root_and_an_observer_is_not(way: WayIn) -> None:
    assert way.on("sudo -n id -un").stdout == "root\n"
    assert way.on("journalctl -n 1 -o cat --no-pager", BIA).stdout
    for command in ("sudo -n true", "sudo -n -u operator true", "cat /etc/shadow"):
        assert way.on(command, BIA).returncode != 0


def test_a_host_that_the_authority_did_not_vouch_for_is_refused(way: WayIn) -> None:
    known = way.centre.said(PC, f"cat {KEYS}/known")
    stranger = SshAuthority(SecretStore(bytes(32)))
    way.put(PC, f"{KEYS}/known", f"@cert-authority *.{DOMAIN} {stranger.hosts}\n")
    try:
        done = way.ssh(f"{AN}@{BASTION}.{DOMAIN}")
        assert done.returncode == 255
        assert "Host key verification failed" in done.stderr
    finally:
        way.put(PC, f"{KEYS}/known", known)


@pytest.mark.parametrize(
    ("principal", "ago", "whose"),
    [
        pytest.param(f"{AN}.1", timedelta(hours=9), None, id="one that has run out"),
        pytest.param(f"{BIA}.1", timedelta(), None, id="another person's"),
        pytest.param(f"{AN}.0", timedelta(), None, id="one before a key was lost"),
        pytest.param("operator", timedelta(), None, id="one for Ansible's own account"),
        pytest.param(f"{AN}.1", timedelta(), SecretStore(bytes(32)), id="another authority's"),
        pytest.param("", timedelta(), None, id="no certificate"),
    ],
)
@pytest.mark.parametrize("account", [AN, "operator"])
def test_who_has_no_right_certificate_does_not_pass(
    way: WayIn, principal: str, ago: timedelta, whose: SecretStore | None, account: str
) -> None:
    authority = SshAuthority(whose) if whose else _authority(way)
    public = way.centre.said(PC, f"cat {KEYS}/{AN}.pub")
    way.centre.said(PC, f"cp {KEYS}/{AN} {KEYS}/wrong; rm -f {KEYS}/wrong-cert.pub")
    if principal:
        begins = datetime.now(UTC) - ago
        person = Person(AN, (principal,))
        signed = authority.user_certificate(public, person, begins, timedelta(hours=8))
        way.put(PC, f"{KEYS}/wrong-cert.pub", signed.certificate)
    done = way.ssh(f"{account}@{BASTION}.{DOMAIN}", key="wrong")
    assert done.returncode == 255
    assert "Permission denied (publickey)" in done.stderr
    # Nor by a server itself, should he stand where the bastion does.
    for name in ("wrong", "wrong-cert.pub"):
        text = way.centre.tried(PC, f"cat {KEYS}/{name}").stdout
        way.put(NOC, f"/run/{name}", text)
    asked = f"ssh {_ANY_HOST} -i /run/wrong {account}@{way.address(TARGET)} true"
    done = way.centre.tried(NOC, asked)
    way.centre.said(NOC, "rm -f /run/wrong /run/wrong-cert.pub")
    assert done.returncode == 255
    assert "Permission denied (publickey)" in done.stderr


def test_nobody_is_asked_for_a_password(way: WayIn) -> None:
    words = "-o PubkeyAuthentication=no -o PreferredAuthentications=password,keyboard-interactive"
    done = way.ssh(f"{words} {AN}@{BASTION}.{DOMAIN}")
    assert done.returncode == 255
    assert "Permission denied (publickey)" in done.stderr


def test_the_nocs_own_key_opens_the_bastion_from_the_noc_only(way: WayIn) -> None:
    keys = "/etc/ssh/authorized_keys.d/operator"
    way.centre.said(PC, f"cp {KEYS}/{BIA} {KEYS}/plain")
    public = way.centre.said(PC, f"cat {KEYS}/{BIA}.pub")
    private = way.centre.said(PC, f"cat {KEYS}/plain") + "\n"
    way.centre.said(BASTION, f"cp -a {keys} {keys}.true; echo 'restrict {public}' >>{keys}")
    way.put(NOC, "/run/plain", private)
    asked = f"ssh {_ANY_HOST} -i /run/plain operator@{way.address(BASTION)} id -un"
    try:
        inside = way.centre.tried(NOC, asked)
        assert inside.stdout == "operator\n", inside.stderr
        outside = way.ssh(f"operator@{BASTION}.{DOMAIN} true", key="plain")
        assert "Permission denied (publickey)" in outside.stderr
    finally:
        way.centre.said(BASTION, f"mv {keys}.true {keys}")
        way.centre.said(NOC, "rm -f /run/plain")


def test_the_bastion_is_no_place_to_work(way: WayIn) -> None:
    for words in ("", "-tt", "-s"):
        done = way.ssh(f"{words} {AN}@{BASTION}.{DOMAIN} {'sftp' if words == '-s' else 'id'}")
        assert done.returncode != 0
        assert "uid=" not in done.stdout
    assert "is no place to work" in way.ssh(f"{AN}@{BASTION}.{DOMAIN}").stderr


@pytest.mark.parametrize(
    "place",
    [
        f"{TARGET}.{DOMAIN}:443",
        f"{BASTION}.{DOMAIN}:22",
        "localhost:22",
        f"sv-noc-1.{DOMAIN}:22",
        f"sv-backup-1.{DOMAIN}:22",
        "rt-core-1:22",
        "10.248.0.1:22",
    ],
)
def test_it_leads_to_ssh_of_servers_and_nowhere_else(way: WayIn, place: str) -> None:
    done = way.ssh(f"-W {place} {AN}@{BASTION}.{DOMAIN}")
    assert done.returncode == 255
    assert "administratively prohibited" in done.stderr


def test_nothing_is_led_back(way: WayIn) -> None:
    words = "-o ExitOnForwardFailure=yes -N"
    for back in ("-R 8022:localhost:22", "-R /run/user/x:localhost:22"):
        done = way.ssh(f"{words} {back} {AN}@{BASTION}.{DOMAIN}")
        assert "remote port forwarding failed" in done.stderr
    done = way.on("echo agent:$SSH_AUTH_SOCK; ls -d /tmp/ssh-* ~/.ssh/agent", AN)
    assert "agent:\n" in done.stdout
    done = way.ssh(f"-W localhost:9090 {way.via(AN)} {AN}@{TARGET}.{DOMAIN}")
    assert "administratively prohibited" in done.stderr


def test_other_servers_of_the_nocs_zone_take_no_ssh_from_offices(way: WayIn) -> None:
    assert way.centre.tried(PC, f"nc -zw 3 {way.address(BASTION)} 22").returncode == 0
    for server in (NOC, "sv-monitoring-1"):
        assert way.centre.tried(PC, f"nc -zw 3 {way.address(server)} 22").returncode == 1


def test_files_that_are_copied_are_in_the_recording(way: WayIn) -> None:
    done = way.on("cat >thư.txt; cat thư.txt", typed="bí mật\n" * 3)
    assert done.stdout == "bí mật\n" * 3
    assert way.last("i") == "bí mật\n" * 3
    way.centre.said(PC, f"echo 'công văn' >{KEYS}/letter")
    how = f"scp -O {way.by(AN)} {way.via(AN)}"
    copy = f"timeout {_SECONDS} {how} {KEYS}/letter {AN}@{TARGET}.{DOMAIN}:"
    assert way.centre.tried(PC, copy).returncode == 0
    assert "công văn" in way.last("i")


def test_nothing_outlives_its_session(way: WayIn) -> None:
    way.on("setsid sleep 4321 </dev/null >/dev/null 2>&1 & sudo setsid sleep 4321 & sleep 0.3")
    assert way.centre.said(TARGET, "pgrep -fx 'sleep 4321' || :") == ""


def test_who_is_recorded_cannot_reach_the_recorder(way: WayIn) -> None:
    """Neither its process nor the terminal behind it; to end sudo before it is to hang up."""
    typed = (
        "kill -9 $(pgrep -f ^/usr/bin/python3.*giaoban/recorded)\n"
        "for t in /dev/pts/[0-9]*; do [ $t = $(tty) ] || echo x >$t; done\n"
        "sudo -n /usr/lib/giaoban/recorded id\n"
        "setsid sleep 678 &\n"
        "kill -9 $(pgrep -xf '^sudo -n /usr/lib/giaoban/recorded')\n"
        "sleep 5; echo still here\n"
    )
    assert way.on(person=BIA, typed=typed).returncode == 255
    printed = way.last("o")
    assert "Operation not permitted" in printed
    assert "/dev/pts/0: Permission denied" in printed
    assert "sudo: a password is required" in printed
    assert "\nstill here" not in printed
    assert way.last("m") == "exit 255"
    assert not _runs(way, "sleep 678")


def test_nothing_of_the_persons_runs_before_the_recorder(way: WayIn) -> None:
    """Debian's bash reads ~/.bashrc where sshd starts it, whatever it is started for."""
    files = f"/home/{BIA}/.bashrc /home/{BIA}/.profile /home/{BIA}/.bash_profile"
    way.centre.said(TARGET, f"for f in {files}; do echo 'echo unseen; exit 9' >$f; done")
    try:
        assert way.on("echo seen", BIA).stdout == "seen\n"
        done = way.on(person=BIA, typed="exit\n")
        assert done.returncode == 9
        assert "unseen" in way.last("o")
    finally:
        way.centre.said(TARGET, f"rm -f {files}")


def test_a_command_is_in_its_recording_to_the_end(way: WayIn) -> None:
    assert way.on(f": {'x' * 9000}; echo hết").stdout == "hết\n"
    name = way.recordings(TARGET)[-1]
    assert "echo hết" in way.centre.said(BASTION, f"head -n 1 /var/lib/giaoban-sessions/{name}")


def test_root_can_end_his_recording_but_not_undo_it(way: WayIn) -> None:
    typed = "echo 'trước khi'\nsudo pkill -KILL -f ^/usr/bin/python3.*recorded\necho 'sau khi'\n"
    way.on(typed=typed)
    assert "echo 'trước khi'\n" in way.last("i")
    assert way.last("m") == "cut off"
    assert "\nsau khi" not in way.last("o").replace("\r", "")


_CURRENT = "/var/lib/giaoban/certificate/current"
_PROOF = f"-cert {_CURRENT}/chain.pem -cert_chain {_CURRENT}/chain.pem -key {_CURRENT}/key.pem"
_TOLD = '{"person": "tran-thi-bich", "command": "", "from": "", "width": 80, "height": 24}'


@pytest.mark.parametrize(
    ("server", "proof", "answer"),
    [
        (BASTION, _PROOF, "not that of a server where people log in"),
        (TARGET, "", ""),
    ],
)
def test_who_is_no_such_server_adds_no_recording(
    way: WayIn, server: str, proof: str, answer: str
) -> None:
    before = way.recordings()
    connect = f"timeout 10 openssl s_client -quiet -connect {BASTION}.{DOMAIN}:6515 {proof}"
    said = way.centre.tried(server, f"(echo '{_TOLD}'; sleep 2) | {connect} 2>/dev/null").stdout
    assert "ready" not in said
    assert answer in said
    assert way.recordings() == before


@pytest.mark.parametrize("line", ['["o", 1]', '["x", "y"]', "[[[", '["o", "a"', "{}"])
def test_what_is_not_as_agreed_ends_a_recording(way: WayIn, line: str) -> None:
    connect = f"timeout 10 openssl s_client -quiet -connect {BASTION}.{DOMAIN}:6515 {_PROOF}"
    told = f"(echo '{_TOLD}'; echo '{line}') | {connect} 2>/dev/null"
    way.centre.tried(TARGET, told)
    name = way.recordings(TARGET)[-1]
    assert "tran-thi-bich" in name
    assert [event[1:] for event in way.events(name)] == [["m", "cut off"]]


def test_a_recording_that_grows_too_large_ends_the_session(way: WayIn) -> None:
    store = "/etc/giaoban/session-store.json"
    way.centre.said(BASTION, f"cp -a {store} {store}.true")
    way.centre.said(BASTION, f"""sed -i 's/"largest_mib": [0-9]*/"largest_mib": 1/' {store}""")
    try:
        done = way.on("yes | head -c 8000000; echo all")
        assert "its recording has 1 MiB" in done.stderr
        assert "all" not in done.stdout
        name = way.recordings(TARGET)[-1]
        size = int(way.centre.said(BASTION, f"stat -c %s /var/lib/giaoban-sessions/{name}"))
        assert 2**20 < size < 2**20 + 2**18
        way.centre.said(
            BASTION, f"""sed -i 's/"free_percent": [0-9]*/"free_percent": 101/' {store}"""
        )
        assert "% of the bastion's disk is free" in way.on("true").stderr
    finally:
        way.centre.said(BASTION, f"mv {store}.true {store}")


def test_recordings_are_roots_and_brought_back(way: WayIn) -> None:
    assert way.on("echo giữ").returncode == 0
    name = way.recordings(TARGET)[-1]
    file = f"/var/lib/giaoban-sessions/{name}"
    assert way.centre.said(BASTION, f"stat -c '%a %U' {file} $(dirname {file})") == (
        "400 root\n700 root"
    )
    denied = way.centre.tried(BASTION, f"setpriv --reuid {AN} --clear-groups cat {file}")
    assert denied.returncode != 0
    hook, copy = "/etc/giaoban/backup.d/sessions", "/var/lib/copied"
    way.centre.said(BASTION, f"rm -rf {copy}; mkdir {copy}; {hook} save {copy}; {hook} look {copy}")
    whole = way.centre.said(BASTION, f"cat {file}; rm {file}; {hook} restore {copy}; cat {file}")
    half = len(whole.splitlines()) // 2
    assert whole.splitlines()[:half] == whole.splitlines()[half:]
    way.centre.said(BASTION, f": >{copy}/empty.cast")
    assert way.centre.tried(BASTION, f"{hook} look {copy}").returncode != 0
    way.centre.said(BASTION, f"rm -r {copy}")


def test_old_recordings_are_removed(way: WayIn) -> None:
    assert way.on("true").returncode == 0
    assert way.on("true").returncode == 0
    *_, old, new = way.recordings(TARGET)
    way.centre.said(BASTION, f"touch -d '-366 days' /var/lib/giaoban-sessions/{old}")
    way.centre.said(BASTION, "systemctl start giaoban-sessions-keep.service")
    names = way.recordings(TARGET)
    assert old not in names
    assert new in names


def test_where_nothing_is_recorded_nobody_works(way: WayIn) -> None:
    way.centre.said(BASTION, "systemctl stop giaoban-sessions.socket")
    try:
        done = way.on("echo unseen")
        assert "what is done here is recorded, and that is not possible now" in done.stderr
        assert done.stdout == ""
    finally:
        way.centre.said(BASTION, "systemctl start giaoban-sessions.socket")


def _runs(way: WayIn, command: str) -> bool:
    return way.centre.tried(TARGET, f"pgrep -fx '{command}'").returncode == 0


def test_a_recorder_that_goes_away_ends_the_session(way: WayIn) -> None:
    how = f"ssh {way.by(AN)} {way.via(AN)} {AN}@{TARGET}.{DOMAIN}"
    argv = way.inside(PC, f"{how} 'sleep 345; echo unseen'")
    session = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert wait_until(lambda: _runs(way, "sleep 345"), seconds=_SECONDS), "no session began"
    way.centre.said(BASTION, "systemctl stop 'giaoban-sessions@*.service'")
    printed, said = session.communicate(timeout=_SECONDS)
    assert "that is not possible now" in said
    assert "unseen" not in printed
    assert not _runs(way, "sleep 345")


def test_without_the_bastion_the_nocs_own_way_remains(way: WayIn) -> None:
    """Nobody passes; the NOC's key does what it did, and is not recorded."""
    way.centre.said(BASTION, "systemctl stop ssh giaoban-sessions.socket")
    try:
        assert way.on("true").returncode == 255
        asked = ("-m", "ansible.builtin.raw", "-a", "sudo -n id -un")
        inventory = str(way.centre.province.inventory)
        done = way.centre.province.run("ansible", "-i", inventory, TARGET, *asked)
        assert "root" in done.stdout, done.stdout + done.stderr
    finally:
        way.centre.said(BASTION, "systemctl start ssh giaoban-sessions.socket")


def test_who_leaves_is_shut_out_at_once(way: WayIn) -> None:
    """One is removed while he works, the last day of the other has passed."""
    file = way.centre.intent / "operators.yml"
    before = file.read_text(encoding="utf-8")
    kept = [line for line in before.splitlines() if BIA not in line]
    ended = "Văn An, level: operator, until: 2026-01-31"
    after = "\n".join(kept).replace("Văn An, level: operator", ended)
    how = f"ssh {way.by(BIA)} {way.via(BIA)}"
    opened = subprocess.Popen(way.inside(PC, f"{how} {BIA}@{TARGET}.{DOMAIN} 'sleep 900'"))
    try:
        assert wait_until(lambda: _runs(way, "sleep 900"), seconds=_SECONDS), "no session began"
        file.write_text(after + "\n", encoding="utf-8")
        refused = way.sign(AN)
        assert "was an operator until 2026-01-31" in refused.stderr
        assert "no operator 'hbia-nie'" in way.sign(BIA).stderr
        changed = way.centre.serve("--tags", "bastion", "-l", f"{BASTION},{TARGET}")
        assert all(counts["changed"] for counts in changed.values())
        assert opened.wait(20) != 0
        for person in (AN, BIA):
            assert "Permission denied (publickey)" in way.on("true", person).stderr
    finally:
        file.write_text(before, encoding="utf-8")
        opened.kill()
        opened.wait()
        way.centre.serve("--tags", "bastion", "-l", f"{BASTION},{TARGET}")
    assert way.on("true").returncode == 0
    assert way.on("true", BIA).returncode == 0
    assert way.centre.changes("--tags", "bastion", "-l", f"{BASTION},{TARGET}") == {}
