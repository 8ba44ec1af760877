"""Signs messages as SNS does, with a key and certificate made for this process.

Only a notifier of the stage `local` accepts them.
"""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

CERTIFICATE_URL = "https://sns.ap-southeast-1.amazonaws.com/SimpleNotificationService-local.pem"
_SIGNED = ("Message", "MessageId", "Timestamp", "TopicArn", "Type")


class LocalSns:
    """Signs as SNS does (version 2)."""

    def __init__(self, topic: str) -> None:
        self.topic = topic

    @cached_property
    def _key(self) -> RSAPrivateKey:
        return generate_private_key(65537, 2048)

    @cached_property
    def certificate(self) -> bytes:
        """A certificate of this process's own."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self._key.public_key())
            .serial_number(1)
            .not_valid_before(datetime(2000, 1, 1, tzinfo=UTC))
            .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
        )
        return certificate.sign(self._key, SHA256()).public_bytes(Encoding.PEM)

    def put_certificate(self, path: Path) -> None:
        """Write the certificate to the file that the notifier reads."""
        path.write_bytes(self.certificate)

    def notification(self, message: Mapping[str, Any], now: datetime, topic: str = "") -> bytes:
        """Return the body that SNS posts for a message to a topic, by default this one's."""
        envelope = {
            "Type": "Notification",
            "MessageId": str(uuid.uuid4()),
            "TopicArn": topic or self.topic,
            "Message": json.dumps(message),
            "Timestamp": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "SignatureVersion": "2",
            "SigningCertURL": CERTIFICATE_URL,
        }
        text = "".join(f"{name}\n{envelope[name]}\n" for name in _SIGNED).encode()
        signature = base64.b64encode(self._key.sign(text, PKCS1v15(), SHA256())).decode()
        return json.dumps(envelope | {"Signature": signature}).encode()
