"""Casework's doors: the officers' desk as a JSON API and as pages. The host's prefix `/desk` is stripped before."""

from __future__ import annotations

from chalice.app import Chalice, Request, Response

from chalicelib.casework import api
from shared.http import answers_problems, json_answer

app = Chalice(app_name="pakn-casework")
ANY = ["*/*"]
"""The use cases say what is wrong with a body, in the caller's language; Chalice would only say 415."""


def request() -> Request:
    """Return the request at hand."""
    if app.current_request is None:
        raise RuntimeError("no request at hand")
    return app.current_request


problems = answers_problems(request)


# --- JSON API -----------------------------------------------------------------------------------------


@app.route("/v1/session", methods=["POST"], content_types=ANY)
@problems
def sign_in() -> Response:
    """Open a session."""
    return api.sign_in(request())


@app.route("/v1/petitions", methods=["GET"])
@problems
def list_petitions() -> Response:
    """List a queue by due date."""
    return api.listed(request())


@app.route("/v1/petitions", methods=["POST"], content_types=ANY)
@problems
def enter_petition() -> Response:
    """Take down a caller's petition."""
    return api.entered(request())


@app.route("/v1/petitions/{reference}", methods=["GET"])
@problems
def show_petition(reference: str) -> Response:
    """Show one petition."""
    return api.shown(request(), reference)


@app.route("/v1/petitions/{reference}/{action}", methods=["POST"], content_types=ANY)
@problems
def act(reference: str, action: str) -> Response:
    """Take an action on a petition."""
    return api.acted(request(), reference, action)


@app.route("/v1/directory/{kind}/{row_id}", methods=["GET"])
@problems
def show_directory(kind: str, row_id: str) -> Response:
    """Show all versions of a directory row."""
    return api.directory_rows(request(), kind, row_id)


@app.route("/v1/directory/{kind}/{row_id}", methods=["PUT"], content_types=ANY)
@problems
def put_directory(kind: str, row_id: str) -> Response:
    """Write one version of a directory row."""
    return api.directory_put(request(), kind, row_id)


@app.route("/v1/reports/{name}", methods=["GET"])
@problems
def report(name: str) -> Response:
    """Make a report."""
    return api.reported(request(), name)


@app.route("/health", methods=["GET"])
def health() -> Response:
    """Tell that casework answers."""
    return json_answer({"status": "ok"})
