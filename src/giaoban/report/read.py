"""Reading the results of a run, and refusing what is not one."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from giaoban.errors import GiaobanError
from giaoban.intent.model import CENTRE
from giaoban.plan.model import Plan
from giaoban.verify.model import Results

_ADVICE = "`giaoban verify --json FILE` writes one"
_SHAPE = TypeAdapter(Results)


class ResultsError(GiaobanError):
    """A results file that cannot be reported on."""

    def __init__(self, file: Path, found: str, advice: str = _ADVICE) -> None:
        super().__init__(f"{file}: {found}; {advice}")


def read_results(file: Path) -> Results:
    """Read the results of a run.

    Raises:
        ResultsError: there is no such file, or it holds something else.

    """
    try:
        stored = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as missing:
        raise ResultsError(file, "does not exist") from missing
    except OSError as failure:
        raise ResultsError(file, f"cannot be read: {failure.strerror}") from failure
    except (ValueError, RecursionError) as broken:
        raise ResultsError(file, "is not JSON, or was cut off") from broken
    return _results(file, stored)


def _results(file: Path, stored: Any) -> Results:
    if not isinstance(stored, dict) or "schema" not in stored:
        raise ResultsError(file, "holds no results of a run")
    try:
        results = Results.from_json(stored)
        _SHAPE.validate_python(stored)
        moment(results.started)
        moment(results.finished)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise ResultsError(file, f"holds no results of a run: {where}: {first['msg']}") from wrong
    except KeyError as missing:
        raise ResultsError(file, f"holds no results of a run: {missing} is missing") from missing
    except (TypeError, ValueError, AttributeError) as wrong:
        raise ResultsError(file, f"holds no results of a run: {wrong}") from wrong
    return results


def moment(text: str) -> datetime:
    """Read an ISO 8601 time; UTC where it names no zone.

    Raises:
        ValueError: it is no such time.

    """
    when = datetime.fromisoformat(text)
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def require_same_province(file: Path, results: Results, plan: Plan, inventory: Path) -> None:
    """Refuse results of another province than the inventory's.

    Raises:
        ResultsError: the province, a site or a circuit is not the inventory's.

    """
    advice = f"give the inventory of that run with --inventory (this was {inventory})"
    province = plan.intent.province
    if results.province not in (province.slug, province.name):
        found = f"is about '{results.province}', the inventory about '{province.slug}'"
        raise ResultsError(file, found, advice)
    sites = {one.slug for one in results.sites} | {one.site for one in results.checks}
    strangers = sorted(sites - plan.sites.keys() - {CENTRE})
    strangers += sorted({one.name for one in results.circuits} - plan.circuits.keys())
    if strangers:
        raise ResultsError(file, f"'{strangers[0]}' is not in the inventory", advice)
