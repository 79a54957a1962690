"""`giaoban check` and `giaoban schema` as a person runs them."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

from giaoban.cli import giaoban, main
from giaoban.intent.schema import schema as whole_schema
from giaoban.intent.schema import schema_text

REPOSITORY = Path(__file__).parents[3]
SMALL = Path(__file__).with_name("small.yml")


def test_check_counts_what_it_read() -> None:
    answer = CliRunner().invoke(giaoban, ["check", str(REPOSITORY / "inventory" / "daknong")])
    assert answer.exit_code == 0
    assert answer.stdout == (
        f"{REPOSITORY}/inventory/daknong: 100 sites, 143 circuits, 9 zones, 34 rules:"
        " no problem found\n"
    )


def test_check_looks_at_daknong_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)
    answer = CliRunner().invoke(giaoban, ["check"])
    assert answer.stdout.startswith("inventory/daknong: 100 sites")


def test_check_ends_with_2_and_says_all_on_standard_error(tmp_path: Path) -> None:
    path = tmp_path / "intent.yml"
    path.write_text(SMALL.read_text(encoding="utf-8").replace("vlan: 50", "vlan: 0"), "utf-8")
    answer = CliRunner().invoke(giaoban, ["check", str(path)])
    assert answer.exit_code == 2
    assert answer.stdout == ""
    assert answer.stderr.startswith(f"{path}:63:36: zone 'hall': 'vlan' is 0, expected")
    assert answer.stderr.endswith("1 problem in 1 file\n")


def test_the_command_itself_ends_with_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Through `main`, which click's own runner leaves out."""
    monkeypatch.setattr("sys.argv", ["giaoban", "check", "/absent"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert capsys.readouterr().err == (
        "/absent: no such file or folder; give the folder of a province, as inventory/daknong\n"
        "1 problem in 1 file\n"
    )


def test_check_says_what_was_not_nfc(tmp_path: Path) -> None:
    path = tmp_path / "intent.yml"
    path.write_text(SMALL.read_text(encoding="utf-8").replace("Xã A", "Xa\u0303 A"), "utf-8")
    answer = CliRunner().invoke(giaoban, ["check", str(path)])
    assert answer.stdout.splitlines()[0] == f"{path}: 1 text was not NFC and was read as NFC"


def test_the_committed_schema_is_current() -> None:
    committed = REPOSITORY / "docs" / "reference" / "intent.schema.json"
    assert committed.read_text(encoding="utf-8") == schema_text(), (
        "run: giaoban schema -o docs/reference/intent.schema.json"
    )


def test_schema_prints_and_writes_the_same(tmp_path: Path) -> None:
    printed = CliRunner().invoke(giaoban, ["schema"])
    written = CliRunner().invoke(giaoban, ["schema", "-o", str(tmp_path / "out.json")])
    assert (printed.exit_code, written.exit_code) == (0, 0)
    assert (tmp_path / "out.json").read_text(encoding="utf-8") == printed.stdout
    assert [file.name for file in tmp_path.iterdir()] == ["out.json"]


def test_the_schema_takes_every_file_of_daknong_and_refuses_an_unknown_key() -> None:
    validator = jsonschema.Draft202012Validator(whole_schema())
    validator.check_schema(whole_schema())
    files = sorted((REPOSITORY / "inventory" / "daknong").glob("*.yml"))
    intent_files = [file for file in files if file.name != "giaoban.yml"]
    assert len(intent_files) == 10
    for file in intent_files:
        text = file.read_text(encoding="utf-8")
        assert text.startswith(
            "# yaml-language-server: $schema=../../docs/reference/intent.schema.json\n"
        )
        # YAML of today has no days, as JSON has none: to an editor they are texts.
        validator.validate(json.loads(json.dumps(yaml.safe_load(text), default=str)))
    assert not validator.is_valid({"sitse": []})
    assert not validator.is_valid({"carriers": [{"slug": "a", "name": "A", "phone": "1", "x": 1}]})
    assert not validator.is_valid(json.loads('{"zones": [{"name": "a", "number": 99}]}'))
