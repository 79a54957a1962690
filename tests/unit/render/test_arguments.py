"""A role's variables against its argument_specs."""

from __future__ import annotations

from pathlib import Path

import pytest

from giaoban.render.arguments import ArgumentsError, RoleArguments
from giaoban.render.candidate import RoleTemplates

ROLES = Path(__file__).parents[3] / "roles"


def test_every_variable_that_does_not_fit_is_named() -> None:
    wrong = {"lan_switch__datapath": "hardware", "lan_switch__mac_table_size": "many"}
    with pytest.raises(ArgumentsError) as refusal:
        RoleTemplates(ROLES / "lan_switch").render({"base__hostname": "sw-a"} | wrong)
    said = str(refusal.value)
    assert said.startswith("role lan_switch: ")
    assert "value of lan_switch__datapath must be one of: system, netdev, got: hardware" in said
    assert "lan_switch__mac_table_size" in said
    assert said.endswith("(roles/lan_switch/meta/argument_specs.yml)")


def test_another_roles_variables_are_none_of_its_business() -> None:
    arguments = RoleArguments(ROLES / "lan_switch")
    assert arguments.of({"lan_switch__spanning_tree": True, "qos__zones": 3}) == {
        "lan_switch__spanning_tree": True
    }
    arguments.check({"qos__zones": 3})


@pytest.mark.parametrize("text", ["", "argument_specs: {}", "- x", "a: ["])
def test_specs_that_cannot_be_read_are_a_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "meta").mkdir()
    (tmp_path / "meta" / "argument_specs.yml").write_text(text)
    with pytest.raises(ArgumentsError, match=r"argument_specs\.yml: cannot be read"):
        RoleArguments(tmp_path).check({})
