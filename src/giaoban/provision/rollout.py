"""A run of the role `commit`, a step at a time, for Ansible's action plugins.

Each step is one task. What a step finds goes to the next as the task's registered result.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from giaoban.errors import OperationError
from giaoban.provision.agent import AgentBundle, Box
from giaoban.provision.answers import BoxError, State, read_links
from giaoban.provision.changeset import Change, Membership, Probed, decide, plan_sets
from giaoban.provision.generation import (
    SHARED,
    Generation,
    diff_trees,
    load_candidate,
    read_shared,
)
from giaoban.provision.secrets import SecretStore

# The activation's own work, FRR's start included, takes a twin node on a busy machine this long.
_ACTIVATION_S = 20
# An answer over a new connection, so that a probe of 15 s asks several times.
_RETRY_S = 0.5
# Every box of a run is armed before the first is confirmed; one costs less than this on two cores.
_SECONDS_A_BOX = 1
# A box that was taken over may name as much as it likes, in characters.
_DRIFT_LENGTH = 2000


class UnreachableError(OperationError):
    """No answer came from the box."""


@dataclass(frozen=True)
class Settings:
    """The role's variables for one box."""

    box: str
    candidate: Path
    secrets_file: Path
    agent_files: Path
    staging: bool
    timeout_s: int
    probe_timeout_s: int
    settle_s: int
    register: Path | None = None

    @property
    def staged_before(self) -> bool:
        """Whether the bench's register says that the box has had its first generation."""
        return self.register is not None and (self.register / self.box).exists()

    def note_staged(self) -> None:
        """Enter the box in the bench's register."""
        if self.register is not None:
            self.register.mkdir(parents=True, exist_ok=True)
            (self.register / self.box).write_text(f"{self.generation.name}\n", encoding="ascii")

    @cached_property
    def generation(self) -> Generation:
        """The box's candidate with its secrets."""
        return load_candidate(self.candidate, self._store)

    def redact(self, text: str) -> str:
        """Mask the secrets that the box's candidate holds."""
        _ = self.generation  # what was never resolved cannot be recognised
        return self._store.redact(text)

    @cached_property
    def _store(self) -> SecretStore:
        return SecretStore.from_file(self.secrets_file)

    @cached_property
    def bundle(self) -> AgentBundle:
        """The agent as this version of giaoban has it."""
        return AgentBundle.from_dir(self.agent_files)


def compare(settings: Settings, box: Box, *, with_diff: bool, dry: bool) -> dict[str, Any]:
    """Ask the box one question: is the candidate in force? Fetch the rest only if it is not.

    Args:
        settings: the box as it should be.
        box: the box as it is.
        with_diff: add the difference, secrets masked.
        dry: do not even refresh an older agent.

    Raises:
        BoxError: the box has no agent, and this is not staging.
    """
    if settings.staging and settings.staged_before:
        return {"changed": False, "differs": False, "msg": "staged before; in-band from now on"}
    generation = settings.generation
    state = box.state()
    if state is None and not settings.staging:
        raise BoxError(
            "there is no agent on this box yet; give it its first generation on the bench:"
            " ansible-playbook playbooks/stage.yml"
        )
    refresh = state is not None and state.agent != settings.bundle.version
    if refresh and not dry:
        box.install(settings.bundle, first=False)
    if state and state.confirmed == generation.name and not state.drift and not state.pending:
        return {"changed": refresh, "differs": False, "msg": "in force"}
    shown = box.shown() if state and state.confirmed else {}
    found: dict[str, Any] = {
        "changed": True,
        "differs": True,
        "msg": _difference(generation, shown, state),
        "has_agent": state is not None,
        "links_before": read_links(shown) if shown else None,
        "links_after": dict(generation.shared),
    }
    return found | ({"diff": list(diff_trees(shown, generation.masked_tree))} if with_diff else {})


def _difference(generation: Generation, shown: Mapping[str, str], state: State | None) -> str:
    tree = generation.masked_tree
    differing = sum(tree.get(path) != shown.get(path) for path in tree.keys() | shown.keys())
    parts = [f"{differing} of {len(tree.keys() | shown.keys())} files differ"]
    if state is None:
        parts.append("no agent yet")
    elif state.drift:
        parts.append(f"changed behind our back: {', '.join(state.drift)[:_DRIFT_LENGTH]}")
    return "; ".join(parts)


def push(settings: Settings, box: Box, *, has_agent: bool) -> dict[str, Any]:
    """Install the agent where there is none, send the generation, and have the box validate it.

    While staging nothing runs over the box yet, so it is put in force at once and over the same
    connection.
    """
    if not has_agent:
        box.install(settings.bundle, first=True)
    box.push(settings.generation)
    if settings.staging:
        box.activate(settings.generation.name, settings.timeout_s)
        probed = judge(replace(settings, settle_s=0), box.state(wait_s=settings.timeout_s))
        if not probed.well:
            raise BoxError(probed.cause)
        box.confirm(settings.generation.name)
        settings.note_staged()
    return {"changed": True, "generation": settings.generation.name}


def form_sets(
    in_run: Mapping[str, Mapping[str, Any]], candidates: Path, timeout_s: int
) -> dict[str, Any]:
    """Join the boxes of this run into change sets.

    Args:
        in_run: each box of the run to its variables, the registered results among them.
        candidates: the folder with every box's candidate tree.
        timeout_s: how long one box's rollback stays armed, in seconds.
    """
    changes: list[Change] = []
    settled: dict[str, Mapping[str, str]] = {}
    for name, variables in in_run.items():
        compared = variables.get("commit__compared") or {}
        if compared.get("failed") or compared.get("unreachable") or "differs" not in compared:
            continue
        if compared["differs"]:
            changes.append(_change(name, compared, variables))
        else:
            settled[name] = _links(candidates / name / SHARED)
    memberships = plan_sets(changes, settled)
    return {
        "changed": False,
        "sets": {name: _as_row(membership) for name, membership in memberships.items()},
        "timeout_s": timeout_s + _SECONDS_A_BOX * (len(changes) - 1),
    }


def _change(name: str, compared: Mapping[str, Any], variables: Mapping[str, Any]) -> Change:
    pushed = variables.get("commit__pushed") or {"failed": True, "msg": "it was not pushed"}
    broken = pushed.get("failed") or pushed.get("unreachable")
    return Change(
        box=name,
        before=compared["links_before"],
        after=compared["links_after"],
        far_ends=variables.get("commit__far_ends", {}),
        fault=str(pushed.get("msg")) if broken else None,
    )


def _links(shared: Path) -> dict[str, str]:
    return read_shared(shared.read_text(encoding="utf-8")) if shared.exists() else {}


def _as_row(membership: Membership) -> dict[str, Any]:
    return {"members": list(membership.members), "obstacle": membership.obstacle}


def activate(settings: Settings, box: Box, planned: Mapping[str, Any]) -> dict[str, Any]:
    """Arm the rollback and start the activation; a connection that dies here is for the probe.

    Raises:
        BoxError: another member of the box's change set cannot be activated, so this one is not.
    """
    obstacle = planned["sets"][settings.box]["obstacle"]
    if obstacle is not None:
        raise BoxError(f"not activated: {obstacle}")
    fault = None
    try:
        box.activate(settings.generation.name, planned["timeout_s"])
    except (BoxError, UnreachableError) as failure:
        fault = str(failure)
    return {"changed": False, "ansible_facts": {"commit__fault": fault}}


def probe(settings: Settings, reconnect: Callable[[], Box]) -> dict[str, Any]:
    """Ask over new connections until the box says how its activation ended, or time is up.

    An answer counts only from `settle_s` after the activation on: a wrong address or a lost session
    lets packets through until BFD and BGP have noticed.
    """
    give_up = time.monotonic() + settings.probe_timeout_s
    while True:
        probed = _ask(settings, reconnect)
        if probed.final or time.monotonic() > give_up:
            return {"changed": False, "well": probed.well, "cause": probed.cause}
        time.sleep(max(_RETRY_S, probed.wait_s))


def _ask(settings: Settings, reconnect: Callable[[], Box]) -> Probed:
    try:
        return judge(settings, reconnect().state(wait_s=_ACTIVATION_S))
    except UnreachableError as failure:
        cause = (
            f"no new connection within {settings.probe_timeout_s} s of its activation ({failure})"
        )
    except BoxError as failure:
        cause = str(failure)
    return Probed(settings.box, well=False, cause=cause)


def judge(settings: Settings, state: State | None) -> Probed:
    """Say whether a box that was activated holds the generation and waits to be confirmed."""
    name = settings.generation.name
    if state is None:
        return Probed(settings.box, well=False, cause="the agent is gone from the box", final=True)
    if state.pending == name and state.age_s is not None:
        return _settled(settings, state.age_s, state.lost)
    if state.pending == name:
        cause = f"still being activated after {_ACTIVATION_S} s"
        return Probed(settings.box, well=False, cause=cause)
    if state.pending is not None:
        cause = f"another change is pending ({state.pending[:12]})"
    elif state.ended == name:
        cause = f"{state.outcome} by the box itself: {state.cause}"
    else:
        cause = "it was never activated"
    return Probed(settings.box, well=False, cause=cause, final=True)


def _settled(settings: Settings, age_s: int, lost: tuple[str, ...]) -> Probed:
    left_s = settings.settle_s - age_s
    if left_s > 0:
        cause = f"not settled {age_s} s after its activation"
        return Probed(settings.box, well=False, cause=cause, wait_s=left_s)
    if lost:
        cause = f"it lost its BGP sessions with {', '.join(lost)}"
        return Probed(settings.box, well=False, cause=cause)
    return Probed(settings.box, well=True, final=True)


def verdicts(in_run: Mapping[str, Mapping[str, Any]], planned: Mapping[str, Any]) -> dict[str, Any]:
    """Decide set by set: an empty text confirms a box, another says why it is taken back."""
    memberships = {
        name: Membership(tuple(row["members"]), row["obstacle"])
        for name, row in planned["sets"].items()
    }
    return {"changed": False, "why": decide(memberships, _probes(in_run, memberships))}


def _probes(in_run: Mapping[str, Mapping[str, Any]], boxes: Iterable[str]) -> Iterable[Probed]:
    for name in boxes:
        probed = in_run[name].get("commit__probed")
        if not probed:
            continue
        causes = (probed.get("cause"), in_run[name].get("commit__fault"))
        yield Probed(
            name, bool(probed.get("well")), "; ".join(str(each) for each in causes if each)
        )


def finish(
    settings: Settings, reconnect: Callable[[], Box], why: str, left_s: float
) -> dict[str, Any]:
    """Confirm the box, or take it back and say so.

    Args:
        settings: the box.
        reconnect: gives the box over a new connection.
        why: the cause for taking it back, or nothing.
        left_s: how long a confirmation may be tried, in seconds.

    Raises:
        BoxError: the box was taken back, or its confirmation failed.
    """
    if why:
        raise BoxError(f"taken back, because {why}. {_take_back(reconnect(), why)}")
    give_up = time.monotonic() + left_s
    while True:
        try:
            reconnect().confirm(settings.generation.name)
        except UnreachableError as failure:
            if time.monotonic() > give_up:
                raise BoxError(
                    f"probed well, but could not be told to keep the change ({failure}), so it"
                    " goes back by itself; others of its change set may have kept it: run again"
                ) from None
            time.sleep(_RETRY_S)
        else:
            return {"changed": True, "msg": f"confirmed {settings.generation.name[:12]}"}


def _take_back(box: Box, why: str) -> str:
    try:
        state = box.state()
        if state is not None and state.pending is not None:
            box.roll_back(why)
            state = box.state()
    except UnreachableError:
        return "It does not answer, and goes back by itself when its time is up"
    except BoxError as failure:
        return f"Taking it back failed: {failure}"
    if state is None or state.outcome is None:
        return "What it did is not known"
    return f"The box says: {state.outcome}: {state.cause}"
