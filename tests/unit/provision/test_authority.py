"""The province's CA: the same for good, and believed for the province only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, ip_network

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from giaoban.provision.authority import (
    EPOCH,
    ISSUING_LIFE,
    REVOCATION_LIFE,
    Authority,
    Domain,
    Issuing,
    Period,
)
from giaoban.provision.secrets import SecretStore

DOMAIN = Domain(
    "Tỉnh Đắk Nông",
    "daknong.example",
    (ip_network("10.64.0.0/14"), ip_network("fd67:6700:a64::/48")),
)
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
STORE = SecretStore(bytes(range(32)))
AUTHORITY = Authority(DOMAIN, STORE)


def _issuing(generation: int = 1, moment: datetime = NOW) -> Issuing:
    return AUTHORITY.issuing("sv-pki-1", generation, moment)


def _certificate(pem: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pem.encode())


def _revoked(generations: dict[str, int], moment: datetime = NOW) -> set[int]:
    pem = AUTHORITY.revocation_list(generations, moment)
    return {entry.serial_number for entry in x509.load_pem_x509_crl(pem.encode())}


def _leaf(name: x509.GeneralName, issuing: Issuing) -> x509.Certificate:
    """Sign as Caddy does."""
    issuer = _certificate(issuing.certificate)
    key = serialization.load_pem_private_key(issuing.key.encode(), None)
    own = ec.generate_private_key(ec.SECP256R1()).public_key()
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([]))
        .issuer_name(issuer.subject)
        .public_key(own)
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([name]), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False
        )
        .sign(key, hashes.SHA256())
    )


def _verify(name: x509.DNSName | x509.IPAddress, root: str, issuing: Issuing) -> None:
    policy = PolicyBuilder().store(Store([_certificate(root)])).time(NOW)
    policy.build_server_verifier(name).verify(
        _leaf(name, issuing), [_certificate(issuing.certificate)]
    )


def test_the_root_is_the_same_for_good() -> None:
    root = _certificate(Authority(DOMAIN, SecretStore(bytes(range(32)))).root())
    assert root == _certificate(AUTHORITY.root())
    assert root.fingerprint(hashes.SHA256()).hex() == (
        "d025910e8149b1c31bcf062805a75d43d70ff7594c28cb3ab77743b47c006c07"
    )


def test_another_master_key_is_another_root() -> None:
    assert Authority(DOMAIN, SecretStore(bytes(32))).root() != AUTHORITY.root()


def test_a_rebuilt_controller_signs_what_old_clients_trust() -> None:
    rebuilt = Authority(DOMAIN, SecretStore(bytes(range(32))))
    issuing = rebuilt.issuing("sv-pki-1", 1, NOW)
    assert issuing == _issuing()
    _verify(x509.DNSName("sv-dns-1.daknong.example"), AUTHORITY.root(), issuing)


@pytest.mark.parametrize(
    "name",
    [
        x509.DNSName("daknong.example"),
        x509.DNSName("pki.daknong.example"),
        x509.IPAddress(IPv4Address("10.64.40.31")),
    ],
)
def test_a_name_of_the_province_is_believed(name: x509.DNSName | x509.IPAddress) -> None:
    _verify(name, AUTHORITY.root(), _issuing())


@pytest.mark.parametrize(
    "name",
    [
        x509.DNSName("gov.example"),
        x509.DNSName("notdaknong.example"),
        x509.DNSName("daknong.example.net"),
        x509.IPAddress(IPv4Address("10.68.0.1")),
    ],
)
def test_no_other_name_is_believed(name: x509.DNSName | x509.IPAddress) -> None:
    with pytest.raises(VerificationError):
        _verify(name, AUTHORITY.root(), _issuing())


def test_an_issuing_ca_makes_no_other_ca() -> None:
    extensions = _certificate(_issuing().certificate).extensions
    assert extensions.get_extension_for_class(x509.BasicConstraints).value.path_length == 0
    assert extensions.get_extension_for_class(x509.NameConstraints).critical


def test_no_two_share_a_key_or_a_serial() -> None:
    made = [AUTHORITY.root()]
    made += [_issuing(generation).certificate for generation in (1, 2)]
    made.append(AUTHORITY.issuing("sv-pki-2", 1, NOW).certificate)
    made.append(_issuing(moment=NOW + ISSUING_LIFE).certificate)
    certificates = [_certificate(pem) for pem in made]
    assert len({found.serial_number for found in certificates}) == len(made)
    assert len({found.public_key().public_numbers() for found in certificates}) == len(made)  # type: ignore[union-attr]


def test_it_is_signed_anew_when_a_third_of_its_life_remains() -> None:
    ends = _certificate(_issuing().certificate).not_valid_after_utc
    due = ends - ISSUING_LIFE / 3
    assert _issuing(moment=due - timedelta(seconds=1)) == _issuing()
    assert _certificate(_issuing(moment=due).certificate).not_valid_before_utc == due


@pytest.mark.parametrize("days", [0, 1, 239, 240, 241, 5000])
def test_a_period_always_has_a_third_left(days: int) -> None:
    moment = EPOCH + timedelta(days=days)
    period = Period.at(moment, ISSUING_LIFE)
    assert period.begins <= moment
    assert period.ends - moment > ISSUING_LIFE / 3


def test_nothing_is_revoked_on_the_first_day() -> None:
    assert _revoked({"sv-pki-1": 1}) == set()


def test_a_new_generation_revokes_the_old_one_and_nothing_else() -> None:
    revoked = _revoked({"sv-pki-1": 2, "sv-pki-2": 1})
    assert _certificate(_issuing(1).certificate).serial_number in revoked
    # The one of the period before is valid for some days yet.
    before = _issuing(1, NOW - ISSUING_LIFE * 2 / 3)
    assert _certificate(before.certificate).serial_number in revoked
    assert _certificate(_issuing(2).certificate).serial_number not in revoked
    other = AUTHORITY.issuing("sv-pki-2", 1, NOW)
    assert _certificate(other.certificate).serial_number not in revoked


def test_what_ran_out_is_not_listed_any_more() -> None:
    late = NOW + 2 * ISSUING_LIFE
    assert _certificate(_issuing(1).certificate).serial_number not in _revoked(
        {"sv-pki-1": 2}, late
    )


def test_the_list_is_the_roots_and_its_number_grows() -> None:
    def listed(generation: int, moment: datetime) -> x509.CertificateRevocationList:
        pem = AUTHORITY.revocation_list({"sv-pki-1": generation}, moment)
        return x509.load_pem_x509_crl(pem.encode())

    lists = [listed(1, NOW), listed(2, NOW), listed(2, NOW + REVOCATION_LIFE)]
    root = _certificate(AUTHORITY.root()).public_key()
    assert isinstance(root, ec.EllipticCurvePublicKey)
    assert all(found.is_signature_valid(root) for found in lists)
    numbers = [
        found.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number for found in lists
    ]
    assert numbers == sorted(set(numbers))


def test_the_province_is_in_the_subject() -> None:
    subject = _certificate(AUTHORITY.root()).subject
    assert subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value == "Tỉnh Đắk Nông"
