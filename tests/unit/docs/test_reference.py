"""The generated pages are what the code says today."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from giaoban.cli import giaoban
from giaoban.docs import PAGES, pages, write_pages
from giaoban.docs.commands import command_reference
from giaoban.docs.roles import RolePageError, Variable, role_reference, variables_of

ROOT = Path(__file__).parents[3]
REFERENCE = ROOT / "docs" / "reference"


@pytest.mark.parametrize("page", PAGES)
def test_page_is_current(page: str) -> None:
    written = (REFERENCE / page).read_text(encoding="utf-8")
    assert written == PAGES[page](ROOT), f"docs/reference/{page} is old; run scripts/docs"


def test_nothing_else_stands_among_the_generated_pages() -> None:
    assert {page.name for page in REFERENCE.iterdir()} == set(PAGES)


def test_only_pages_that_differ_are_written(tmp_path: Path) -> None:
    texts = pages(ROOT)
    assert list(write_pages(tmp_path, texts)) == list(PAGES)
    assert list(write_pages(tmp_path, texts)) == []
    assert list(write_pages(tmp_path, texts | {"cli.md": "new"})) == ["cli.md"]
    assert (tmp_path / "docs/reference/cli.md").read_text() == "new"
    assert [page.name for page in (tmp_path / "docs/reference").glob(".*")] == []


def test_every_command_and_option_is_in_the_reference() -> None:
    text = command_reference()
    for path, command in _commands(giaoban, "giaoban"):
        _, _, section = text.partition(f"\n## {path}\n")
        section, _, _ = section.partition("\n## ")
        assert section, path
        for parameter in command.params:
            word = parameter.opts[0] if isinstance(parameter, click.Option) else None
            assert (word or (parameter.name or "").upper()) in section, (path, parameter.name)


def _commands(command: click.Command, path: str) -> list[tuple[str, click.Command]]:
    found = [(path, command)]
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None
            found += _commands(child, f"{path} {name}")
    return found


def test_comment_and_default_of_a_variable_are_read() -> None:
    text = "---\n# Seconds until\n# it is tried again.\nr__retry_s: 5\n# Names.\nr__names: [a]\n"
    assert variables_of(text, "x") == [
        Variable("r__retry_s", 5, "Seconds until it is tried again."),
        Variable("r__names", ["a"], "Names."),
    ]


def test_variable_without_comment_is_refused() -> None:
    with pytest.raises(RolePageError) as refused:
        variables_of("---\n# One.\nr__a: 1\nr__b: 2\n", "roles/r/defaults/main.yml")
    assert str(refused.value) == (
        "roles/r/defaults/main.yml:4: 'r__b' has no comment above it; say there what it is"
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("{}", "'r__a' is missing in meta/argument_specs.yml; every variable is in both"),
        (
            "{r__a: {type: int}, r__b: {type: int}}",
            "'r__b' is missing in defaults/main.yml; every variable is in both",
        ),
    ],
)
def test_variable_in_one_place_only_is_refused(tmp_path: Path, options: str, message: str) -> None:
    role = tmp_path / "roles" / "r"
    for folder in (role / "defaults", role / "meta", tmp_path / "playbooks"):
        folder.mkdir(parents=True)
    (role / "defaults" / "main.yml").write_text("---\n# One.\nr__a: 1\n")
    (role / "meta" / "argument_specs.yml").write_text(
        f"argument_specs: {{main: {{short_description: R, options: {options}}}}}\n"
    )
    (tmp_path / "playbooks" / "network.yml").write_text(
        "- hosts: routers\n  tasks:\n    - ansible.builtin.import_role: {name: r}\n"
    )
    with pytest.raises(RolePageError) as refused:
        role_reference(tmp_path)
    assert str(refused.value) == f"{role}: {message}"
