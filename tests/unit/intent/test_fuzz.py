"""Whatever is fed in, the answer is an intent or sentences, never a traceback."""

from __future__ import annotations

import string
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from giaoban.intent.load import load
from giaoban.intent.model import Intent
from giaoban.intent.problems import IntentError
from giaoban.intent.source import read

SMALL = Path(__file__).with_name("small.yml").read_bytes()
KEYS = sorted(
    set(Intent.model_fields)
    | {"slug", "name", "tier", "number", "parent", "site", "to", "rate", "prefixes", "ipv4"}
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["core-1", "xa-a", "huyen-a", "10.64.0.0/14", "20 Mbit/s", "commune"])
)
TREES = st.recursive(
    SCALARS,
    lambda below: (
        st.lists(below, max_size=4) | st.dictionaries(st.sampled_from(KEYS), below, max_size=6)
    ),
    max_leaves=25,
)


# More than the fast profile looks at: loading is quick, and rare bytes are the point.
EXAMPLES = max(100, settings.default.max_examples)


def answer(content: bytes) -> str:
    """Give what `giaoban check` would say."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "intent.yml"
        path.write_bytes(content)
        try:
            load(path)
        except IntentError as failure:
            text = str(failure)
            assert text.splitlines()
            assert text.isascii() or text.encode()
            return text
    return "no problem found"


@given(st.binary(max_size=300))
@settings(max_examples=EXAMPLES)
def test_random_bytes(content: bytes) -> None:
    answer(content)


@given(st.text(alphabet=string.ascii_lowercase + " \n\t-:[]{}&*!|>'\"%@`#,?0.é", max_size=200))
@settings(max_examples=EXAMPLES)
def test_random_yaml_like_text(content: str) -> None:
    answer(content.encode())


@given(st.integers(0, len(SMALL) - 1), st.integers(0, 40), st.binary(max_size=12))
@settings(max_examples=EXAMPLES)
def test_small_intent_with_a_stretch_replaced(start: int, length: int, new: bytes) -> None:
    answer(SMALL[:start] + new + SMALL[start + length :])


@given(st.dictionaries(st.sampled_from(KEYS), TREES, max_size=8))
@settings(max_examples=EXAMPLES)
def test_random_values_under_known_keys(tree: dict[str, Any]) -> None:
    answer(yaml.safe_dump(tree, allow_unicode=True).encode())


def paths(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    steps: Any = ()
    if isinstance(value, dict):
        steps = value.items()
    elif isinstance(value, list):
        steps = enumerate(value)
    for step, below in steps:
        yield from paths(below, (*path, step))


WHOLE = read(Path(__file__).with_name("small.yml")).root.value()
PATHS = list(paths(WHOLE))


@contextmanager
def replaced(path: tuple[Any, ...], new: object) -> Iterator[dict[str, Any]]:
    """The small intent with one value replaced, and put back afterwards."""
    holder: Any = WHOLE
    for step in path[:-1]:
        holder = holder[step]
    old = holder[path[-1]]
    holder[path[-1]] = new
    try:
        yield WHOLE
    finally:
        holder[path[-1]] = old


@given(st.sampled_from(PATHS), TREES)
@settings(max_examples=EXAMPLES)
def test_small_intent_with_one_value_replaced(path: tuple[Any, ...], new: object) -> None:
    with replaced(path, new) as tree:
        answer(yaml.safe_dump(tree, allow_unicode=True).encode())


@pytest.mark.parametrize("depth", [31, 33, 5000, 100_000])
@pytest.mark.parametrize("bracket", ["[", "{a: ", "- "])
def test_depth(depth: int, bracket: str) -> None:
    assert "problem" in answer(b"sites:\n  " + bracket.encode() * depth + b"\n")
