"""Who is let in by SSH, for how long, and what the log of signatures says of it. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from giaoban.errors import GiaobanError
from giaoban.intent.model import Intent, Operator
from giaoban.intent.problems import suggest
from giaoban.plan.people import principal
from giaoban.provision.ssh_authority import Pass, Person


class NotLetInError(GiaobanError):
    """Somebody is not, or no longer, one of those who look after servers."""

    @classmethod
    def unknown(cls, slug: str, known: Sequence[str]) -> NotLetInError:
        """Nobody of this name is in the intent."""
        return cls(
            f"no operator '{slug}' in the intent's `operators`; {suggest(slug, known)}"
            " Who is new is added there first, and pushed (docs/howto-bastion.md)"
        )

    @classmethod
    def left(cls, operator: Operator) -> NotLetInError:
        """Their last day has passed."""
        return cls(
            f"{operator.name} ({operator.slug}) was an operator until {operator.until};"
            " expected a later day: change `until` in the intent if they are back"
        )


def person_of(intent: Intent, slug: str) -> tuple[Operator, Person]:
    """Give an operator of the intent, and what a certificate says of him.

    Raises:
        NotLetInError: there is none of this name.

    """
    for operator in intent.operators:
        if operator.slug == slug:
            return operator, Person(operator.slug, (principal(operator),))
    raise NotLetInError.unknown(slug, [operator.slug for operator in intent.operators])


def life_of(operator: Operator, life: timedelta, moment: datetime, timezone: str) -> timedelta:
    """Shorten a life that would outlast the person's last day, in the province's own time.

    Raises:
        NotLetInError: the last day has passed.

    """
    if operator.until is None:
        return life
    midnight = datetime.combine(operator.until + timedelta(days=1), time(), ZoneInfo(timezone))
    if midnight <= moment:
        raise NotLetInError.left(operator)
    return min(life, midnight - moment)


def log_line(signed: Pass, person: Person, fingerprint: str, signer: str, moment: datetime) -> str:
    """Write who signed what for whom, as one line of JSON with its end."""
    said = {
        "when": _time(moment),
        "by": signer,
        "for": person.name,
        "principals": person.principals,
        "serial": signed.serial,
        "key": fingerprint,
        "until": _time(signed.ends),
    }
    return json.dumps(said, ensure_ascii=False) + "\n"


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
