"""Who is let in by SSH and for how long, by the command as it is typed."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from giaoban.cli import giaoban
from giaoban.errors import GiaobanError
from giaoban.intent.model import Operator
from giaoban.provision.host_keys import new_private_key, public_text
from giaoban.provision.passes import NotLetInError, life_of

INTENT = Path(__file__).parents[3] / "inventory" / "daknong"
# In the province it is the first of December already.
NOW = datetime(2026, 11, 30, 18, 0, tzinfo=UTC)
HOURS = timedelta(hours=8)


@pytest.fixture
def inventory(tmp_path: Path) -> Path:
    folder = tmp_path / "inventory"
    folder.mkdir()
    state = tmp_path / "state"
    (state / "secrets").mkdir(parents=True)
    key = state / "secrets" / "master.key"
    key.write_text("07" * 32)
    key.chmod(0o600)
    (folder / "giaoban.yml").write_text(
        f"plugin: giaoban\nintent: {INTENT}\nreach: {{state: {state}}}\n"
    )
    (tmp_path / "an.pub").write_text(f"{public_text(new_private_key())} an@may-tinh\n")
    return folder


def _run(inventory: Path, *words: str) -> Result:
    return CliRunner().invoke(giaoban, ["ssh", *words, "--inventory", str(inventory)])


def _log(inventory: Path) -> list[dict[str, object]]:
    file = inventory.parent / "state" / "ssh-certificates.log"
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_a_signature_is_beside_the_key_and_in_the_log(inventory: Path) -> None:
    public = inventory.parent / "an.pub"
    for _ in range(2):
        done = _run(inventory, "sign", "nguyen-van-an", str(public), "--hours", "3")
        assert done.exit_code == 0, done.output
    assert "lets Nguyễn Văn An (nguyen-van-an) in until" in done.output
    said = subprocess.run(
        ["ssh-keygen", "-L", "-f", str(inventory.parent / "an-cert.pub")],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    first, second = _log(inventory)
    assert first["serial"] != second["serial"]
    assert f"Serial: {second['serial']}" in said
    assert 'Key ID: "nguyen-van-an"' in said
    assert (second["for"], second["principals"]) == ("nguyen-van-an", ["nguyen-van-an.1"])
    assert str(second["key"]) in said
    assert second["by"]
    asked = datetime.fromisoformat(str(second["when"]))
    assert datetime.fromisoformat(str(second["until"])) - asked == timedelta(hours=3)
    log = inventory.parent / "state" / "ssh-certificates.log"
    assert log.stat().st_mode & 0o777 == 0o600


def test_what_cannot_be_logged_is_not_signed(inventory: Path) -> None:
    (inventory.parent / "state" / "ssh-certificates.log").mkdir()
    done = _run(inventory, "sign", "nguyen-van-an", str(inventory.parent / "an.pub"))
    assert isinstance(done.exception, OSError)
    assert not (inventory.parent / "an-cert.pub").exists()


@pytest.mark.parametrize(
    ("operator", "key", "said"),
    [
        ("nguyen-van-ann", None, "did you mean 'nguyen-van-an'?"),
        ("nguyen-van-an", "ssh-rsa AAAAB3Nz an", "expected ssh-ed25519"),
        ("nguyen-van-an", "", "found a key that begins ''"),
        ("nguyen-van-an", "-----BEGIN OPENSSH PRIVATE KEY-----", "expected ssh-ed25519"),
    ],
)
def test_what_is_not_signed_is_said(
    inventory: Path, operator: str, key: str | None, said: str
) -> None:
    public = inventory.parent / "an.pub"
    if key is not None:
        public.write_text(key)
    done = _run(inventory, "sign", operator, str(public))
    assert isinstance(done.exception, GiaobanError)
    assert said in str(done.exception)
    assert not (inventory.parent / "an-cert.pub").exists()


@pytest.mark.parametrize("hours", ["0", "13", "-1"])
def test_nobody_is_let_in_for_longer_than_a_day(inventory: Path, hours: str) -> None:
    public = str(inventory.parent / "an.pub")
    assert _run(inventory, "sign", "nguyen-van-an", public, "--hours", hours).exit_code == 2


def test_one_line_has_every_server_recognised(inventory: Path, tmp_path: Path) -> None:
    done = _run(inventory, "trust")
    marker, hosts, *key = done.output.split()
    assert (marker, hosts, key[0]) == ("@cert-authority", "*.daknong.example", "ssh-ed25519")
    (tmp_path / "known").write_text(done.output)
    found = subprocess.run(
        ["ssh-keygen", "-F", "sv-dns-1.daknong.example", "-f", str(tmp_path / "known")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert key[1] in found.stdout


def _until(day: str | None) -> Operator:
    fields = {"slug": "le-van-ba", "name": "Lê Văn Ba", "level": "operator", "until": day}
    return Operator.model_validate_json(json.dumps(fields))


@pytest.mark.parametrize(
    ("until", "life"),
    [
        (None, HOURS),
        ("2026-12-02", HOURS),
        ("2026-12-01", HOURS),
    ],
)
def test_a_last_day_that_is_to_come_changes_nothing(until: str | None, life: timedelta) -> None:
    assert life_of(_until(until), HOURS, NOW, "Asia/Ho_Chi_Minh") == life


def test_the_last_day_ends_in_the_provinces_own_time() -> None:
    evening = datetime(2026, 12, 1, 14, 0, tzinfo=UTC)
    assert life_of(_until("2026-12-01"), HOURS, evening, "Asia/Ho_Chi_Minh") == timedelta(hours=3)


def test_who_left_yesterday_is_not_let_in() -> None:
    with pytest.raises(NotLetInError, match=r"Lê Văn Ba \(le-van-ba\) .* until 2026-11-30"):
        life_of(_until("2026-11-30"), HOURS, NOW, "Asia/Ho_Chi_Minh")
