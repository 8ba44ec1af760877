"""The documents of a petition: its words for officers, and its published answer for everybody.

No index holds a petition of the restricted lane, who a petitioner is, or texts that were added and wait to be
screened; what was erased, withdrawn or taken back leaves it.
"""

from __future__ import annotations

import hashlib

from shared.domain.access.readers import is_restricted
from shared.domain.calendar.working_calendar import local_date
from shared.domain.petition.lifecycle import State
from shared.domain.petition.petition import Petition
from shared.search.port import Change, Document
from shared.tables.public_answers import PublicAnswer, month_of_name, public_answer


def for_officers(petition: Petition) -> Change:
    """Return a petition as officers search it: subject, content, answer and draft."""
    is_gone = petition.state is State.WITHDRAWN or not (petition.content or petition.subject)
    if is_gone or is_restricted(petition):
        return Change(petition.reference, None)
    document = Document(
        key=petition.reference,
        version=petition.version,
        subject=petition.subject,
        content=petition.content,
        answer=petition.answer.text if petition.answer else "",
        received_on=local_date(petition.received_at),
        draft=petition.draft.text if petition.draft else "",
        state=petition.state,
        unit=petition.unit or "",
        complained_unit=petition.complained_unit or "",
        entered_by=petition.history[0].by if petition.history else "",
    )
    return Change(petition.reference, document)


def for_everybody(petition: Petition) -> Change:
    """Return a petition's published answer as everybody may read it; it leads to no reference."""
    key = hashlib.sha256(f"published#{petition.submission}".encode()).hexdigest()[:32]
    if petition.publication is None or is_restricted(petition):
        return Change(key, None)
    return Change(key, published_document(key, petition.version, public_answer(petition)))


def published_document(key: str, version: int, public: PublicAnswer) -> Document:
    """Return a published answer as it is indexed."""
    return Document(
        key=key,
        version=version,
        subject=public.subject,
        content=public.content,
        answer=public.answer,
        received_on=public.received_on,
        unit=public.unit or "",
        name=public.name,
        field=public.field or "",
        month=month_of_name(public.name),
        kind=public.kind or "",
        published_on=local_date(public.published_at).isoformat(),
    )
