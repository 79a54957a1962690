"""docs/tutorial.md, word for word, from `scripts/rehearse` to `giaoban twin down`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from giaoban.twin.state import read_state, write_state
from tests.support.checkout import environment, scratch_checkout
from tests.support.console import follow, shell
from tests.twin.configured import BIN, INTENT, PLAYBOOK_SECONDS, ROOT, Province, succeeded

pytestmark = pytest.mark.twin

PAGE = ROOT / "docs" / "tutorial.md"
CALLED = "daknong"

# The reader's twin has the default name; here every `giaoban twin …` gets the fixture's.
_GIAOBAN = """\
#!/bin/sh
if [ "$1" = twin ] && [ $# -gt 1 ]; then
    verb=$2
    shift 2
    set -- twin "$verb" --name {name} "$@"
fi
exec {program} "$@"
"""


@pytest.fixture
def spent(province: Province, request: pytest.FixtureRequest) -> Iterator[Province]:
    """The province, which the page takes down: made anew only if a later test wants it."""
    yield province
    items = request.session.items
    later = items[items.index(request.node) + 1 :]
    if any("province" in getattr(item, "fixturenames", ()) for item in later):
        province.twin("down")
        up = province.twin("up")
        assert up.returncode == 0, up.stderr
        succeeded(province.playbook("stage.yml"))
        succeeded(province.playbook("site.yml"))


def _reader(province: Province, folder: Path) -> Path:
    """A checkout whose commands and inventory lead to the fixture's twin."""
    checkout = scratch_checkout(folder)
    giaoban = checkout / ".venv" / "bin" / "giaoban"
    giaoban.unlink()
    giaoban.write_text(_GIAOBAN.format(name=province.paths.name, program=BIN / "giaoban"))
    giaoban.chmod(0o755)
    inventory = checkout / "inventory" / "daknong-twin" / "giaoban.yml"
    text = inventory.read_text()
    for there, here in (
        (f"/var/lib/giaoban/twin/{CALLED}", str(province.paths.state)),
        (f"/run/giaoban/twin/{CALLED}", str(province.paths.run)),
    ):
        assert there in text
        text = text.replace(there, here)
    inventory.write_text(text)
    # The twin belongs to the intent it was brought up from: from here on, the reader's.
    adopted = replace(read_state(province.paths), inventory=str(checkout / "inventory" / "daknong"))
    assert Path(read_state(province.paths).inventory) == INTENT
    write_state(province.paths, adopted)
    return checkout


def test_tutorial(spent: Province, tmp_path: Path) -> None:
    checkout = _reader(spent, tmp_path / "giaoban")
    with shell(checkout, environment(checkout)) as told:
        follow(PAGE.read_text(encoding="utf-8"), told, PLAYBOOK_SECONDS, {spent.paths.name: CALLED})
