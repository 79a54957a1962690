"""A secret of the province by its name, derived from its master key on the controller."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from giaoban.errors import GiaobanError
from giaoban.provision.secrets import SecretStore

DOCUMENTATION = """
name: giaoban_secret
short_description: Give secrets of the province
description:
  - Gives each named secret, derived from the master key that `commit__secrets_file` names.
options:
  _terms:
    description: Names of secrets.
    required: true
"""


class LookupModule(LookupBase):
    """Ansible's way of asking for secrets."""

    def run(
        self, terms: list[str], variables: dict[str, Any] | None = None, **options: Any
    ) -> list[str]:
        """Give the secrets in the order of their names."""
        del options
        try:
            file = self._templar.template((variables or {})["commit__secrets_file"])
            store = SecretStore.from_file(file)
        except (GiaobanError, KeyError) as failure:
            raise AnsibleLookupError(f"giaoban_secret: {failure}") from failure
        return [store.value(term) for term in terms]
