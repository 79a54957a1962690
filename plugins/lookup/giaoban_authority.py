"""What the province's certificate authority signs, on the controller."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import ip_network
from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from giaoban.errors import GiaobanError
from giaoban.provision.authority import Authority, Domain
from giaoban.provision.secrets import SecretStore

DOCUMENTATION = """
name: giaoban_authority
short_description: Give what the province's certificate authority signs
description:
  - Signs with the root's key, which is derived from the master key that C(commit__secrets_file)
    names and never becomes a variable.
options:
  _terms:
    description:
      - C(root) gives the root's certificate and C(revocation_list) what it revoked, in PEM.
      - C(issuing) gives the C(certificate) and the C(key) of an issuing CA, in PEM.
    choices: [root, issuing, revocation_list]
    required: true
  authority:
    description: C(name), C(domain) and C(networks) of the province.
    type: dict
    required: true
  generations:
    description: Generation of each issuing server's key.
    type: dict
    default: {}
  server:
    description: The issuing CA's server, for C(issuing).
    type: str
"""


class LookupModule(LookupBase):
    """Ansible's way of asking for signatures."""

    def run(
        self, terms: list[str], variables: dict[str, Any] | None = None, **options: Any
    ) -> list[Any]:
        """Sign what each term names."""
        self.set_options(var_options=variables, direct=options)
        known = self.get_option("authority")
        try:
            networks = tuple(ip_network(network) for network in known["networks"])
            file = self._templar.template((variables or {})["commit__secrets_file"])
            domain = Domain(known["name"], known["domain"], networks)
            authority = Authority(domain, SecretStore.from_file(file))
        except (GiaobanError, KeyError, ValueError) as failure:
            raise AnsibleLookupError(f"giaoban_authority: {failure}") from failure
        return [self._signed(authority, term) for term in terms]

    def _signed(self, authority: Authority, term: str) -> Any:
        generations = self.get_option("generations")
        now = datetime.now(UTC)
        if term == "root":
            return authority.root()
        if term == "revocation_list":
            return authority.revocation_list(generations, now)
        server = self.get_option("server")
        if term != "issuing" or server not in generations:
            raise AnsibleLookupError(
                f"giaoban_authority: found {term!r} for server {server!r}, expected root,"
                " revocation_list, or issuing for a server of the group pki"
            )
        issuing = authority.issuing(server, generations[server], now)
        return {"certificate": issuing.certificate, "key": issuing.key}
