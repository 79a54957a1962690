"""Those who ask while servers are lost: an office of a commune, and a service that reads people."""

from __future__ import annotations

import secrets
import shlex
from pathlib import Path

from giaoban.directory.entries import suffix_of
from giaoban.intent.load import load
from giaoban.plan import Plan, build
from giaoban.plan.services import DIRECTORY, members
from giaoban.plan.variables.dns import name_servers
from giaoban.provision.reach import Reach
from giaoban.provision.secrets import SecretStore
from giaoban.twin.enter import run_inside
from giaoban.twin.nodes import Box
from giaoban.twin.paths import TwinPaths
from tests.bench.running import Failed
from tests.bench.watching import Service

PC, PROBE = "pc-xa-dak-wil", "sv-probe-1"
_ROOT, _READER, _PERSON = "/run/root.crt", "/run/reader", "/run/person"
_GIVEN_UP = 3  # seconds after which a client asks another address


def users(paths: TwinPaths, inventory: Path) -> list[Service]:
    """Prepare who asks, and give what they ask: names, a page, a log-in, an entry.

    Raises:
        Failed: a node refused.

    """
    reach = Reach.read(inventory)
    plan = build(load(reach.intent))
    domain = plan.intent.province.domain
    store = SecretStore.from_file(reach.master_key)
    servers = [server.device for server in members(plan, DIRECTORY)]
    suffix = suffix_of(domain)
    person = _person(paths, servers[0], suffix)
    # What the network tells an office, with the second that Windows waits.
    told = "".join(f"nameserver {server.ipv4}\n" for server in name_servers(plan))
    _write(paths, PC, "/etc/resolv.conf", f"{told}options timeout:1\n")
    root = inside(paths, servers[0], "cat /usr/local/share/ca-certificates/giaoban-root.crt")
    _write(paths, PC, _ROOT, root)
    _write(paths, PROBE, _ROOT, root)
    _write(paths, PROBE, _READER, store.value("directory/mail"))
    _write(paths, PROBE, _PERSON, _set_password(paths, servers[0], person))
    uris = " ".join(f"ldaps://{server}.{domain}" for server in servers)
    bind = ("env", f"LDAPTLS_CACERT={_ROOT}")
    limit = ("-x", "-o", f"nettimeout={_GIVEN_UP}", "-H", uris)
    reader = f"cn=mail,ou=services,{suffix}"
    return [
        Service("names", PC, ("getent", "ahosts", f"rt-xa-dak-wil.{domain}")),
        Service("web", PC, _page(plan)),
        Service("log-in", PROBE, (*bind, "ldapwhoami", *limit, "-D", person, "-y", _PERSON)),
        Service(
            "directory",
            PROBE,
            (*bind, "ldapsearch", *limit, "-D", reader, "-y", _READER, "-b", person, "mail"),
        ),
    ]


def _page(plan: Plan) -> tuple[str, ...]:
    (slot,) = plan.slots.values()
    patience = ("--connect-timeout", str(_GIVEN_UP), "--max-time", "12")
    return ("curl", "-sS", "--fail", *patience, "--cacert", _ROOT, f"https://{slot.name}/")


def _person(paths: TwinPaths, server: str, suffix: str) -> str:
    """Give the name of the entry of person 1."""
    ask = f"ldapsearch -LLL -Q -Y EXTERNAL -H ldapi:/// -b ou=people,{suffix} employeeNumber=1 dn"
    return inside(paths, server, ask).partition("dn: ")[2].strip()


def _set_password(paths: TwinPaths, server: str, person: str) -> str:
    """Give a person a password as root, and have him change it, as the directory demands."""
    first, own = secrets.token_urlsafe(), secrets.token_urlsafe()
    _write(paths, server, f"{_PERSON}.first", first)
    _write(paths, server, _PERSON, own)
    as_root, as_himself = "-Q -Y EXTERNAL", f"-x -D {shlex.quote(person)} -y {_PERSON}.first"
    set_it = f"ldappasswd {as_root} -H ldapi:/// -T {_PERSON}.first {shlex.quote(person)}"
    change_it = f"ldappasswd {as_himself} -H ldapi:/// -T {_PERSON}"
    try:
        inside(paths, server, f"{set_it} && {change_it}")
    finally:
        inside(paths, server, f"rm {_PERSON} {_PERSON}.first")
    return own


def _write(paths: TwinPaths, node: str, file: str, text: str) -> None:
    inside(paths, node, f"umask 077; printf %s {shlex.quote(text)} >{file}")


def inside(paths: TwinPaths, node: str, command: str) -> str:
    """Run a shell command in a node and give what it printed.

    Raises:
        Failed: it ended with an error.

    """
    done = run_inside(Box(paths, node), ["sh", "-c", command])
    if done.returncode != 0:
        raise Failed(f"{node}: {done.stderr}{done.stdout}")
    return done.stdout
