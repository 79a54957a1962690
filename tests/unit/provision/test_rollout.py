"""A rollout's steps, against a box that is played here."""

from __future__ import annotations

import io
import json
import tarfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from giaoban.provision import rollout
from giaoban.provision.agent import Box
from giaoban.provision.answers import BoxError
from giaoban.provision.rollout import Settings, UnreachableError

FILES = Path(__file__).parents[3] / "roles" / "commit" / "files"
SAID: dict[str, Any] = {
    "agent": "",
    "confirmed": None,
    "pending": None,
    "age": None,
    "drift": [],
    "last": None,
}


@dataclass
class Played:
    """A box: its state, what it refuses, and what it was told."""

    said: dict[str, Any]
    shown: dict[str, str] = field(default_factory=dict)
    refuses: dict[str, str] = field(default_factory=dict)
    silent: bool = False
    told: list[str] = field(default_factory=list)

    def exec_command(
        self,
        cmd: str,
        in_data: bytes | None = None,
        sudoable: bool = True,  # noqa: FBT001, FBT002
    ) -> tuple[int, bytes, bytes]:
        del in_data, sudoable
        if self.silent:
            raise UnreachableError("timed out")
        word = cmd.partition("/commit ")[2].split(" ")[0] or "install"
        self.told.append(word)
        if word in self.refuses:
            return 1, b"", f"giaoban-commit: {self.refuses[word]}\n".encode()
        if word == "rollback":
            self.said = self.said | {
                "pending": None,
                "last": {"outcome": "rolled-back", "generation": "", "cause": "told so"},
            }
        answers = {"state": json.dumps(self.said).encode(), "show": _tar(self.shown)}
        return 0, answers.get(word, b""), b""


def _tar(tree: dict[str, str]) -> bytes:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for path, text in tree.items():
            member = tarfile.TarInfo(path)
            member.size = len(text.encode())
            tar.addfile(member, io.BytesIO(text.encode()))
    return archive.getvalue()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    tree = tmp_path / "rt-a"
    (tree / "etc" / "giaoban").mkdir(parents=True)
    (tree / "etc" / "hosts").write_text("new\n")
    (tree / "etc" / "giaoban" / "shared.json").write_text('{"l1": "new"}')
    rows = [
        {"path": path, "mode": "0644", "owner": "root", "group": "root"}
        for path in ("etc/hosts", "etc/giaoban/shared.json")
    ]
    (tree / "files.json").write_text(json.dumps(rows))
    key = tmp_path / "master.key"
    key.write_text("00" * 32)
    key.chmod(0o600)
    return Settings(
        box="rt-a",
        candidate=tree,
        secrets_file=key,
        agent_files=FILES,
        staging=False,
        timeout_s=45,
        probe_timeout_s=0,
        settle_s=6,
    )


def _in_force(settings: Settings, **changes: Any) -> dict[str, Any]:
    return SAID | {
        "agent": settings.bundle.version,
        "confirmed": settings.generation.name,
        **changes,
    }


def _pending(settings: Settings, **changes: Any) -> dict[str, Any]:
    return SAID | {"pending": settings.generation.name, "age": 9, **changes}


def _compare(settings: Settings, played: Played, *, dry: bool = False) -> dict[str, Any]:
    return rollout.compare(settings, Box(played), with_diff=True, dry=dry)


def test_a_box_in_force_costs_one_question(settings: Settings) -> None:
    played = Played(_in_force(settings))
    assert _compare(settings, played) == {"changed": False, "differs": False, "msg": "in force"}
    assert played.told == ["state"]


def test_another_generation_differs_and_is_shown(settings: Settings) -> None:
    shown = {"etc/hosts": "old\n", "etc/giaoban/shared.json": '{"l1": "old"}'}
    played = Played(_in_force(settings, confirmed="0" * 64), shown)
    found = _compare(settings, played)
    assert (found["changed"], found["links_before"], found["links_after"]) == (
        True,
        {"l1": "old"},
        {"l1": "new"},
    )
    assert found["msg"] == "2 of 2 files differ"
    assert "-old\n+new" in found["diff"][1]["prepared"]


def test_drift_differs_and_is_named(settings: Settings) -> None:
    played = Played(
        _in_force(settings, drift=["running:frr"]), dict(settings.generation.masked_tree)
    )
    assert _compare(settings, played)["msg"] == (
        "0 of 2 files differ; changed behind our back: running:frr"
    )


def test_an_older_agent_is_refreshed_except_in_check_mode(settings: Settings) -> None:
    played = Played(_in_force(settings, agent="older"))
    assert _compare(settings, played)["changed"]
    assert played.told == ["state", "upgrade"]
    dry = Played(_in_force(settings, agent="older"))
    assert _compare(settings, dry, dry=True) == {
        "changed": True,
        "differs": False,
        "msg": "in force",
    }
    assert dry.told == ["state"]


def test_a_box_without_an_agent_is_sent_to_the_bench(settings: Settings) -> None:
    class Bare(Played):
        def exec_command(self, *_: Any, **__: Any) -> tuple[int, bytes, bytes]:
            return 127, b"", b"not found"

    with pytest.raises(BoxError, match=r"no agent on this box yet; .* playbooks/stage\.yml"):
        _compare(settings, Bare(SAID))


def test_a_boxs_links_that_are_none_are_refused(settings: Settings) -> None:
    shown = {"etc/giaoban/shared.json": "[]"}
    with pytest.raises(BoxError, match=r"the box's etc/giaoban/shared\.json is unreadable"):
        _compare(settings, Played(_in_force(settings, confirmed="0" * 64), shown))


def test_what_drifted_is_named_no_longer_than_can_be_read(settings: Settings) -> None:
    played = Played(_in_force(settings, drift=["x" * 900] * 1000), {})
    assert len(_compare(settings, played)["msg"]) < 2100


def test_a_secret_of_the_candidate_is_masked_in_what_its_box_says(settings: Settings) -> None:
    (settings.candidate / "etc" / "hosts").write_text("@secret{bgp/a}\n")
    value = settings.generation.files[1].content.decode().strip()
    fresh = replace(settings)
    last = {"outcome": "rolled-back", "generation": fresh.generation.name, "cause": value}
    played = Played(_pending(fresh, pending=None, last=last))
    cause = rollout.probe(fresh, lambda: Box(played, replace(settings).redact))["cause"]
    assert value not in cause
    assert "by the box itself: @secret{bgp/a sha256:" in cause


@pytest.fixture
def bench(settings: Settings, tmp_path: Path) -> Settings:
    return replace(settings, staging=True, settle_s=0, register=tmp_path / "state" / "staged")


def test_staging_enters_the_box_in_the_register(bench: Settings) -> None:
    played = Played(_pending(bench))
    assert not bench.staged_before
    rollout.push(bench, Box(played), has_agent=False)
    assert played.told == ["install", "push", "activate", "state", "confirm"]
    assert bench.register is not None
    assert (bench.register / "rt-a").read_text() == f"{bench.generation.name}\n"
    assert bench.staged_before


def test_a_box_of_the_register_is_not_asked_while_staging(bench: Settings) -> None:
    bench.note_staged()
    played = Played(SAID, silent=True)
    found = _compare(bench, played)
    assert (found["changed"], found["differs"]) == (False, False)
    assert played.told == []
    assert _compare(replace(bench, staging=False), Played(_in_force(bench)))["msg"] == "in force"


def test_another_box_of_the_register_does_not_count(bench: Settings) -> None:
    replace(bench, box="rt-b").note_staged()
    assert not bench.staged_before


@pytest.mark.parametrize("refused", ["install", "push", "activate", "confirm"])
def test_a_box_that_was_not_staged_is_not_in_the_register(bench: Settings, refused: str) -> None:
    played = Played(_pending(bench), refuses={refused: "no room"})
    with pytest.raises(BoxError, match="no room"):
        rollout.push(bench, Box(played), has_agent=False)
    assert not bench.staged_before


def test_without_a_register_none_is_kept(bench: Settings) -> None:
    none = replace(bench, register=None)
    rollout.push(none, Box(Played(_pending(none))), has_agent=True)
    assert not none.staged_before


def test_an_ordinary_push_leaves_the_register_alone(bench: Settings) -> None:
    rollout.push(replace(bench, staging=False), Box(Played(SAID)), has_agent=True)
    assert not bench.staged_before


def test_a_push_sends_and_waits_for_more(settings: Settings) -> None:
    played = Played(SAID)
    rollout.push(settings, Box(played), has_agent=True)
    assert played.told == ["push"]


def test_activation_is_held_by_its_set(settings: Settings) -> None:
    planned = {"timeout_s": 45, "sets": {"rt-a": {"members": ["rt-a"], "obstacle": "rt-b: x"}}}
    played = Played(SAID)
    with pytest.raises(BoxError, match="not activated: rt-b: x"):
        rollout.activate(settings, Box(played), planned)
    assert played.told == []


@pytest.mark.parametrize(
    "played", [Played(SAID, silent=True), Played(SAID, refuses={"activate": "timed out"})]
)
def test_a_failed_activation_is_kept_for_the_decision(settings: Settings, played: Played) -> None:
    planned = {"timeout_s": 45, "sets": {"rt-a": {"members": ["rt-a"], "obstacle": None}}}
    found = rollout.activate(settings, Box(played), planned)
    assert found["ansible_facts"] == {"commit__fault": "timed out"}


PROBES = [
    ("holds it", {}, True, ""),
    ("lost a neighbour", {"lost": ["192.0.2.1"]}, False, "it lost its BGP sessions with 192.0.2.1"),
    ("not settled", {"age": 2}, False, "not settled 2 s after its activation"),
    ("still at it", {"age": None}, False, "still being activated after 20 s"),
    ("holds another", {"pending": "e" * 64}, False, "another change is pending (eeeeeeeeeeee)"),
    ("holds nothing", {"pending": None}, False, "it was never activated"),
]


@pytest.mark.parametrize(
    ("case", "changes", "well", "cause"), PROBES, ids=[row[0] for row in PROBES]
)
def test_a_probe_judges_the_boxs_state(
    settings: Settings,
    case: str,
    changes: dict[str, Any],
    well: bool,  # noqa: FBT001
    cause: str,
) -> None:
    del case
    played = Played(_pending(settings, **changes))
    found = rollout.probe(settings, lambda: Box(played))
    assert (found["well"], found["cause"]) == (well, cause)


def test_a_probe_passes_on_why_the_box_went_back(settings: Settings) -> None:
    last = {"outcome": "rolled-back", "generation": settings.generation.name, "cause": "frr: x"}
    played = Played(_pending(settings, pending=None, last=last))
    found = rollout.probe(settings, lambda: Box(played))
    assert found["cause"] == "rolled-back by the box itself: frr: x"


def test_a_probe_says_when_nobody_answers(settings: Settings) -> None:
    played = Played(SAID, silent=True)
    found = rollout.probe(settings, lambda: Box(played))
    assert found["cause"] == "no new connection within 0 s of its activation (timed out)"


def test_sets_are_formed_of_what_the_run_registered(tmp_path: Path) -> None:
    compared = {
        "differs": True,
        "changed": True,
        "links_before": {"l1": "old"},
        "links_after": {"l1": "new"},
    }
    in_run: dict[str, dict[str, Any]] = {
        "rt-a": {"commit__compared": compared, "commit__pushed": {"changed": True}},
        "rt-b": {
            "commit__compared": compared,
            "commit__pushed": {"failed": True, "msg": "no room"},
        },
        "rt-c": {"commit__compared": {"unreachable": True}},
        "rt-d": {"commit__compared": {"differs": False, "changed": False}},
    }
    found = rollout.form_sets(in_run, tmp_path, 45)
    assert found["timeout_s"] == 46
    row = {"members": ["rt-a", "rt-b"], "obstacle": "rt-b: no room"}
    assert found["sets"] == {"rt-a": row, "rt-b": row}


def test_verdicts_name_the_probe_and_the_activation_that_failed() -> None:
    planned = {"sets": {box: {"members": ["a", "b"], "obstacle": None} for box in "ab"}}
    in_run: dict[str, dict[str, Any]] = {
        "a": {"commit__probed": {"well": True, "cause": ""}},
        "b": {
            "commit__probed": {"well": False, "cause": "it was never activated"},
            "commit__fault": "timed out",
        },
    }
    why = rollout.verdicts(in_run, planned)["why"]
    assert set(why.values()) == {"b: it was never activated; timed out"}


def test_a_good_change_is_confirmed(settings: Settings) -> None:
    played = Played(_pending(settings))
    assert rollout.finish(settings, lambda: Box(played), "", 0)["changed"]
    assert played.told == ["confirm"]


def test_a_bad_change_is_taken_back_with_the_boxs_word(settings: Settings) -> None:
    played = Played(_pending(settings))
    with pytest.raises(
        BoxError, match=r"^taken back, because rt-b: x\. The box says: rolled-back: told so$"
    ):
        rollout.finish(settings, lambda: Box(played), "rt-b: x", 0)
    assert played.told == ["state", "rollback", "state"]


def test_a_box_that_went_back_by_itself_is_not_told_again(settings: Settings) -> None:
    last = {"outcome": "rolled-back", "generation": "", "cause": "frr: x"}
    played = Played(_pending(settings, pending=None, last=last))
    with pytest.raises(BoxError, match=r"The box says: rolled-back: frr: x$"):
        rollout.finish(settings, lambda: Box(played), "rt-a: frr: x", 0)
    assert played.told == ["state"]


def test_a_box_that_cannot_be_told_goes_back_by_itself(settings: Settings) -> None:
    played = Played(SAID, silent=True)
    with pytest.raises(BoxError, match="does not answer, and goes back by itself"):
        rollout.finish(settings, lambda: Box(played), "rt-a: x", 0)


def test_a_confirmation_that_does_not_arrive_says_run_again(settings: Settings) -> None:
    played = Played(SAID, silent=True)
    with pytest.raises(BoxError, match=r"could not be told to keep .* run again"):
        rollout.finish(settings, lambda: Box(played), "", 0)
