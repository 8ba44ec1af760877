"""The page that asks an officer before an action that they cannot undo; it needs no JavaScript."""

from __future__ import annotations

from collections.abc import Mapping

from chalice.app import Request, Response

from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.actions.catalogue import INPUTS, ROWS
from chalicelib.casework.composition import Parts
from chalicelib.casework.desk.queue_place import carried, with_place
from chalicelib.casework.site.frame import language_of_page, render
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.platform import clock
from shared.web.rendering import link
from shared.web.requests import query_parameters


def confirmation_page(
    parts: Parts,
    request: Request,
    officer: DeskOfficer,
    petition: Petition,
    action: Action,
    form: Mapping[str, str],
) -> Response:
    """Ask whether the action is meant; nothing is changed before the page's own form is sent.

    Args:
        parts: the function's parts.
        request: for the page's language.
        officer: who acts.
        petition: the petition that the action would change.
        action: one whose row has a question.
        form: what the officer sent; the page sends it again, with the version that they saw.
    """
    row, language = ROWS[action], language_of_page(request)
    page, place = f"/desk/petitions/{petition.reference}", carried(query_parameters(request))
    return render(
        parts,
        request,
        officer,
        "confirm_action.html",
        question=row.question,
        warning=row.warning,
        button=row.button_text,
        reference=petition.reference,
        send_to=link(with_place(f"{page}/{action}", place), language),
        back=link(with_place(page, place), language),
        subject=petition.subject,
        minutes_to_undo=parts.actions.minutes_to_undo(petition, action, clock.now()),
        values=INPUTS[action].values_of(form),
    )
