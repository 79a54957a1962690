"""Those who look after servers: which servers are open to them, and by which name. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from giaoban.intent.model import Operator
from giaoban.plan.model import Plan, ServerPlan
from giaoban.plan.services import BACKUP, BASTION, LOG, MONITORING, certified, members

# What people are judged by is kept there, all keys are in the NOC's own box, and the monitoring
# server has the one that asks every router and believes whoever asks from its own loopback: nobody
# comes in but with the NOC's operator key. A CA is closed too: it asks nobody for a certificate.
CLOSED: Final = ("noc", BASTION, BACKUP, LOG, MONITORING)


def principal(operator: Operator) -> str:
    """Give the name that a person's certificate must bear: of this generation and no other."""
    return f"{operator.slug}.{operator.key_generation}"


def open_to_people(plan: Plan) -> Iterator[ServerPlan]:
    """Give the servers where people log in by the bastion.

    What is done there is recorded on the bastion, to which they prove themselves by certificates.
    """
    if any(members(plan, BASTION)):
        yield from (s for s in certified(plan) if not set(CLOSED) & set(s.server.groups))
