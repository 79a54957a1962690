"""BGP sessions: both ends as planned, and Established."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from giaoban.plan.model import BgpEnd, BgpSession
from giaoban.verify.answers import AFTER, ECHOES, STATE, Answers, NoAnswer, Question, Unreadable
from giaoban.verify.check import (
    Check,
    Kind,
    Needs,
    Target,
    Threshold,
    Verdict,
    failed,
    passed,
    unknown,
)
from giaoban.verify.checks.circuit import FIRST_TRAIN, crossing
from giaoban.verify.model import Layer
from giaoban.verify.needs import (
    BFD,
    CIRCUIT,
    FAMILIES,
    PARAMETERS,
    SESSION,
    of_adjacency,
    of_circuit,
    of_session,
    reachable,
    session_name,
    session_site,
)
from giaoban.verify.parse.frr import (
    BAD_PEER_AS,
    BGP_SUMMARY,
    BgpPeer,
    bgp_histories,
    bgp_peers,
    last_bgp_error,
)
from giaoban.verify.view import View

CALL_AGAIN = 300  # echoes, 10 ms apart: routers call again every five seconds


@dataclass(frozen=True, slots=True)
class SessionEnd:
    """A session of one family as one end has it; `peer` is None where it is not configured."""

    near: BgpEnd
    far: BgpEnd
    peer: BgpPeer | None
    last_error: str = ""


def _address(end: BgpEnd, family: str) -> str:
    return str(end.ipv4 if family == "ipv4" else end.ipv6)


def _ends(view: View, session: BgpSession) -> list[tuple[BgpEnd, BgpEnd]]:
    both = [(session.lower, session.upper), (session.upper, session.lower)]
    return [(near, far) for near, far in both if view.ours(near.device)]


def _questions(view: View, session: BgpSession) -> Iterable[Question]:
    return (Question(STATE, near.device, BGP_SUMMARY) for near, _ in _ends(view, session))


def _histories(
    view: View, session: BgpSession, answers: Answers, families: tuple[str, ...]
) -> Iterable[Question]:
    """Ask why sessions are not up, up to three times some seconds apart.

    Two routers that call each other at once end one of the calls as a collision, which hides the
    refusal of the other one from whoever looks at that moment.
    """
    for near, far in _ends(view, session):
        for family in families:
            address = _address(far, family)
            try:
                peer = bgp_peers(answers, near.device, family).get(address)
            except (NoAnswer, Unreadable):
                continue
            if peer and not peer.established:
                yield from _next_look(view, session, answers, near.device, address)


def _next_look(
    view: View, session: BgpSession, answers: Answers, device: str, address: str
) -> Iterable[Question]:
    first, *again = bgp_histories(address)
    yield Question(STATE, device, first)
    seen = answers.said.get(device, {})
    if first not in seen or not _alive(view, session, answers):
        return
    for wait, command in enumerate(again):
        if BAD_PEER_AS in " ".join(_errors(answers, device, address)):
            return
        # The echoes are the wait: three seconds, until the routers have called again.
        yield Question(ECHOES, device, f"measure loss {CALL_AGAIN + wait} {address}")
        yield Question(AFTER, device, command)
        if command not in seen:
            return


def _alive(view: View, session: BgpSession, answers: Answers) -> bool:
    if session.circuit is None:
        return False
    try:
        seen = crossing(view, view.plan.circuits[session.circuit], answers, FIRST_TRAIN)
    except (NoAnswer, Unreadable):
        return False
    return seen.ipv4.received > 0


def _errors(answers: Answers, device: str, address: str) -> list[str]:
    """Read every look at a neighbour's last error."""
    found = []
    for command in bgp_histories(address):
        try:
            found.append(last_bgp_error(answers, device, address, command))
        except (NoAnswer, Unreadable):
            continue
    return found


def _read(view: View, session: BgpSession, answers: Answers, family: str) -> list[SessionEnd]:
    found = []
    missing: NoAnswer | None = None
    for near, far in _ends(view, session):
        address = _address(far, family)
        try:
            peer = bgp_peers(answers, near.device, family).get(address)
        except NoAnswer as absent:
            missing = absent
            continue
        looks = dict.fromkeys(_errors(answers, near.device, address))
        found.append(SessionEnd(near, far, peer, ", ".join(one for one in looks if one)))
    if not found and missing:
        raise missing
    return found


class BgpParameters(Check[BgpSession, tuple[SessionEnd, ...]]):
    """Both ends of a BGP session have the neighbour, with the planned AS on each side.

    Why: two ends that disagree about an AS never talk, and each blames the other; comparing both
    with the plan says which one is wrong. Where only one end can be asked and it is right, a
    refusal for "bad peer AS" convicts the other.
    """

    id = PARAMETERS
    layer = Layer.ROUTING
    needs = ("circuit", "device-reachable")
    thresholds = (Threshold("AS numbers of the plan", "RFC 4271 section 6.2, subcode 2"),)
    causes: ClassVar[dict[str, Kind]] = {
        "remote-as": Kind("bgp-wrong-as"),
        "own-as": Kind("bgp-wrong-as"),
        "far-as": Kind("bgp-wrong-as"),
        "missing": Kind("bgp-neighbor-missing"),
    }

    def targets(self, view: View) -> Iterable[Target[BgpSession]]:
        """Every session."""
        for session in view.sessions:
            yield Target(session_site(view, session), session_name(session), session)

    def questions(self, view: View, target: Target[BgpSession]) -> Iterable[Question]:
        """Ask both ends for their neighbours."""
        return _questions(view, target.subject)

    def follow_ups(
        self, view: View, target: Target[BgpSession], answers: Answers
    ) -> Iterable[Question]:
        """Ask why a session is not up."""
        return _histories(view, target.subject, answers, FAMILIES)

    def evidence(
        self, view: View, target: Target[BgpSession], answers: Answers
    ) -> tuple[SessionEnd, ...]:
        """Read the ends that could be asked, both families."""
        return tuple(
            end for family in FAMILIES for end in _read(view, target.subject, answers, family)
        )

    def verdict(
        self, view: View, target: Target[BgpSession], evidence: tuple[SessionEnd, ...]
    ) -> Verdict:
        """Judge what is configured first, then what a refusal says about the other end."""
        name = target.name
        for end in evidence:
            wrong = _wrong(name, end)
            if wrong:
                return wrong
        asked = {end.near.device for end in evidence}
        both = {near.device for near, _ in _ends(view, target.subject)}
        for end in evidence:
            if BAD_PEER_AS in end.last_error and end.far.device not in asked:
                far, near = end.far.device, end.near.device
                return failed("far-as", far, session=name, device=far, near=near)
        if asked != both and not any(end.peer and end.peer.established for end in evidence):
            missing = ", ".join(sorted(both - asked))
            return unknown("one-end", session=name, device=missing)
        return passed(session=name, ends=len(asked))

    def needs_of(self, view: View, target: Target[BgpSession]) -> Needs:
        """One end answers; over a circuit, the circuit is alive."""
        session = target.subject
        line: tuple[str, ...] = ()
        if session.circuit:
            line = (of_circuit(CIRCUIT, view.plan.circuits[session.circuit]),)
        return tuple((reachable(view, near.device), *line) for near, _ in _ends(view, session))


def _wrong(name: str, end: SessionEnd) -> Verdict | None:
    device, far = end.near.device, end.far.device
    if end.peer is None:
        return failed("missing", device, session=name, device=device, far=far)
    if end.peer.own_asn != end.near.asn:
        found, planned = str(end.peer.own_asn), str(end.near.asn)
        return failed("own-as", device, session=name, device=device, found=found, planned=planned)
    if end.peer.remote_asn != end.far.asn:
        found, planned = str(end.peer.remote_asn), str(end.far.asn)
        return failed(
            "remote-as",
            device,
            session=name,
            device=device,
            far=far,
            found=found,
            planned=planned,
        )
    return None


@dataclass(frozen=True, slots=True)
class FamilySession:
    """A session in one family."""

    session: BgpSession
    family: str


class BgpEstablished(Check[FamilySession, tuple[SessionEnd, ...]]):
    """A BGP session is Established, seen from each end.

    Why: no session, no route.
    """

    id = SESSION
    layer = Layer.ROUTING
    needs = ("bgp-parameters", "bfd", "ospf")
    thresholds = (Threshold("state Established", "RFC 4271 section 8.2.2"),)
    causes: ClassVar[dict[str, Kind]] = {"down": Kind("bgp-session-down")}

    def targets(self, view: View) -> Iterable[Target[FamilySession]]:
        """Every session, in each family."""
        for session in view.sessions:
            for family in FAMILIES:
                name = f"{session_name(session)}-{family}"
                yield Target(session_site(view, session), name, FamilySession(session, family))

    def questions(self, view: View, target: Target[FamilySession]) -> Iterable[Question]:
        """Ask both ends for their neighbours."""
        return _questions(view, target.subject.session)

    def follow_ups(
        self, view: View, target: Target[FamilySession], answers: Answers
    ) -> Iterable[Question]:
        """Ask why a session is not up."""
        return _histories(view, target.subject.session, answers, (target.subject.family,))

    def evidence(
        self, view: View, target: Target[FamilySession], answers: Answers
    ) -> tuple[SessionEnd, ...]:
        """Read the ends that could be asked."""
        return tuple(_read(view, target.subject.session, answers, target.subject.family))

    def verdict(
        self, view: View, target: Target[FamilySession], evidence: tuple[SessionEnd, ...]
    ) -> Verdict:
        """Judge."""
        del view
        name = target.name
        for end in evidence:
            if end.peer is None or not end.peer.established:
                return failed(
                    "down",
                    session_name(target.subject.session),
                    session=name,
                    device=end.near.device,
                    state=end.peer.state if end.peer else "—",
                    error=end.last_error or "—",
                )
        return passed(session=name, ends=len(evidence))

    def needs_of(self, view: View, target: Target[FamilySession]) -> Needs:
        """Both ends are configured; over a circuit BFD holds, inside the core OSPF leads there."""
        session = target.subject.session
        parameters = of_session(view, PARAMETERS, session)
        if session.circuit:
            circuit = view.plan.circuits[session.circuit]
            return ((parameters, of_circuit(CIRCUIT, circuit), of_circuit(BFD, circuit)),)
        lower = session.lower.device
        return tuple(
            (parameters, of_adjacency(view, adjacency, target.subject.family))
            for adjacency in view.adjacencies
            if lower in (adjacency.a.device, adjacency.z.device)
        )
