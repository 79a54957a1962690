"""Every sentence of every check, out of a province with one thing wrong."""

from __future__ import annotations

import pytest

from giaoban.verify.assess import Found, judge
from giaoban.verify.view import View
from tests.unit.verify.cases import CASES, Case
from tests.unit.verify.healthy import healthy, small_view


def found_in(case: Case, view: View) -> Found:
    return judge(view, case.edit(healthy(view), view))[case.result]


@pytest.fixture(scope="module")
def view() -> View:
    return small_view()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.result}: {case.name}")
def test_verdict(case: Case, view: View) -> None:
    found = found_in(case, view)
    assert (found.verdict.state, found.verdict.reason) == (case.state, case.reason), found.text.en
    assert "{" not in found.text.en + found.text.vi
