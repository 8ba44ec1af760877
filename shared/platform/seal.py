"""The seal: who a petitioner is, encrypted with KMS on arrival.

The key never leaves KMS and the plaintext fits into one call (4,096 bytes), so receiving costs one KMS call and
no cryptography library travels with intake. The encryption context binds each part to its reference: a part
copied to another petition does not open. Intake's role opens no petitioner's seal, only texts of SMS that wait for
their sender's word and what citizens have not sent yet; each opening stands in CloudTrail and, for officers, in the
petition's history.

Which key closed a part stands in its ciphertext, so parts under different keys open side by side; the functions'
policies say which keys are the stage's. KMS itself moves a part to another key, and no function sees it (ADR 0082).
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from botocore.exceptions import ClientError
from pydantic import ValidationError

from shared.domain.errors import InvalidInputError, NewerItemError, PetitionError
from shared.domain.petition.values.petitioner import Identity, SealedPart
from shared.platform import aws

MAX_PLAINTEXT = 4096
"""Bytes that one KMS Encrypt call takes."""


class BrokenSealError(PetitionError):
    """A ciphertext that no key opens with this context: it was altered, or belongs elsewhere."""


class Moved(NamedTuple):
    """A ciphertext under another key than before."""

    ciphertext: str
    key_id: str
    """The ARN of the key that closes it now."""


class Seal:
    """Closes the identities of petitioners with one KMS key, and opens them with whichever closed them.

    Args:
        key_id: the key that closes, or the alias that leads to it.
    """

    def __init__(self, key_id: str) -> None:
        self._key_id = key_id

    def close(self, identity: Identity, reference: str, at: datetime) -> SealedPart:
        """Encrypt an identity for one petition.

        Raises:
            InvalidInputError: when it is longer than 4,096 bytes.
        """
        plaintext = identity.model_dump_json(exclude_none=True).encode()
        if len(plaintext) > MAX_PLAINTEXT:
            raise InvalidInputError(("petitioner", "too-long"))
        answer = aws.client("kms").encrypt(
            KeyId=self._key_id, Plaintext=plaintext, EncryptionContext={"reference": reference}
        )
        return SealedPart(at=at, ciphertext=base64.b64encode(answer["CiphertextBlob"]).decode())

    def open(self, parts: Iterable[SealedPart], reference: str) -> Identity:
        """Decrypt all parts into one identity; what came later wins, texts are put one after the other."""
        merged: dict[str, str] = {}
        texts: list[str] = []
        for identity in self.open_each(parts, reference):
            facts = identity.model_dump(exclude_none=True)
            if text := facts.pop("text", None):
                texts.append(text)
            merged |= facts
        return Identity(**merged, text="\n".join(texts) or None)

    def open_each(self, parts: Iterable[SealedPart], reference: str) -> list[Identity]:
        """Decrypt each part by itself.

        Raises:
            NewerItemError: newer code sealed a part with what this code does not know.
        """
        identities = []
        for part in parts:
            answer = aws.client("kms").decrypt(
                CiphertextBlob=base64.b64decode(part.ciphertext),
                EncryptionContext={"reference": reference},
            )
            try:
                identities.append(Identity.model_validate_json(answer["Plaintext"]))
            except ValidationError:
                raise NewerItemError from None
        return identities

    def close_key(self, key: bytes, context: str) -> str:
        """Encrypt the data key of a longer text; it opens with the same context alone."""
        answer = aws.client("kms").encrypt(
            KeyId=self._key_id, Plaintext=key, EncryptionContext={"reference": context}
        )
        return base64.b64encode(answer["CiphertextBlob"]).decode()

    def open_key(self, ciphertext: str, context: str) -> bytes:
        """Decrypt a data key."""
        answer = aws.client("kms").decrypt(
            CiphertextBlob=base64.b64decode(ciphertext),
            EncryptionContext={"reference": context},
        )
        return bytes(answer["Plaintext"])

    def moved(self, ciphertext: str, context: str) -> Moved | None:
        """Have KMS put a ciphertext under this key, whichever closed it; None where it was this one.

        Raises:
            BrokenSealError: no key opens it with this context.
        """
        bound = {"reference": context}
        try:
            answer = aws.client("kms").re_encrypt(
                CiphertextBlob=base64.b64decode(ciphertext),
                SourceEncryptionContext=bound,
                DestinationKeyId=self._key_id,
                DestinationEncryptionContext=bound,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "InvalidCiphertextException":
                raise
            raise BrokenSealError from None
        if answer["SourceKeyId"] == answer["KeyId"]:
            return None
        return Moved(base64.b64encode(answer["CiphertextBlob"]).decode(), answer["KeyId"])

    def close_text(self, content: bytes, context: str) -> str:
        """Encrypt what is longer than one KMS call takes, piece by piece; each piece is bound to its place."""
        pieces = [content[at : at + MAX_PLAINTEXT] for at in range(0, len(content), MAX_PLAINTEXT)]
        return ",".join(self.close_key(piece, f"{context}:{place}") for place, piece in enumerate(pieces))

    def open_text(self, ciphertext: str, context: str) -> bytes:
        """Decrypt what `close_text` encrypted."""
        pieces = ciphertext.split(",") if ciphertext else []
        return b"".join(self.open_key(piece, f"{context}:{place}") for place, piece in enumerate(pieces))
