"""The steps of sending: which fields each asks for, what is still wrong with them, and which step comes next."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from shared.domain.petition.values.petitioner import PetitionerType

Problem = tuple[str, str]
"""A field and the rule that it breaks."""


class Step(StrEnum):
    """A step; the value is the last part of its address."""

    MATTER = "viec"
    ANSWERS = "tra-loi"
    SENDER = "nguoi-gui"
    REPLY = "nhan-tin"
    CHECK = "xem-lai"


ORDER = tuple(Step)
FIELDS: Mapping[Step, tuple[str, ...]] = {
    Step.MATTER: ("content", "field"),
    Step.ANSWERS: (),
    Step.SENDER: ("type", "organisation", "name", "address", "phone", "email"),
    Step.REPLY: ("reply_by", "may_publish"),
    Step.CHECK: ("subject", "kind", "field"),
}
"""The fields that a step's form holds; a form that lacks one leaves it as it was, but for boxes."""
BOXES = frozenset({"reply_by", "may_publish"})
"""Fields that a browser sends only where they are ticked."""
_FIELD_OF_RULE = {"contact-missing": "phone", "reply-by-without-contact": "reply_by"}
_WITH_A_NAME = frozenset({PetitionerType.BUSINESS, PetitionerType.ORGANISATION})
_DIALLED_MOBILE = re.compile(r"0[35789][0-9]*")
_DIGITS_OF_MOBILE = 10


def facts_of(fields: Mapping[str, str], language: str) -> dict[str, Any]:
    """Return the facts of a `PetitionInput` that the fields hold."""
    sender = fields.get("type") or PetitionerType.CITIZEN
    return {
        "content": fields.get("content", ""),
        "subject": fields.get("subject"),
        "kind": fields.get("kind") or None,
        "field": fields.get("field"),
        "petitioner": {
            "type": sender,
            "name": fields.get("name", ""),
            "address": fields.get("address", ""),
            "phone": fields.get("phone"),
            "email": fields.get("email"),
            "organisation": fields.get("organisation") if sender in _WITH_A_NAME else None,
        },
        "reply_by": tuple(fields.get("reply_by", "").split()),
        "may_publish": fields.get("may_publish") == "1",
        "language": language,
    }


def besides(fields: Mapping[str, str]) -> list[Problem]:
    """Return the problems that a `PetitionInput` does not name: a business without a name."""
    is_nameless = fields.get("type") in _WITH_A_NAME and not fields.get("organisation", "").strip()
    return [("organisation", "missing")] if is_nameless else []


def by_step(problems: Iterable[Problem]) -> dict[Step, list[Problem]]:
    """Return problems by the step that asks for their field, in the order of the steps; of a field the first."""
    sorted_out: dict[Step, dict[str, str]] = {}
    for path, rule in problems:
        name = _FIELD_OF_RULE.get(rule) or path.removeprefix("petitioner.").split(".")[0]
        step = next((each for each in reversed(ORDER) if name in FIELDS[each]), Step.MATTER)
        sorted_out.setdefault(step, {}).setdefault(name, rule)
    return {step: list(sorted_out[step].items()) for step in ORDER if step in sorted_out}


def following(step: Step) -> Step:
    """Return the step after one; after the last there is none but itself."""
    return ORDER[min(ORDER.index(step) + 1, len(ORDER) - 1)]


def before(step: Step) -> Step | None:
    """Return the step before one, None before the first."""
    place = ORDER.index(step)
    return ORDER[place - 1] if place else None


def digits_of_mobile(phone: str) -> int | None:
    """Return how many digits somebody wrote of a Vietnamese mobile number, None where it is another or whole."""
    digits = re.sub(r"[ .\-()]", "", phone)
    is_short = _DIALLED_MOBILE.fullmatch(digits) is not None and len(digits) != _DIGITS_OF_MOBILE
    return len(digits) if is_short else None
