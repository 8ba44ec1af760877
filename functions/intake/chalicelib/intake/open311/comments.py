"""Comments as FixMyStreet posts them to `servicerequestupdates`: what a petitioner adds through the client that sent.

FixMyStreet sends the comments of all its users, and has no PIN. So a comment is taken as the petitioner's only from the
client whose key sent the request, and only with an e-mail address or telephone number that was given with the petition.
The receipt gave the holder of the key the PIN, and the report both contacts; a key adds words and reads none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from chalicelib.intake.open311.service_requests import LONGEST_DESCRIPTION
from chalicelib.intake.petitions.follow_up import SupplementInput, web_cause
from chalicelib.intake.petitions.receive_petition import checked_key
from shared.domain.errors import InvalidInputError
from shared.domain.identity.contact import ContactError, normal_email, normal_phone
from shared.domain.identity.telephone import LONGEST_PHONE
from shared.domain.petition.petition import Petition
from shared.platform import clock
from shared.web.requests import validated

_LONGEST_EMAIL = 254


class Comment(NamedTuple):
    """A comment that a client posts about a request that it sent."""

    reference: str
    content: str
    cause: str
    """Names the change: by the client's own id of the comment, else by its text and day."""
    contacts: tuple[str, ...]
    """The contacts of who wrote it, in their normal form."""


def read_comment(form: Mapping[str, str], client: str) -> Comment:
    """Read a form as FixMyStreet sends it; `status`, names and `media_url` are not heeded.

    Raises:
        InvalidInputError: naming Open311's arguments.
    """
    description = form.get("description", "")
    if len(description) > LONGEST_DESCRIPTION:
        raise InvalidInputError(("description", "too-long"))
    body = validated(SupplementInput, {"content": description})
    number = form.get("update_id_ext", "").strip() or form.get("update_id", "").strip()
    try:
        key = checked_key(f"open311:{client}:{number}") if number else None
    except InvalidInputError:
        raise InvalidInputError(("update_id", "invalid")) from None
    cause = web_cause(key, body, clock.now())
    return Comment(form.get("service_request_id", "").strip(), body.content, cause, _contacts(form))


def update_of(petition: Petition, comment: Comment) -> str:
    """Return the id of the update that a comment became: the one under which updates are listed."""
    entry = next(each for each in petition.history if each.change_id == f"supplement:{comment.cause}")
    return f"{petition.reference}-{entry.seq}"


def _contacts(form: Mapping[str, str]) -> tuple[str, ...]:
    normal = []
    for name, longest, normal_form in (
        ("email", _LONGEST_EMAIL, normal_email),
        ("phone", LONGEST_PHONE, normal_phone),
    ):
        try:
            normal.append(normal_form(form.get(name, "").strip()[:longest]))
        except ContactError:
            continue
    return tuple(contact for contact in normal if contact)
