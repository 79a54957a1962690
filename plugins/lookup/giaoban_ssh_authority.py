"""What the province's SSH authorities vouch for, on the controller."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from giaoban.errors import GiaobanError
from giaoban.provision.secrets import SecretStore
from giaoban.provision.ssh_authority import SshAuthority

DOCUMENTATION = """
name: giaoban_ssh_authority
short_description: Give what the province's SSH authorities vouch for
description:
  - Signs with keys that are derived from the master key that C(commit__secrets_file) names and
    that never become variables.
options:
  _terms:
    description:
      - C(users) gives the public key that vouches for people.
      - C(host) gives a host's certificate, the one that it has where that one is still good.
    choices: [users, host]
    required: true
  public:
    description: The host's public key, as one line of OpenSSH.
    type: str
    default: ""
  names:
    description: What the host is called.
    type: list
    elements: str
    default: []
  current:
    description: The certificate that the host has.
    type: str
    default: ""
"""


class LookupModule(LookupBase):
    """Ansible's way of asking for SSH certificates."""

    def run(
        self, terms: list[str], variables: dict[str, Any] | None = None, **options: Any
    ) -> list[str]:
        """Give what each term names."""
        self.set_options(var_options=variables, direct=options)
        try:
            file = self._templar.template((variables or {})["commit__secrets_file"])
            authority = SshAuthority(SecretStore.from_file(file))
            return [self._vouched(authority, term) for term in terms]
        except (GiaobanError, KeyError) as failure:
            raise AnsibleLookupError(f"giaoban_ssh_authority: {failure}") from failure

    def _vouched(self, authority: SshAuthority, term: str) -> str:
        if term == "users":
            return authority.users
        if term != "host":
            raise AnsibleLookupError(
                f"giaoban_ssh_authority: found {term!r}, expected users or host"
            )
        current, public = self.get_option("current"), self.get_option("public")
        names = [str(name) for name in self.get_option("names")]
        return authority.kept_or_new(str(current).strip(), str(public), names, datetime.now(UTC))
