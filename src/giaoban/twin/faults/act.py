"""Breaking and mending, with a record of what is broken."""

from __future__ import annotations

from giaoban.errors import GiaobanError, OperationError, did_you_mean
from giaoban.plan.model import Plan
from giaoban.twin.enter import TwinNotUpError
from giaoban.twin.faults import FAULTS, Fault, Scene
from giaoban.twin.lock import alone
from giaoban.twin.paths import TwinPaths
from giaoban.twin.state import ActiveFault, State, read_state, write_state
from giaoban.twin.topology import topology


class UnknownFaultError(GiaobanError):
    """There is no such fault."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"fault {name!r} does not exist{did_you_mean(name, FAULTS)} (there are:"
            f" {', '.join(FAULTS)})"
        )


class NotBrokenError(OperationError):
    """What should be mended is not broken."""

    def __init__(self, fault: str, target: str) -> None:
        super().__init__(f"{fault} {target} is not broken (giaoban twin faults lists what is)")


def fault_named(name: str) -> Fault:
    """Give a fault.

    Raises:
        UnknownFaultError: with the nearest name.
    """
    if name not in FAULTS:
        raise UnknownFaultError(name)
    return FAULTS[name]


def _scene(paths: TwinPaths, plan: Plan, state: State) -> Scene:
    if not state.nodes:
        raise TwinNotUpError(paths.name)
    return Scene(paths, plan, topology(plan, paths.name, state.sites))


def break_fault(paths: TwinPaths, plan: Plan, name: str, target: str) -> None:
    """Break something and record it first, so that a killed run can be mended.

    Raises:
        OperationError: the target is unknown, or the box refused.
    """
    fault = fault_named(name)
    with alone(paths.lock, paths.name):
        state = read_state(paths)
        scene = _scene(paths, plan, state)
        known = next((one for one in state.faults if one == ActiveFault(name, target)), None)
        one = known or ActiveFault(name, target, fault.survey(scene, target))
        write_state(paths, state.with_fault(one))
        try:
            fault.break_(scene, target, one.undo)
        except OperationError:
            write_state(paths, state)
            raise


def mend_faults(
    paths: TwinPaths, plan: Plan, chosen: tuple[str, str] | None
) -> tuple[ActiveFault, ...]:
    """Mend one fault (its name and target) or all, and give what was mended.

    Raises:
        NotBrokenError: the chosen one is not broken.
    """
    with alone(paths.lock, paths.name):
        state = read_state(paths)
        scene = _scene(paths, plan, state)
        mending = state.faults
        if chosen is not None:
            mending = tuple(one for one in state.faults if (one.fault, one.target) == chosen)
            if not mending:
                raise NotBrokenError(*chosen)
        for one in mending:
            fault_named(one.fault).mend(scene, one.target, one.undo)
            state = state.without_fault(one)
            write_state(paths, state)
    return mending
