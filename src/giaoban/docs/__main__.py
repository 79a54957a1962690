"""`python -m giaoban.docs`, which scripts/docs runs."""

from __future__ import annotations

import sys
from pathlib import Path

from giaoban.docs.pages import pages, write_pages


def main() -> None:
    """Write the pages that are not current, and name them."""
    for page in write_pages(Path(), pages(Path())):
        sys.stdout.write(f"docs/reference/{page}: written\n")


if __name__ == "__main__":
    main()
