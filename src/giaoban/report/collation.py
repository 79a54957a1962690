"""The order of Vietnamese words, independent of the machine's locale."""

from __future__ import annotations

import re
import unicodedata

# The alphabet of TCVN 6909 and every dictionary; f, j, w and z stand where English has them.
_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_LETTER = {letter: place for place, letter in enumerate(_ALPHABET, 1)}
# Level, grave, hook, tilde, acute, dot: the order of dictionaries (ngang huyền hỏi ngã sắc nặng).
_TONE = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
_MARK = frozenset("\u0302\u0306\u031b")
_PART = re.compile(r"\d+|.", re.DOTALL)
_SPACE, _SIGN, _DIGIT, _LATIN, _OTHER = range(5)

Weight = tuple[int, int]
Key = tuple[tuple[Weight, ...], tuple[int, ...], tuple[bool, ...], str]


def collation_key(text: str) -> Key:
    """Give the sorting key of a Vietnamese text.

    Letters decide first (a ă â … d đ …), then the tones from left to right, then small letters
    before capitals. Numbers sort by their value, signs before them, and a shorter word first.
    """
    letters: list[Weight] = []
    tones: list[int] = []
    capitals: list[bool] = []
    for part in _PART.findall(_composed(text)):
        if part in _TONE:
            tones[-1:] = [_TONE[part]]
            continue
        letters.append(_weight(part))
        tones.append(0)
        capitals.append(part.isupper())
    return tuple(letters), tuple(tones), tuple(capitals), text


def _composed(text: str) -> str:
    """Give the text with its letters whole (ă, ơ …) and their tones apart behind them."""
    out: list[str] = []
    tone = ""
    for character in unicodedata.normalize("NFD", text):
        if character in _TONE:
            tone = character
        elif character in _MARK and out:
            out[-1] = unicodedata.normalize("NFC", out[-1] + character)
        else:
            out += [tone, character] if tone else [character]
            tone = ""
    return "".join([*out, tone])


def _weight(part: str) -> Weight:
    if part.isspace():
        return _SPACE, 0
    if part.isdecimal():
        return _DIGIT, int(part)
    place = _LETTER.get(part.lower())
    if place is not None:
        return _LATIN, place
    return (_OTHER if part.isalpha() else _SIGN), ord(part[0])
