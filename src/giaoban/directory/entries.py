"""What the directory should hold: its frame, and a person's entry. Pure.

    dc=daknong,dc=example
      ou=units     ou=<slug>        an agency; `seeAlso` is its parent's entry
      ou=people    uid=<login>      a person; `departmentNumber` is the slug of the unit
      ou=services  cn=<name>        who asks for a service: mail, meetings; and the other server
      ou=policies  cn=<name>        rules for passwords

Units and people are flat: an agency that gets another parent, or a person another unit, keeps the
name that others refer to.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from giaoban.directory.logins import plain
from giaoban.directory.people import Person, Unit

# What ppolicy takes for ever (draft-behera-ldap-password-policy, 5.3.3).
LOCKED: Final = "000001010000Z"
OFFICIAL, FORMER = "official", "former"

# Attributes of a person that are the CSV's. Whatever else is there is somebody else's: the
# password, and the mobile telephone, which people write themselves.
PERSON_ATTRIBUTES: Final = (
    "objectClass",
    "uid",
    "cn",
    "sn",
    "givenName",
    "displayName",
    "employeeNumber",
    "employeeType",
    "departmentNumber",
    "ou",
    "title",
    "telephoneNumber",
    "mail",
    "mailLocalAddress",
    "pwdAccountLockedTime",
)
# Of everything else, in the order in which it is shown.
FRAME_ATTRIBUTES: Final = (
    "objectClass",
    "dc",
    "o",
    "ou",
    "cn",
    "description",
    "businessCategory",
    "seeAlso",
    "userPassword",
    "pwdPolicySubentry",
    "pwdAttribute",
    "pwdAllowUserChange",
    "pwdCheckQuality",
    "pwdFailureCountInterval",
    "pwdInHistory",
    "pwdLockout",
    "pwdLockoutDuration",
    "pwdMaxFailure",
    "pwdMaxLength",
    "pwdMinLength",
    "pwdMustChange",
)
REPLICA: Final = "replica"
_SALT_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry: its name and the values of its attributes."""

    dn: str
    attributes: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Passwords:
    """Rules for people's passwords: characters, failures, and seconds."""

    min_length: int
    history: int
    max_failures: int
    lockout_s: int


def suffix_of(domain: str) -> str:
    """Give the name of the directory's top, such as `dc=daknong,dc=example`."""
    return ",".join(f"dc={label}" for label in domain.split("."))


def people_base(domain: str) -> str:
    """Give the name of what people are under."""
    return f"ou=people,{suffix_of(domain)}"


def person_entry(person: Person, unit: Unit, domain: str) -> Entry:
    """Give a person's entry. Who left is locked for ever, and stays."""
    words = person.name.split()
    names = dict.fromkeys([person.name, plain(person.name)])
    attributes = {
        "objectClass": ("inetOrgPerson", "inetLocalMailRecipient"),
        "uid": (person.login,),
        "cn": tuple(names),
        "sn": (words[0],),
        "givenName": (words[-1],),
        "displayName": (person.name,),
        "employeeNumber": (str(person.number),),
        "employeeType": (FORMER if person.left else OFFICIAL,),
        "departmentNumber": (unit.slug,),
        "ou": (unit.name,),
        "title": (person.title,),
        "telephoneNumber": (person.phone,),
        "mail": (f"{person.login}@{domain}",),
        "mailLocalAddress": tuple(f"{alias}@{domain}" for alias in person.aliases),
        "pwdAccountLockedTime": (LOCKED,) if person.left else (),
    }
    return _entry(f"uid={person.login},{people_base(domain)}", attributes)


def frame(
    domain: str,
    province: str,
    units: Iterable[Unit],
    secrets: Mapping[str, str],
    passwords: Passwords,
) -> Iterator[Entry]:
    """Give everything but people, parents before children.

    Args:
        domain: of the province.
        province: its name.
        units: its agencies.
        secrets: password of each service by its name, of 128 bits or more.
        passwords: rules for people's.

    """
    suffix = suffix_of(domain)
    top = {"objectClass": ("organization", "dcObject"), "dc": (domain.partition(".")[0],)}
    yield _entry(suffix, top | {"o": (province,)})
    for name in ("policies", "services", "units", "people"):
        yield _entry(f"ou={name},{suffix}", {"objectClass": ("organizationalUnit",), "ou": (name,)})
    yield _policy("people", suffix, _for_people(passwords))
    # A secret of 160 bits needs no lock, and with one anybody could keep mail from being delivered.
    yield _policy("services", suffix, {"pwdLockout": "FALSE"})
    for service in sorted(secrets):
        yield _service(service, secrets[service], suffix)
    for unit in units:
        yield _unit(unit, suffix)


def _entry(dn: str, attributes: Mapping[str, tuple[str, ...]]) -> Entry:
    kept = {name: tuple(filter(None, values)) for name, values in attributes.items()}
    return Entry(dn, {name: values for name, values in kept.items() if values})


def _policy(name: str, suffix: str, rules: Mapping[str, str]) -> Entry:
    attributes = {
        "objectClass": ("applicationProcess", "pwdPolicy"),
        "cn": (name,),
        "pwdAttribute": ("userPassword",),
    }
    return _entry(
        f"cn={name},ou=policies,{suffix}",
        attributes | {rule: (value,) for rule, value in rules.items()},
    )


def _for_people(passwords: Passwords) -> dict[str, str]:
    return {
        "pwdAllowUserChange": "TRUE",
        # What cannot be judged, such as a hash, is refused.
        "pwdCheckQuality": "2",
        "pwdMinLength": str(passwords.min_length),
        "pwdMaxLength": "256",
        "pwdInHistory": str(passwords.history),
        # Whom somebody else gave a password has to change it first.
        "pwdMustChange": "TRUE",
        "pwdLockout": "TRUE",
        "pwdMaxFailure": str(passwords.max_failures),
        "pwdFailureCountInterval": str(passwords.lockout_s),
        "pwdLockoutDuration": str(passwords.lockout_s),
    }


def _service(name: str, secret: str, suffix: str) -> Entry:
    return _entry(
        f"cn={name},ou=services,{suffix}",
        {
            "objectClass": ("applicationProcess", "simpleSecurityObject"),
            "cn": (name,),
            "userPassword": (hashed(name, secret),),
            "pwdPolicySubentry": (f"cn=services,ou=policies,{suffix}",),
        },
    )


def hashed(name: str, secret: str) -> str:
    """Hash a service's secret, with a salt that follows from it: the same one compares equal.

    Nobody guesses 160 bits, so the hash may be quick: mail asks with it all day.
    """
    salt = hashlib.sha256(f"giaoban salt {name} {secret}".encode()).digest()[:_SALT_BYTES]
    digest = hashlib.sha512(secret.encode() + salt).digest()
    return f"{{SSHA512}}{base64.b64encode(digest + salt).decode()}"


def _unit(unit: Unit, suffix: str) -> Entry:
    parent = f"ou={unit.parent},ou=units,{suffix}" if unit.parent else ""
    return _entry(
        f"ou={unit.slug},ou=units,{suffix}",
        {
            "objectClass": ("organizationalUnit",),
            "ou": (unit.slug,),
            "description": (unit.name,),
            "businessCategory": ("retired" if unit.retired else unit.tier,),
            "seeAlso": (parent,),
        },
    )
