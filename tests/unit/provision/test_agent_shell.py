"""The agent's own functions, run by the shell it is written for."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "roles" / "commit" / "files" / "giaoban-commit"
FUNCTIONS = SCRIPT.read_text(encoding="utf-8").rpartition("\ncase ${1-} in\n")[0]
VALUE = "mk5uu3sbuk5um2mcmbmepjqliz4fomup"


def _sh(
    words: str, said: bytes = b"", folder: Path = Path("/")
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["sh", "-c", f"{FUNCTIONS}\n{words}", "commit"],
        input=said,
        capture_output=True,
        check=False,
        cwd=folder,
        timeout=20,
    )


def test_shellcheck_has_nothing_to_say() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).parent / "shellcheck"), str(SCRIPT)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("neighbor 10.0.0.1 password V\n", "neighbor 10.0.0.1 password ***\n"),
        ("  key-string V", "  key-string ***"),
        ("key-string 7 V next", "key-string *** next"),
        ("key-string 7", "key-string ***"),
        ("auth_pass V\nnopreempt", "auth_pass ***\nnopreempt"),
        ("ip ospf authentication-key 0 V", "ip ospf authentication-key ***"),
        ("ip ospf message-digest-key 1 md5 V", "ip ospf message-digest-key 1 md5 ***"),
        ('password "V and more" x', "password *** x"),
        ("password 'V and more' x", "password *** x"),
        ('password "V and no end', "password ***"),
        ("['neighbor', 'password', 'V']", "['neighbor', 'password', ***"),
        ('{"password":"V"}', '{"password":***'),
        ("Password V; password V", "Password *** password ***"),
        ("password\n V", "password\n ***"),
        ("line 7: no such word", "line 7: no such word"),
        ("PasswordAuthentication no", "PasswordAuthentication no"),
    ],
)
def test_what_announces_a_secret_hides_it(said: str, shown: str) -> None:
    done = _sh("without_secrets", said.replace("V", VALUE).encode())
    assert done.stdout.decode() == shown


def test_a_failure_shows_no_secret() -> None:
    done = _sh(f"fail 'frr: neighbor 10.0.0.1 password {VALUE}'")
    assert done.stderr == b"giaoban-commit: frr: neighbor 10.0.0.1 password ***\n"


def test_a_validators_message_shows_no_secret(tmp_path: Path) -> None:
    (tmp_path / "MANIFEST").touch()
    stubs = "".join(
        f"check_{part}() {{ :; }}\n"
        for part in re.findall(r"^check_(\w+)\(\)", FUNCTIONS, re.MULTILINE)
        if part not in {"frr", "sums", "room"}
    )
    stubs += f"check_frr() {{ echo 'line 3: password {VALUE}' && return 1; }}\n"
    stubs += "mount() { :; }\ncp() { :; }\nreadlink() { echo $1; }\nget() { content=; }\n"
    done = _sh(f"{stubs}validate {tmp_path}")
    assert done.stderr == b"giaoban-commit: frr: line 3: password ***\n"


@pytest.mark.parametrize("shift", range(4))
def test_a_long_cause_is_cut_between_characters(shift: int) -> None:
    done = _sh(f"sentence '{'x' * shift}{'Đắk Nông ' * 200}'")
    shown = done.stdout.decode()
    assert shown.endswith(" …")
    assert 880 < len(done.stdout) < 910


def test_a_secret_is_masked_before_its_announcement_is_cut_off() -> None:
    for length in range(880, 905):
        assert VALUE[:4].encode() not in _sh(f"sentence '{'x' * length} password {VALUE}'").stdout


def test_what_is_recorded_is_json_without_secrets(tmp_path: Path) -> None:
    cause = f'frr: "x\\\\y"\t\x1b[31m\x7f\n  password {VALUE} {"Đ" * 600}'
    (tmp_path / "cause").write_text(cause)
    _sh('root=$PWD; record rolled-back abc "$(cat cause)"', folder=tmp_path)
    last = json.loads((tmp_path / "last").read_text(encoding="utf-8"))
    assert last["cause"].startswith('frr: "x\\\\y" [31m password *** ĐĐ')


def test_a_rollback_reads_its_reason_from_standard_input(tmp_path: Path) -> None:
    (tmp_path / "pending").mkdir()
    stub = "root=$PWD; pending=$root/pending; systemctl() { :; }"
    _sh(f"{stub}; rollback", b"rt-b: password x\ny", tmp_path)
    assert (tmp_path / "pending" / "why").read_text() == "rt-b: password *** y\n"
    _sh(f"{stub}; rollback", b"", tmp_path)
    assert (tmp_path / "pending" / "why").read_text() == "asked for by hand\n"


@pytest.mark.parametrize("told", ["echo mnt:[1]", "[ $1 = /proc/self/ns/mnt ] && echo mnt:[1]"])
def test_validation_refuses_the_name_space_of_the_box_itself(told: str) -> None:
    stub = f"readlink() {{ {told}; }}\nmount() {{ echo mounted; }}\ncp() {{ echo copied; }}"
    done = _sh(f"{stub}\nvalidate /nowhere")
    assert done.returncode == 1
    assert done.stdout == b""
    assert b"would lay the new /etc over the one in force" in done.stderr


def test_a_link_on_the_way_to_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "bait").mkdir()
    (tmp_path / "etc" / "frr").symlink_to("../bait")
    done = _sh('chown() { :; }; sound_folders "$PWD" etc etc/frr etc/frr/more', folder=tmp_path)
    assert done.returncode == 1
    assert done.stderr == b"/etc/frr is a symbolic link; expected a folder\n"
    assert list((tmp_path / "bait").iterdir()) == []


def test_a_folder_others_may_write_becomes_roots(tmp_path: Path) -> None:
    folder = tmp_path / "etc" / "frr"
    folder.mkdir(parents=True)
    folder.chmod(0o777)
    found = "0 drwxr-xr-x etc\\n102 drwxrwxrwx etc/frr\\n"
    stub = f"getent() {{ :; }}; chown() {{ echo \"$@\"; }}; stat() {{ printf '{found}'; }}"
    done = _sh(f'{stub}; sound_folders "$PWD" etc etc/frr', folder=tmp_path)
    assert done.returncode == 0
    assert done.stdout.decode().splitlines() == ["root etc/frr", "root:frr etc/frr"]
    assert folder.stat().st_mode & 0o777 == 0o750


def test_a_missing_folder_is_made(tmp_path: Path) -> None:
    done = _sh('chown() { :; }; sound_folders "$PWD" etc etc/nftables.d', folder=tmp_path)
    assert done.returncode == 0
    assert (tmp_path / "etc" / "nftables.d").stat().st_mode & 0o777 == 0o755


def test_files_are_laid_out_finished_and_folder_by_folder(tmp_path: Path) -> None:
    candidate = tmp_path / "generations" / "g"
    for path, text in (("etc/a", "1"), ("etc/frr/b", "2"), ("etc/frr/c", "3"), ("etc/.old", "4")):
        (candidate / path).parent.mkdir(parents=True, exist_ok=True)
        (candidate / path).write_text(text)
    (tmp_path / "box" / "etc").mkdir(parents=True)
    (tmp_path / "box" / "etc" / "a").write_text("before")
    rows = b"0644 root root etc/a\n0640 frr frr etc/frr/b\n0644 root root etc/frr/c\n"
    stub = 'chown() { echo "$@"; }; getent() { false; }; id() { true; }'
    done = _sh(f'{stub}; root=$PWD to=g; lay "$PWD/box"', rows, folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().splitlines()[-1] == "frr:frr etc/frr/b"
    etc = tmp_path / "box" / "etc"
    found = {path.relative_to(etc).as_posix(): path for path in etc.rglob("*") if path.is_file()}
    assert {name: path.read_text() for name, path in found.items()} == {
        "a": "1",
        "frr/b": "2",
        "frr/c": "3",
    }
    assert found["frr/b"].stat().st_mode & 0o777 == 0o640
    assert found["a"].stat().st_mode & 0o777 == 0o644


def test_a_file_does_not_take_the_place_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "generations" / "g" / "etc").mkdir(parents=True)
    (tmp_path / "generations" / "g" / "etc" / "a").write_text("1")
    (tmp_path / "box" / "etc" / "a").mkdir(parents=True)
    stub = "chown() { :; }; root=$PWD to=g"
    done = _sh(f'{stub}; lay "$PWD/box"', b"0644 root root etc/a\n", folder=tmp_path)
    assert done.returncode == 1
    assert (tmp_path / "box" / "etc" / "a").is_dir()


UNITS = "./usr/lib/systemd/system"


@pytest.mark.parametrize(
    ("path", "target", "accepted"),
    [
        ("./usr/lib/giaoban/commit", None, True),
        ("./usr/lib/giaoban/version", None, True),
        (f"{UNITS}/giaoban-boot.service", None, True),
        (f"{UNITS}/sysinit.target.wants/giaoban-boot.service", "../giaoban-boot.service", True),
        ("./usr/lib/giaoban/commit", "/bin/sh", False),
        ("./usr/lib/giaoban/more", None, False),
        (f"{UNITS}/ssh.service", None, False),
        (f"{UNITS}/giaoban-boot.service", "../x", False),
        (f"{UNITS}/giaoban-boot.service.d/x.service", None, False),
        (f"{UNITS}/giaoban-x/giaoban-y.service", None, False),
        (f"{UNITS}/a.wants/giaoban-boot.service", None, False),
        (f"{UNITS}/a.wants/giaoban-boot.service", "/etc/x", False),
        (f"{UNITS}/a.wants/b/giaoban-boot.service", "../giaoban-boot.service", False),
        ("./etc/sudoers.d/x", None, False),
    ],
)
def test_an_upgrade_brings_only_the_agents_own(
    tmp_path: Path,
    path: str,
    target: str | None,
    accepted: bool,  # noqa: FBT001
) -> None:
    file = tmp_path / path
    file.parent.mkdir(parents=True)
    if target is None:
        file.touch()
    else:
        file.symlink_to(target)
    assert (_sh(f"agents_own '{path}'", folder=tmp_path).returncode == 0) is accepted
