"""A role's templates, and the candidate tree a box's roles make together.

`roles/<role>/meta/candidate.yml` lists the files a role puts into the tree:

    requires: [variables that must not be empty]
    files:
      - path: etc/frr/frr.conf            # its template is templates/etc/frr/frr.conf.j2
        mode: "0640"                      # else 0644, root, root
        owner: frr
        group: frr
      - path: etc/systemd/network/20-{name}.network
        template: etc/systemd/network/20-interface.network.j2
        each: base__interfaces            # one file for each item, which the template calls `item`

A template that renders to nothing makes no file.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.exceptions import TemplateError

from giaoban.errors import GiaobanError
from giaoban.render.arguments import RoleArguments
from giaoban.render.filters import FILTERS

FILES_INDEX = "files.json"


class RenderError(GiaobanError):
    """A template and its variables do not fit."""


@dataclass(frozen=True, slots=True)
class CandidateFile:
    """One file of a box's candidate tree; `path` has no leading slash."""

    path: str
    text: str
    mode: str = "0644"
    owner: str = "root"
    group: str = "root"


@dataclass(frozen=True)
class RoleTemplates:
    """The templates of one role."""

    folder: Path

    @cached_property
    def defaults(self) -> dict[str, Any]:
        """The role's own values for variables nobody set."""
        return _read_yaml(self.folder / "defaults" / "main.yml")

    @cached_property
    def _arguments(self) -> RoleArguments:
        return RoleArguments(self.folder)

    @cached_property
    def _listing(self) -> dict[str, Any]:
        return _read_yaml(self.folder / "meta" / "candidate.yml")

    @cached_property
    def _environment(self) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(self.folder / "templates"),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            autoescape=False,  # noqa: S701 (configuration files, not HTML)
        )
        environment.filters.update(FILTERS)
        return environment

    def render(self, variables: Mapping[str, Any]) -> list[CandidateFile]:
        """Give the role's files for one box.

        Args:
            variables: the box's variables; the role's defaults stand in for what is missing.

        Raises:
            ArgumentsError: a variable is not what the role's argument_specs say.
            RenderError: a required variable is empty, or a template asks for what is not there.
        """
        known = self.defaults | dict(variables)
        self._arguments.check(known)
        for name in self._listing.get("requires", ()):
            if not known.get(name):
                raise RenderError(
                    f"role {self.folder.name}: {name} is empty; it must hold at least one value"
                    f" (roles/{self.folder.name}/defaults/main.yml says what it is)"
                )
        return [file for entry in self._listing["files"] for file in self._entry(entry, known)]

    def _entry(self, entry: dict[str, str], known: dict[str, Any]) -> Iterable[CandidateFile]:
        name = entry.get("template", f"{entry['path']}.j2")
        items = known[entry["each"]] if "each" in entry else [{}]
        ownership = {key: entry[key] for key in ("mode", "owner", "group") if key in entry}
        for item in items:
            path = entry["path"].format_map(item)
            try:
                text = self._environment.get_template(name).render(known | {"item": item})
            except (TemplateError, TypeError, KeyError) as failure:
                raise RenderError(
                    f"roles/{self.folder.name}/templates/{name}: {failure};"
                    " the plan or the role's defaults must give this variable"
                ) from failure
            if text.strip():
                yield CandidateFile(path, text, **ownership)


@cache
def _read_yaml(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    return content


def write_candidate(folder: Path, files: Iterable[CandidateFile], *, fresh: bool) -> None:
    """Write files into a box's candidate tree, and their owners and modes into its index.

    Args:
        folder: the box's tree; made where it is missing.
        files: what to add.
        fresh: begin an empty tree instead of adding to what is there.
    """
    if fresh:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    index_file = folder / FILES_INDEX
    index = json.loads(index_file.read_text()) if index_file.exists() else []
    for file in files:
        target = folder / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(file.text, encoding="utf-8")
        row = asdict(file)
        del row["text"]
        index.append(row)
    index.sort(key=lambda row: str(row["path"]))
    beside = index_file.with_suffix(".new")
    beside.write_text(json.dumps(index, indent=1), encoding="utf-8")
    beside.replace(index_file)
