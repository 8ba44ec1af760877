"""The form that somebody had filled in when their session was over: kept by the sign-in form, shown again afterwards.

Nothing of it is stored and nothing is sent for them: the fields travel as hidden ones, and the officer sends the form
again, or leaves it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from chalice.app import Request

from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.composition import Parts
from chalicelib.casework.desk.drafts import FORMS, Draft, DraftInput, is_kept
from chalicelib.casework.site import gate
from shared.domain.errors import InvalidInputError, PetitionError
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.web.requests import form_pairs, validated

_ADDRESS = re.compile(r"/desk/petitions/(\d{11})/(?:drafts/)?([a-z-]+)(?:\?.*)?$")
PREFIX = "kept."
ADDRESS = "kept_address"
_LONG = 40
"""Characters from which on a field is shown to be read and changed; a shorter one is hidden."""

_TICKS = ("attachments", "also")
"""The fields of actions with several boxes."""


class KeptForm(NamedTuple):
    """A form that was not carried out."""

    address: str
    """The address that it was sent to; "" for none."""
    fields: tuple[tuple[str, str], ...]

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """The hidden fields by which the sign-in form keeps it."""
        return [(ADDRESS, self.address), *((f"{PREFIX}{name}", value) for name, value in self.fields)]

    @property
    def texts(self) -> list[tuple[str, str]]:
        """The fields that somebody wrote."""
        return [(name, value) for name, value in self.fields if _is_text(value)]

    @property
    def others(self) -> list[tuple[str, str]]:
        """The other fields: ticks, choices, versions."""
        return [(name, value) for name, value in self.fields if not _is_text(value)]

    @property
    def words(self) -> int:
        """The number of words that were written."""
        return sum(len(value.split()) for _name, value in self.texts)


def of_request(request: Request) -> KeptForm:
    """Return the form that a request without a session brought; an empty one where it brought nothing to keep."""
    try:
        fields = tuple(form_pairs(request))
    except InvalidInputError:
        fields = ()
    path = str(request.context.get("path", ""))
    address = path if path.startswith("/desk/") else f"/desk{path}"
    is_kept = gate.is_desk_page(address) and any(value.strip() for _name, value in fields)
    return KeptForm(address, fields) if is_kept else KeptForm("", ())


def of_sign_in(pairs: list[tuple[str, str]]) -> KeptForm:
    """Return the form that a sign-in form keeps."""
    address = dict(pairs).get(ADDRESS, "")
    if not gate.is_desk_page(address):
        return KeptForm("", ())
    return KeptForm(
        address,
        tuple((name.removeprefix(PREFIX), value) for name, value in pairs if name.startswith(PREFIX)),
    )


def page_of(request: Request, form: KeptForm) -> str:
    """Return the page on which a form was filled in, else the one that its address is below."""
    referrer = urlsplit(request.headers.get("referer", ""))
    page = f"{referrer.path}?{referrer.query}" if referrer.query else referrer.path
    return gate.return_address(page if page.startswith("/desk/") else form.address.rpartition("/")[0])


def joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the fields of a form by name; the values of boxes that were ticked under one name are one text."""
    pairs = list(pairs)
    ticked = {tick: " ".join(value for name, value in pairs if name == tick) for tick in _TICKS}
    return {**dict(pairs), **{name: values for name, values in ticked.items() if values}}


def keep(
    parts: Parts,
    officer: DeskOfficer,
    petition: Petition,
    form: Action,
    sent: Mapping[str, str],
    seen: int | None = None,
) -> Draft:
    """Keep the fields that a page sent as the officer's draft; see `Drafts.save`."""
    fields = {name: value for name, value in sent.items() if is_kept(name, form, petition)}
    facts = {"fields": fields, "shared": sent.get("draft_shared") == "true"}
    return parts.drafts.save(officer, petition, form, validated(DraftInput, facts), seen)


def kept_as_draft(parts: Parts, former: str, officer: DeskOfficer, unsent: KeptForm) -> str:
    """Keep a petition's form that was sent when the session was over; return the page that shows it, "" for none.

    Only whoever wrote it has it kept: a colleague who signs in at the same browser sees it, and decides.
    """
    sent_to = _ADDRESS.match(unsent.address)
    form = next((action for action in FORMS if sent_to and action == sent_to[2]), None)
    if sent_to is None or form is None or former not in ("", officer.username):
        return ""
    try:
        petition = parts.actions.find_written_on(officer, sent_to[1])
        keep(parts, officer, petition, form, joined(unsent.fields))
    except PetitionError:
        return ""
    return f"/desk/petitions/{petition.reference}?draft={form}"


def _is_text(value: str) -> bool:
    return "\n" in value.strip() or len(value) >= _LONG or " " in value.strip()
