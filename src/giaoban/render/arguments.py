"""A role's variables against its `meta/argument_specs.yml`, by Ansible's own validator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from giaoban.errors import GiaobanError


class ArgumentsError(GiaobanError):
    """A role's variables are not what its argument_specs say, or these cannot be read."""


@dataclass(frozen=True)
class RoleArguments:
    """What the role in `folder` says of its variables."""

    folder: Path

    @cached_property
    def _options(self) -> dict[str, Any]:
        file = self.folder / "meta" / "argument_specs.yml"
        try:
            specs = yaml.safe_load(file.read_text(encoding="utf-8"))
            options: dict[str, Any] = specs["argument_specs"]["main"]["options"]
        except (OSError, yaml.YAMLError, KeyError, TypeError) as failure:
            raise ArgumentsError(
                f"{file}: cannot be read ({failure!r}); expected argument_specs: main: options:"
            ) from failure
        return options

    @cached_property
    def _validator(self) -> ArgumentSpecValidator:
        return ArgumentSpecValidator(self._options)

    def of(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Give the role's own ones among a box's variables."""
        return {name: variables[name] for name in self._options if name in variables}

    def check(self, variables: Mapping[str, Any]) -> None:
        """Compare a box's variables, filled in, with the specification.

        Raises:
            ArgumentsError: with every variable that does not fit.

        """
        found = self._validator.validate(self.of(variables), validate_role_argument_spec=True)
        if found.error_messages:
            raise ArgumentsError(
                f"role {self.folder.name}: {'; '.join(found.error_messages)}"
                f" (roles/{self.folder.name}/meta/argument_specs.yml)"
            )
