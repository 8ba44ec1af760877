"""The citizens' page of an error that no form shows: an address that leads nowhere, a failure on our side."""

from __future__ import annotations

from chalice.app import Request, Response

from chalicelib.intake.composition import PAGES
from chalicelib.intake.site.frame import frame_facts, page_language
from chalicelib.intake.site.headings import with_whole_words
from shared.domain.errors import PetitionError
from shared.web.answers import html_answer
from shared.web.problems import problem_of


def answer_error(request: Request, error: PetitionError) -> Response:
    """Answer an error with a page that leads on; it needs neither settings nor AWS, which may be what failed."""
    language = page_language(request)
    status, problem = problem_of(error, language)
    html = PAGES.render(
        "message.html",
        language,
        **frame_facts(request, language),
        title=problem["title"],
        detail=problem["detail"],
    )
    return html_answer(with_whole_words(html), status)
