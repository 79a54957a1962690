"""The province's SSH authorities, as ssh-keygen reads what they sign."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from giaoban.provision.host_keys import new_private_key, public_text
from giaoban.provision.secrets import SecretStore
from giaoban.provision.ssh_authority import Person, SshAuthority, SshCertificateError

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
AUTHORITY = SshAuthority(SecretStore(bytes(range(32))))
PUBLIC = public_text(new_private_key())
OPERATOR = Person("nguyen-van-an", ("nguyen-van-an.1",))


def _read(certificate: str, folder: Path) -> str:
    file = folder / "key-cert.pub"
    file.write_text(certificate)
    return subprocess.run(
        ["ssh-keygen", "-L", "-f", str(file)],
        check=True,
        capture_output=True,
        text=True,
        env={"TZ": "UTC", "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
    ).stdout


def _fingerprint(public: str, folder: Path) -> str:
    file = folder / "ca.pub"
    file.write_text(public)
    done = subprocess.run(
        ["ssh-keygen", "-l", "-f", str(file)], check=True, capture_output=True, text=True
    )
    return done.stdout.split()[1]


def test_the_authorities_are_the_same_for_good_and_not_one() -> None:
    again = SshAuthority(SecretStore(bytes(range(32))))
    assert (again.hosts, again.users) == (AUTHORITY.hosts, AUTHORITY.users)
    assert AUTHORITY.hosts != AUTHORITY.users


def test_a_host_is_vouched_for_by_its_names(tmp_path: Path) -> None:
    names = ["sv-dns-1", "10.64.40.21"]
    said = _read(AUTHORITY.host_certificate(PUBLIC, names, NOW, timedelta(days=90)), tmp_path)
    assert "ssh-ed25519-cert-v01@openssh.com host certificate" in said
    assert _fingerprint(AUTHORITY.hosts, tmp_path) in said
    assert 'Key ID: "sv-dns-1"' in said
    assert "Valid: from 2026-11-23T08:00:00 to 2027-02-21T08:00:00" in said
    principals = said.partition("Principals:")[2].partition("Critical")[0].split()
    assert principals == names


def test_a_person_is_let_in_for_some_hours(tmp_path: Path) -> None:
    signed = AUTHORITY.user_certificate(PUBLIC, OPERATOR, NOW, timedelta(hours=8))
    said = _read(signed.certificate, tmp_path)
    assert "ssh-ed25519-cert-v01@openssh.com user certificate" in said
    assert _fingerprint(AUTHORITY.users, tmp_path) in said
    assert "Valid: from 2026-11-23T07:55:00 to 2026-11-23T16:00:00" in said
    principals = said.partition("Principals:")[2].partition("Critical")[0].split()
    assert principals == ["nguyen-van-an.1"]
    assert f"Serial: {signed.serial}\n" in said
    extensions = said.partition("Extensions:")[2].split()
    assert extensions == ["permit-port-forwarding", "permit-pty"]


@pytest.mark.parametrize("life", [timedelta(), timedelta(hours=12, seconds=1)])
def test_nobody_is_let_in_for_longer_than_a_day(life: timedelta) -> None:
    with pytest.raises(SshCertificateError, match=r"nguyen-van-an: .* expected at most 12:00:00"):
        AUTHORITY.user_certificate(PUBLIC, OPERATOR, NOW, life)


def test_a_certificate_for_everybody_is_not_signed() -> None:
    with pytest.raises(SshCertificateError, match="expected one name or more"):
        AUTHORITY.host_certificate(PUBLIC, [], NOW, timedelta(days=1))
    with pytest.raises(SshCertificateError, match="expected one name or more"):
        AUTHORITY.user_certificate(PUBLIC, Person("An", ()), NOW, timedelta(hours=1))


def test_a_host_keeps_its_certificate_until_a_third_of_its_life_is_left() -> None:
    names = ["sv-dns-1", "sv-dns-1.daknong.example"]
    first = AUTHORITY.kept_or_new("", PUBLIC, names, NOW)
    for days, kept in ((0, True), (239, True), (241, False), (400, False)):
        later = NOW + timedelta(days=days)
        assert (AUTHORITY.kept_or_new(first, PUBLIC, names, later) == first) is kept


def test_a_certificate_that_is_not_the_hosts_is_replaced() -> None:
    names = ["sv-dns-1"]
    good = AUTHORITY.kept_or_new("", PUBLIC, names, NOW)
    stranger = SshAuthority(SecretStore(bytes(32)))
    person = Person("sv-dns-1", ("sv-dns-1",))
    others = (
        stranger.kept_or_new("", PUBLIC, names, NOW),
        AUTHORITY.kept_or_new("", public_text(new_private_key()), names, NOW),
        AUTHORITY.kept_or_new("", PUBLIC, ["sv-dns-2"], NOW),
        AUTHORITY.user_certificate(PUBLIC, person, NOW, timedelta(hours=1)).certificate,
        PUBLIC,
        "nonsense",
        good[:-8] + "AAAAAAAA",
    )
    for other in others:
        new = AUTHORITY.kept_or_new(other, PUBLIC, names, NOW)
        assert new != other
        assert AUTHORITY.kept_or_new(new, PUBLIC, names, NOW) == new
