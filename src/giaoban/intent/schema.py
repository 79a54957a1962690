"""The JSON Schema of an intent's files, for editors.

Each file holds some of the top-level keys, so none is required; rules between values are not in
it (`giaoban check` has them).
"""

from __future__ import annotations

import json
from typing import Any

from giaoban.intent.shape import json_schema

TITLE = "Intent of a province"
DESCRIPTION = "One file of an intent: any of these keys. Made by `giaoban schema`."


def schema() -> dict[str, Any]:
    """Give the JSON Schema (draft 2020-12) of one file of an intent."""
    whole = json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": TITLE,
        "description": DESCRIPTION,
        "type": "object",
        "additionalProperties": False,
        "properties": whole["properties"],
        "$defs": whole["$defs"],
    }


def schema_text() -> str:
    """Give the JSON Schema as the text of docs/reference/intent.schema.json."""
    return json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"
