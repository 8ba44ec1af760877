"""Stored documents and the number of their schema: what newer code wrote is kept, or not touched (ADR 0051).

The schema of a kind of document is a number that rises when code of the version before could no longer read the
document or keep it right. It stands in the item as `schema`, and in the JSON where that stands in an index by itself; a
document without one is of the first schema. Attributes that are only added need no new number (`StoredModel`).

From the third schema on, a petition's JSON is stored packed, as binary: each change writes all of it anew, and DynamoDB
bills every KB (docs/adr/0084-petitions-are-packed.md).
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import Any, NamedTuple, TypeVar

from pydantic import ValidationError

from shared.domain.base_model import BaseModel, StoredModel
from shared.domain.errors import NewerItemError

M = TypeVar("M", bound=BaseModel)

SCHEMA = "schema"
"""The attribute that holds the number."""
_FIRST = 1


class Schema(NamedTuple):
    """The schema of one kind of document, as this version of the code writes and reads it.

    A release that understands a schema goes before the release that writes it (CONTRIBUTING.md).
    """

    written: int = _FIRST
    """The number of what this code writes."""
    understood: int = _FIRST
    """The highest number that this code reads and keeps right."""
    packed: int | None = None
    """The number from which on documents are stored packed; None where none ever is."""

    def require(self, document: Mapping[str, Any]) -> None:
        """Refuse a document that newer code wrote.

        Raises:
            NewerItemError: its schema is newer than what this code understands.
        """
        if int(document.get(SCHEMA, _FIRST)) > self.understood:
            raise NewerItemError

    def number_of(self, document: StoredModel) -> int:
        """Return the number to store a document under: never a lower one than it was read with."""
        return max(self.written, int(document.unknown.get(SCHEMA, _FIRST)))

    def read(self, model: type[M], stored: str | bytes) -> M:
        """Return the document that a stored value holds: JSON, as text or packed.

        Raises:
            NewerItemError: its schema is newer than what this code understands.
            ValidationError: it is not such a document.
        """
        text = unpacked(stored) if isinstance(stored, bytes) else stored
        try:
            document = model.model_validate_json(text)
        except ValidationError:
            self.require(_object_in(text))
            raise
        if isinstance(document, StoredModel):
            self.require(document.unknown)
        return document

    def text_of(self, document: BaseModel, number: int, **options: Any) -> str:
        """Return a document as JSON with the number of its schema, which the first schema leaves out.

        Args:
            document: of any model.
            number: see `number_of`.
            options: of `model_dump_json`.
        """
        if isinstance(document, StoredModel) and SCHEMA in document.unknown:
            options["exclude"] = {*options.get("exclude", ()), SCHEMA}
        text = document.model_dump_json(**options)
        return text if number == _FIRST else f'{text[:-1]},"{SCHEMA}":{number}}}'

    def value_of(self, document: BaseModel, number: int, **options: Any) -> str | bytes:
        """Return a document as it is stored under the number of its schema: as text, or packed; see `text_of`."""
        text = self.text_of(document, number, **options)
        return text if self.packed is None or number < self.packed else packed(text)


PETITION = Schema(written=1, understood=3, packed=3)
"""`body` of the petitions table, and what its indexes hold of a petition: outline, card, public answer.

Those of the second schema have an entry of an action that code of the first does not know (`petition_items`); those of
the third are packed, and their items say no state beside the contacts' keys.
"""
DELIVERY = Schema(written=1, understood=2)
"""The items of the table `deliveries`; those of the second schema are events for programs."""
DIRECTORY = Schema()
"""The rows of the directory, and the proposed changes of them."""
HELD_TEXT = Schema()
"""Texts in the table `throttle` whose sender is asked what they are."""
REPLY = Schema()
"""Replies to SMS in the table `throttle`."""


def _object_in(text: str) -> Mapping[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


_USUAL = (
    "Kính gửi Ông/Bà. Căn cứ Luật Cán bộ, công chức; Luật Viên chức; Nghị định số, Thông tư số /2026/NĐ-CP ngày "
    "tháng năm của Chính phủ, Bộ Nội vụ trả lời như sau: Ủy ban nhân dân tỉnh, thành phố, xã, phường, Sở Nội vụ, "
    "người lao động, chế độ, chính sách, tiền lương, phụ cấp, hồ sơ, giấy tờ, cơ quan, đơn vị, thẩm quyền giải "
    "quyết theo quy định của pháp luật. Tôi xin hỏi, đề nghị Bộ cho biết, xem xét, hướng dẫn, giải quyết, đến "
    "nay vẫn chưa được, không biết vì sao. "
    '"parent":"26","attachments":[{"id":"","belongs_to":"answer","filename":".pdf","content_type":"image/jpeg","size":,'
    '"sha256":"","state":"KEPT","by":"petitioner","declared_at":"2026-01-01T00:00:00Z","checked_at":"2026-01-01T00:00:00Z"}],'
    '"call_id":"","call_started_at":"","call_ended_at":"","call_agent":"","is_receipt_owed":true,"chosen_field":"",'
    '"language":"en","lane":"RESTRICTED","type":"ORGANISATION","is_named":false,"missing_parts","parts_before",'
    '"publication":{"subject":"","content":"","answer":"","attachments":[],"citations":[],"published_at":""},'
    '"rating":{"score":,"comment":"","at":""},"earlier_drafts":[{"text":"","drafted_by":"","drafted_at":"","remarks":[],'
    '"needs_signature":true,"signed_by":"","signed_at":""}],"held":{"entry":,"word_at":"","unit":"","handler":"",'
    '"draft":null,"answer":null},"state":"PUBLISHED","state":"CLOSED","state":"REFUSED","state":"FORWARDED","state":"GUIDED",'
    '"state":"MERGED","state":"WITHDRAWN","state":"RESTRICTED","state":"REOPENED","state":"AWAITING_INFORMATION",'
    '"action":"request-information","action":"return-to-intake","action":"supplement","action":"classify",'
    '"action":"add-contact","action":"rate","action":"send-pin","action":"open-seal","action":"attach",'
    '"action":"keep-attachment","action":"return-draft","action":"publish","action":"close","action":"forward",'
    '"action":"guide","action":"refuse","action":"merge","action":"reopen","action":"warn-handler","action":"warn-unit-head",'
    '"action":"escalate","action":"update-petitioner","action":"remind-acceptance","action":"remind-approval",'
    '"action":"move-due-date","action":"assign","action":"note","action":"screen","action":"take-back","by":"timer",'
    '"reason":"","n":1,"anchor":"","next_update_on":"","entry":,"finding":"","is_erased":true,"SMS","PHONE",'
    '"channel":"SMS","channel":"HOTLINE","kind":"CONDUCT","kind":"INITIATIVE","lane":"GUIDANCE","lane":"FORWARDING",'
    '{"reference":"26","state":"IN_PROGRESS","channel":"WEB","subject":"","field":"","kind":"REGULATION","unit":"VCCVC",'
    '"handler":"","lane":"ORDINARY","complained_unit":null,"may_publish":true,"may_denounce":false,"is_second_look":false,'
    '"answered_at":null,"received_at":"2026-01-01T00:00:00Z","due_on":"2026-01-01","version":1,"marks":["SUPPLEMENTED"],'
    '"content":"","kind":"REGULATION","petitioner":{},"may_publish":true,"petitioner":{"seal":[{"at":"2026-01-01T00:00:00Z",'
    '"ciphertext":""}],"contact_keys":["",""],"reply_by":["EMAIL"]},"province":"01","received_at":"2026-01-01T00:00:00Z",'
    '"due_on":"2026-01-01","terms":"petitions#2018-06-18","calendar":"","submission":"","body_digest":"2:","sketch":["",""],'
    '"proposal":{"lane":"ORDINARY","field":"","kind":"REGULATION","confidence":1.0,"because":[" → "," → REGULATION"],'
    '"best":[["CCVC",1.0],["KHAC",0.0]],"rules_version":"2026.8+"},"draft":{"text":"","answer":{"text":"","drafted_by":"",'
    '"drafted_at":"2026-01-01T00:00:00Z","approved_by":"","approved_at":"2026-01-01T00:00:00Z"},"history":[{"seq":1,'
    '"at":"2026-01-01T00:00:00Z","action":"receive","by":"petitioner","state":"RECEIVED","change_id":"receive:",'
    '"facts":{"province":"01","due_on":"2026-01-01","digests":"receipt=,content=,petitioner=,calendar="},"digest":"2::",'
    '"hash":"","correlation":"-4"},{"seq":2,"at":"2026-01-01T00:00:00Z","action":"route","by":"router",'
    '"state":"ASSIGNED","change_id":"route","note":" → ; → REGULATION","facts":{"unit":"VCCVC","field":"","kind":"",'
    '"digests":"proposal="},"digest":"2:","hash":"","correlation":"-4"},{"seq":3,"at":"2026-01-01T00:00:00Z",'
    '"action":"accept","by":"officer:","state":"IN_PROGRESS","change_id":"desk:accept:","facts":{"unit":"","handler":""},'
    '"digest":"2:","hash":"","correlation":"-4"},{"seq":4,"at":"2026-01-01T00:00:00Z","action":"draft-answer",'
    '"by":"officer:","state":"AWAITING_APPROVAL","change_id":"desk::draft-answer:","facts":{"digests":"draft="},'
    '"is_visible":false,"digest":"2:","hash":"","correlation":"-4"},{"seq":5,"at":"2026-01-01T00:00:00Z",'
    '"action":"approve","by":"officer:","state":"ANSWERED","change_id":"desk::approve:","text":"",'
    '"facts":{"digests":"draft=,answer="},"digest":"2:","hash":"","correlation":"-4"},{"seq":1,"at":"2026-01-01T00:00:00Z",'
    '"action":"receive","by":"","state":"RECEIVED","change_id":"","facts":{"unit":"VCCVC","handler":""}}]},"schema":3}'
).encode()
"""The words of petitions' JSON, the most usual last: zlib's preset dictionary (RFC 1950, section 2.2).

What was packed with it can be unpacked with it alone: it is never changed. Another one needs a number of the schema.
"""


def packed(text: str) -> bytes:
    """Return a petition's JSON as it is stored since the third schema."""
    compression = zlib.compressobj(level=9, zdict=_USUAL)
    return compression.compress(text.encode()) + compression.flush()


def unpacked(content: bytes) -> str:
    """Return the JSON that was packed; what is none makes an empty text, which no document has."""
    try:
        return zlib.decompressobj(zdict=_USUAL).decompress(content).decode()
    except (zlib.error, UnicodeDecodeError):
        return ""
