"""The desk's page of an error that no form shows: an address that leads nowhere, a failure on our side."""

from __future__ import annotations

from chalice.app import Request, Response

from chalicelib.casework.composition import parts
from chalicelib.casework.site import gate
from chalicelib.casework.site.frame import language_of_page, render, render_for_nobody
from shared.domain.errors import PetitionError, UnexpectedError
from shared.web.problems import problem_of


def answer_error(request: Request, error: PetitionError) -> Response:
    """Answer an error with a page, in the frame of the officer who is signed in.

    After a failure the frame is that of nobody: whatever makes it may be what failed.
    """
    status, problem = problem_of(error, language_of_page(request))
    facts = {"title": problem["title"], "detail": problem["detail"]}
    if not isinstance(error, UnexpectedError):
        try:
            officer = gate.officer_of(parts().sessions, request, parts().settings.public_url)
        except PetitionError:  # nobody, or nobody who can be recognised now
            pass
        else:
            return render(parts(), request, officer, "problem.html", status, **facts)
    return render_for_nobody(request, "problem.html", status, **facts)
