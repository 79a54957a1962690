"""The province's certificate authority: its root, its issuing CAs, what the root revoked. Pure.

Nothing is stored. Keys are derived from the master key, times are counted in periods from one day,
serials are digests and signatures are deterministic (RFC 6979): the same master key and moment give
the same bytes, on this controller or on the one that replaces it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network, IPv6Network
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from giaoban.provision.derived import p256_key, pem_of
from giaoban.provision.secrets import SecretStore

Network = IPv4Network | IPv6Network

# Every period is counted from here, and the root is valid from here; it never changes.
EPOCH: Final = datetime(2026, 1, 1, tzinfo=UTC)
ROOT_LIFE: Final = timedelta(days=25 * 365)
# No leaf outlives the CA that issued it, and Caddy 2.6 gives whoever asks up to 365 days.
ISSUING_LIFE: Final = timedelta(days=360)
REVOCATION_LIFE: Final = timedelta(days=360)

_ROOT_SECRET: Final = "pki/root"  # noqa: S105 (a secret's name)
_SERIAL_BYTES: Final = 16  # RFC 5280, 4.1.2.2: at most 20, and never negative
_SIGNING: Final = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)


@dataclass(frozen=True, slots=True)
class Domain:
    """What the authority may speak for: nothing else is believed, whoever holds its keys.

    `name` is the province's, for people; `networks` are its address blocks.
    """

    name: str
    domain: str
    networks: tuple[Network, ...]

    @property
    def constraints(self) -> x509.NameConstraints:
        """The names and addresses that its certificates may be for (RFC 5280, 4.2.1.10)."""
        named: list[x509.GeneralName] = [x509.DNSName(self.domain)]
        blocks = [x509.IPAddress(network) for network in self.networks]
        return x509.NameConstraints(permitted_subtrees=[*named, *blocks], excluded_subtrees=None)


@dataclass(frozen=True, slots=True)
class Period:
    """A span of time that a signature is for, the `number`th since the epoch.

    The next one begins when a third of this one's life remains: signing anew then is all that
    renewing takes.
    """

    number: int
    begins: datetime
    ends: datetime

    @classmethod
    def at(cls, moment: datetime, life: timedelta) -> Period:
        """Give the newest period of this life that has begun."""
        return cls.numbered((moment - EPOCH) // (life * 2 / 3), life)

    @classmethod
    def numbered(cls, number: int, life: timedelta) -> Period:
        """Give a period by its number."""
        begins = EPOCH + number * (life * 2 / 3)
        return cls(number, begins, begins + life)


@dataclass(frozen=True, slots=True)
class Issuing:
    """An issuing CA: its certificate, and its key in the clear, both in PEM."""

    certificate: str
    key: str


class Authority:
    """Signs with the root's key, on the controller, which it never leaves."""

    def __init__(self, domain: Domain, store: SecretStore) -> None:
        self._domain = domain
        self._store = store
        self._key = p256_key("pki root", store.value(_ROOT_SECRET))

    def root(self) -> str:
        """Give the root's certificate, in PEM."""
        return _pem(self._root())

    def issuing(self, server: str, generation: int, moment: datetime) -> Issuing:
        """Give the issuing CA of a server.

        Args:
            server: device of the group `pki`.
            generation: of its key, from 1; another one is another key.
            moment: now; a new key and certificate every 240 days.

        """
        period = Period.at(moment, ISSUING_LIFE)
        key = self._issuing_key(server, generation, period)
        certificate = self._issuing(server, generation, period)
        return Issuing(_pem(certificate), pem_of(key))

    def revocation_list(self, generations: Mapping[str, int], moment: datetime) -> str:
        """Give what the root revoked, in PEM: the CAs of all generations before a server's own.

        Args:
            generations: the generation in use, by server.
            moment: now; signed anew every 240 days, and whenever a generation changes or a replaced
                CA's time runs out. A server that leaves the group takes its entries along.

        """
        period = Period.at(moment, REVOCATION_LIFE)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self._subject("Root CA"))
            .last_update(period.begins)
            .next_update(period.ends)
            .add_extension(self._authority_key(), critical=False)
            # RFC 5280, 5.2.3: it only grows. A generation is never taken back.
            .add_extension(
                x509.CRLNumber((period.number << 16) + sum(generations.values())), critical=False
            )
        )
        for revoked in self._replaced(generations, moment):
            builder = builder.add_revoked_certificate(revoked)
        signed = builder.sign(self._key, hashes.SHA256(), ecdsa_deterministic=True)
        return signed.public_bytes(serialization.Encoding.PEM).decode("ascii")

    def _root(self) -> x509.Certificate:
        subject = self._subject("Root CA")
        builder = _builder(subject, self._key.public_key(), EPOCH, EPOCH + ROOT_LIFE)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=1), True)  # noqa: FBT003 (critical)
        return self._signed(builder.add_extension(self._domain.constraints, critical=True))

    def _issuing(self, server: str, generation: int, period: Period) -> x509.Certificate:
        key = self._issuing_key(server, generation, period).public_key()
        place = f"http://pki.{self._domain.domain}"
        access = x509.AccessDescription(
            AuthorityInformationAccessOID.CA_ISSUERS,
            x509.UniformResourceIdentifier(f"{place}/root.crt"),
        )
        listed = x509.DistributionPoint(
            [x509.UniformResourceIdentifier(f"{place}/root.crl")], None, None, None
        )
        purposes = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        subject = self._subject(f"Issuing CA {server} {generation}.{period.number}")
        return self._signed(
            _builder(subject, key, period.begins, period.ends)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(self._domain.constraints, critical=True)
            .add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
            .add_extension(x509.AuthorityInformationAccess([access]), critical=False)
            .add_extension(x509.CRLDistributionPoints([listed]), critical=False)
        )

    def _issuing_key(
        self, server: str, generation: int, period: Period
    ) -> ec.EllipticCurvePrivateKey:
        name = f"pki/issuing/{server}/{generation}/{period.number}"
        return p256_key("pki issuing", self._store.value(name))

    def _replaced(
        self, generations: Mapping[str, int], moment: datetime
    ) -> list[x509.RevokedCertificate]:
        """Give what is not valid any more though its time has not run out."""
        now = Period.at(moment, ISSUING_LIFE).number
        periods = [Period.numbered(number, ISSUING_LIFE) for number in range(now - 1, now + 1)]
        return [
            x509.RevokedCertificateBuilder()
            .serial_number(self._issuing(server, former, period).serial_number)
            .revocation_date(period.begins)
            .add_extension(x509.CRLReason(x509.ReasonFlags.ca_compromise), critical=False)
            .build()
            for server, generation in sorted(generations.items())
            for former in range(1, generation)
            for period in periods
            if period.begins <= moment < period.ends
        ]

    def _subject(self, name: str) -> x509.Name:
        return x509.Name(
            [
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, self._domain.name),
                x509.NameAttribute(NameOID.COMMON_NAME, f"{self._domain.domain} {name}"),
            ]
        )

    def _authority_key(self) -> x509.AuthorityKeyIdentifier:
        return x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())

    def _signed(self, builder: x509.CertificateBuilder) -> x509.Certificate:
        """Sign by the root; the serial is a digest of all that is signed."""
        builder = (
            builder.issuer_name(self._subject("Root CA"))
            .add_extension(_SIGNING, critical=True)
            .add_extension(self._authority_key(), critical=False)
        )
        draft = builder.serial_number(1).sign(self._key, hashes.SHA256(), ecdsa_deterministic=True)
        digest = hashlib.sha256(draft.tbs_certificate_bytes).digest()[:_SERIAL_BYTES]
        serial = int.from_bytes(digest, "big") | 1
        return builder.serial_number(serial).sign(
            self._key, hashes.SHA256(), ecdsa_deterministic=True
        )


def _builder(
    subject: x509.Name, key: ec.EllipticCurvePublicKey, begins: datetime, ends: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(key)
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode("ascii")
