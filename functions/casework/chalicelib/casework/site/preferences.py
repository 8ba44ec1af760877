"""What an officer wants to be told: the page for it, and the link by which a digest ends without signing in.

What duty demands is no choice: an overdue petition that goes up the ladder is mailed whatever is ticked here.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable

from chalice.app import Request, Response

from chalicelib.casework import composition
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.api.doors import query
from chalicelib.casework.site.frame import language_of_page, render
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import InvalidInputError
from shared.domain.identity.reference import unsubscribe_token_of
from shared.platform import clock, secrets
from shared.web.http import form_body, see_other
from shared.web.rendering import link

KIND = "officer-preference"


def preferences(request: Request, officer: DeskOfficer) -> Response:
    """Show what this officer gets, and the form to change it."""
    said = composition.directory().preference_of(officer.username)
    return render(request, officer, "preferences.html", said=said, done=bool(query(request).get("done")))


def change_preferences(request: Request, officer: DeskOfficer) -> Response:
    """Take the form."""
    form = form_body(request)
    _write(officer.username, digest=form.get("digest") == "true", folds=form.get("folds") == "true")
    return see_other(link("/desk/preferences?done=1", language_of_page(request)))


def unsubscribe_form(request: Request) -> Response:
    """Ask whether to end the digest: programs that follow every link of an e-mail must end nothing."""
    _officer_of(request)
    return render(request, None, "unsubscribe.html", done=False)


def unsubscribe(request: Request) -> Response:
    """End the digest of whoever the link was sent to (RFC 8058: one POST, no session, no questions)."""
    officer = _officer_of(request)
    said = composition.directory().preference_of(officer)
    _write(officer, digest=False, folds=said.folds)
    return render(request, None, "unsubscribe.html", done=True)


def _write(officer: str, *, digest: bool, folds: bool) -> None:
    today = local_date(clock.now())
    composition.directory().put(KIND, officer, today, {"digest": digest, "folds": folds and digest})


def _officer_of(request: Request) -> str:
    """Return whose link this is; tokens are compared in constant time.

    Raises:
        InvalidInputError: nobody's.
    """
    given = str((request.uri_params or {}).get("token", "")).encode()
    key = secrets.identifiers_key(composition.configuration().identifiers_secret)
    found = [
        officer
        for officer in composition.directory().officers()
        if hmac.compare_digest(unsubscribe_token_of(key, officer).encode(), given)
    ]
    if not found:
        raise InvalidInputError(("token", "unknown"))
    return found[0]


PAGES: dict[str, Callable[..., Response]] = {
    view.__name__: view for view in (preferences, change_preferences)
}
OPEN_PAGES: dict[str, Callable[[Request], Response]] = {
    view.__name__: view for view in (unsubscribe_form, unsubscribe)
}
