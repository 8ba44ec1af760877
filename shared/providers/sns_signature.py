"""The signature of an Amazon SNS message: RSA with SHA-256, by a certificate of SNS (`shared.providers.sns`)."""

from __future__ import annotations

from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import load_pem_x509_certificate


def broken_rule(certificate_pem: bytes, signature: bytes, signed: bytes, at: datetime) -> str | None:
    """Return the rule that a message breaks (`certificate`, `signature`), None when it is genuine.

    Args:
        certificate_pem: fetched from SNS.
        signature: of the message.
        signed: the text that SNS signs.
        at: when it was received.
    """
    try:
        certificate = load_pem_x509_certificate(certificate_pem)
    except ValueError:
        return "certificate"
    key = certificate.public_key()
    is_valid = certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc
    if not is_valid or not isinstance(key, RSAPublicKey):
        return "certificate"
    try:
        key.verify(signature, signed, PKCS1v15(), SHA256())
    except InvalidSignature:
        return "signature"
    return None
