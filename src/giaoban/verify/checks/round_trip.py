"""Packets travel between the NOC and a site quickly and without loss."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from giaoban.plan.model import Device
from giaoban.verify.answers import Answers, NoAnswer, Train
from giaoban.verify.check import Check, Kind, Needs, Target, Threshold, Verdict, failed, passed
from giaoban.verify.checks.circuit import loss_bound_percent, worse_than
from giaoban.verify.model import Layer
from giaoban.verify.needs import CIRCUIT, LOSS, of_circuit, path_circuits, reachable, ways_up
from giaoban.verify.view import View

ROUND_TRIP_MS = 200


class RoundTrip(Check[Device, Train]):
    """Echoes between the NOC and a site's router return within the limit, and none is lost.

    Why: a conversation needs both; this is the whole path as users have it, both families together.
    """

    id = "round-trip"
    layer = Layer.NETWORK
    needs = ("device-reachable", "circuit", "circuit-loss")
    thresholds = (
        Threshold(
            "mean of 200 ms there and back", "ITU-T Y.1541 table 1, IPTD of class 0: 100 ms one way"
        ),
        Threshold(
            "0.1 % lost, proven at 99.9 % by the sample stated",
            "ITU-T Y.1541 table 1, IPLR of classes 0-4",
        ),
    )
    causes: ClassVar[dict[str, Kind]] = {
        "silent": Kind("device-silent"),
        "loss": Kind("path-loss"),
        "slow": Kind("path-slow"),
    }

    def targets(self, view: View) -> Iterable[Target[Device]]:
        """Every router outside the data centre."""
        return (
            Target(device.site, device.name, device)
            for device in view.devices
            if device.role == "router" and device.name not in view.cores
        )

    def evidence(self, view: View, target: Target[Device], answers: Answers) -> Train:
        """Take the NOC's echoes of both families."""
        management = target.subject.management
        both = [answers.trains.get(str(one)) for one in (management.ipv4, management.ipv6)]
        found = [train for train in both if train]
        if not found or not sum(train.sent for train in found):
            raise NoAnswer(view.noc or target.name)
        return sum(found[1:], found[0])

    def verdict(self, view: View, target: Target[Device], evidence: Train) -> Verdict:
        """Judge."""
        del view
        router, train = target.name, evidence
        if not train.received or train.mean_ms is None:
            return failed("silent", router, device=router, sent=train.sent)
        mean = round(train.mean_ms, 2)
        if worse_than(train):
            percent = round(100 * train.lost / train.sent, 1)
            return failed(
                "loss", router, device=router, percent=percent, lost=train.lost, sent=train.sent
            )
        if mean > ROUND_TRIP_MS:
            return failed("slow", router, device=router, mean=mean, limit=ROUND_TRIP_MS)
        bound = loss_bound_percent(train)
        return passed(device=router, mean=mean, lost=train.lost, sent=train.sent, bound=bound)

    def needs_of(self, view: View, target: Target[Device]) -> Needs:
        """The circuits on the way are sound; a silent router is another check's finding."""
        site = target.subject.site
        quality = tuple(
            of_circuit(check, circuit)
            for circuit in path_circuits(view, site)
            for check in (CIRCUIT, LOSS)
        )
        here = reachable(view, target.name)
        ways = ways_up(view, site)
        return tuple((here, *way, *quality) for way in ways) or ((here, *quality),)
