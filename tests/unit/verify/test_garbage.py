"""What is empty, cut off or somebody else's never passes, whichever device said it."""

from __future__ import annotations

import functools

from hypothesis import given, settings
from hypothesis import strategies as st

from giaoban.verify.answers import Answers
from giaoban.verify.assess import further_questions, judge
from giaoban.verify.model import State
from giaoban.verify.parse.linux import fping
from giaoban.verify.view import View
from tests.unit.verify.healthy import healthy, small

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
FOREIGN = st.sampled_from(
    [
        "",
        "\n",
        "% not a question for this account",
        "Cisco IOS Software, C2900 Software",
        "[]",
        "{}",
        "null",
        "0",
        '"ok"',
        "[{}]",
        "[null]",
        '{"warning":"No BGP process is configured"}',
        "ping: socket: Operation not permitted",
        "100 packets transmitted, 1",
        "<html><body>502</body></html>",
        "[" * 3000,
    ]
)


@functools.cache
def province() -> tuple[View, Answers]:
    view = View.of(small(), ["xa-a"])
    return view, healthy(view)


def all_saying(text: str) -> Answers:
    _, answers = province()
    said = {device: dict.fromkeys(own, text) for device, own in answers.said.items()}
    return Answers(said, {}, answers.logins)


@settings(max_examples=40, deadline=None)
@given(FOREIGN | st.text(max_size=200) | JSON.map(str))
def test_garbage_never_passes(text: str) -> None:
    view, _ = province()
    answers = all_saying(text)
    states = {one.verdict.state for one in judge(view, answers).values()}
    assert State.PASS not in states
    further_questions(view, answers)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_an_answer_cut_off_never_passes(data: st.DataObject) -> None:
    view, answers = province()
    device = data.draw(st.sampled_from(sorted(answers.said)))
    command = data.draw(st.sampled_from(sorted(answers.said[device])))
    whole = answers.said[device][command]
    cut = whole.rstrip()[: data.draw(st.integers(0, max(len(whole.rstrip()) - 1, 0)))]
    said = {name: dict(own) for name, own in answers.said.items()}
    said[device][command] = cut
    before = judge(view, answers)
    after = judge(view, Answers(said, answers.trains, answers.logins))
    for result, one in after.items():
        # A cut answer may leave a result as it was, where another end or line still proves it.
        if one.verdict.state is State.PASS:
            assert before[result].verdict.state is State.PASS
    changed = [one for key, one in after.items() if one.verdict != before[key].verdict]
    assert all(
        one.verdict.state is not State.PASS or command.startswith(("show", "measure"))
        for one in changed
    )


@given(st.text(max_size=300))
def test_fping_takes_only_whole_lines(text: str) -> None:
    assert all(train.sent == 20 for train in fping(text, 20).values())


def test_fping_of_another_length_is_nothing() -> None:
    assert fping("10.64.16.1 : 0.1 - 0.2", 4) == {}
    assert fping("10.64.16.1 : 0.1 - 0.3", 3)["10.64.16.1"].lost == 1
