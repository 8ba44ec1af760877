"""Casework's doors: the officers' desk as a JSON API and as pages. The host's prefix `/desk` is stripped before."""

from __future__ import annotations

from chalice.app import Chalice, Response

from chalicelib.casework.api import doors
from shared.web.http import ANY, answers_problems, json_answer, requests_of

app = Chalice(app_name="pakn-casework")
request = requests_of(app)
problems = answers_problems(request)


# --- JSON API -----------------------------------------------------------------------------------------


@app.route("/v1/session", methods=["POST"], content_types=ANY)
@problems
def sign_in() -> Response:
    """Open a session."""
    return doors.sign_in(request())


@app.route("/v1/petitions", methods=["GET"])
@problems
def list_petitions() -> Response:
    """List a queue by due date."""
    return doors.listed(request())


@app.route("/v1/petitions", methods=["POST"], content_types=ANY)
@problems
def enter_petition() -> Response:
    """Take down a caller's petition."""
    return doors.entered(request())


@app.route("/v1/petitions/{reference}", methods=["GET"])
@problems
def show_petition(reference: str) -> Response:
    """Show one petition."""
    return doors.shown(request(), reference)


@app.route("/v1/petitions/{reference}/{action}", methods=["POST"], content_types=ANY)
@problems
def act(reference: str, action: str) -> Response:
    """Take an action on a petition."""
    return doors.acted(request(), reference, action)


@app.route("/v1/petitions/{reference}/attachments", methods=["POST"], content_types=ANY)
@problems
def attach(reference: str) -> Response:
    """Declare a file that goes with the answer and get the form that uploads it."""
    return doors.attached(request(), reference)


@app.route("/v1/petitions/{reference}/attachments/{attachment_id}", methods=["POST"], content_types=ANY)
@problems
def open_file(reference: str, attachment_id: str) -> Response:
    """Give a link to a file; that a petitioner's was opened is recorded."""
    return doors.opened(request(), reference, attachment_id)


@app.route("/v1/callers", methods=["POST"], content_types=ANY)
@problems
def list_callers_petitions() -> Response:
    """List a caller's earlier petitions."""
    return doors.earlier(request())


@app.route("/v1/callers/{reference}", methods=["POST"], content_types=ANY)
@problems
def serve_caller(reference: str) -> Response:
    """Do what a caller wants with their petition."""
    return doors.served(request(), reference)


@app.route("/v1/calls", methods=["GET"])
@problems
def list_calls() -> Response:
    """List the calls to be made."""
    return doors.calls(request())


@app.route("/v1/calls/{reference}/dial", methods=["POST"], content_types=ANY)
@problems
def dial(reference: str) -> Response:
    """Show whom to call."""
    return doors.dialled(request(), reference)


@app.route("/v1/calls/{reference}/outcome", methods=["POST"], content_types=ANY)
@problems
def record_call(reference: str) -> Response:
    """Write what came of a call."""
    return doors.called(request(), reference)


@app.route("/v1/in-doubt", methods=["GET"])
@problems
def list_doubts() -> Response:
    """List the sends of which nobody knows whether they went out."""
    return doors.doubts(request())


@app.route("/v1/in-doubt/{reference}", methods=["POST"], content_types=ANY)
@problems
def settle_doubt(reference: str) -> Response:
    """Say what the provider's records show of one of them."""
    return doors.doubt_settled(request(), reference)


@app.route("/v1/openings", methods=["GET"])
@problems
def list_openings() -> Response:
    """List who opened which seal, and why."""
    return doors.openings(request())


@app.route("/v1/directory/{kind}/{row_id}", methods=["GET"])
@problems
def show_directory(kind: str, row_id: str) -> Response:
    """Show all versions of a directory row."""
    return doors.directory_rows(request(), kind, row_id)


@app.route("/v1/directory/{kind}/{row_id}", methods=["PUT"], content_types=ANY)
@problems
def put_directory(kind: str, row_id: str) -> Response:
    """Write one version of a directory row."""
    return doors.directory_put(request(), kind, row_id)


@app.route("/v1/reports/{name}", methods=["GET"])
@problems
def report(name: str) -> Response:
    """Make a report."""
    from chalicelib.casework.api import reports as report_api  # noqa: PLC0415 - officers at work ask for none

    return report_api.reported(request(), name)


@app.route("/v1/reports/{name}/cases", methods=["GET"])
@problems
def report_cases(name: str) -> Response:
    """List the petitions behind a figure."""
    from chalicelib.casework.api import reports as report_api  # noqa: PLC0415 - ditto

    return report_api.cases_behind(request(), name)


@app.route("/v1/openapi.json", methods=["GET"])
@problems
def openapi() -> Response:
    """Describe the JSON API, to officers."""
    return doors.described(request())


@app.route("/health", methods=["GET"])
def health() -> Response:
    """Tell that casework answers."""
    return json_answer({"status": "ok"})


# --- pages --------------------------------------------------------------------------------------------


def page(name: str, *arguments: str) -> Response:
    """Answer with one of the desk's pages."""
    from chalicelib.casework.site import doors  # noqa: PLC0415 - the JSON API does without templates

    return doors.answer(name, request(), *arguments)


@app.route("/", methods=["GET"])
def queue() -> Response:
    """Show a queue by due date."""
    return page("queue")


@app.route("/sign-in", methods=["GET"])
def sign_in_form() -> Response:
    """Show the sign-in form."""
    return page("sign_in_form")


@app.route("/sign-in", methods=["POST"], content_types=ANY)
def sign_in_by_form() -> Response:
    """Take the sign-in form."""
    return page("sign_in")


@app.route("/sign-out", methods=["POST"], content_types=ANY)
def sign_out() -> Response:
    """End the session on this device."""
    return page("sign_out")


@app.route("/petitions/{reference}", methods=["GET"])
def petition(reference: str) -> Response:
    """Show one petition and what may be done to it."""
    return page("petition", reference)


@app.route("/petitions/{reference}/attachments", methods=["POST"], content_types=ANY)
def attach_by_form(reference: str) -> Response:
    """Declare a file for the answer and show the form that uploads it."""
    return page("attach", reference)


@app.route("/petitions/{reference}/attachments/{attachment_id}", methods=["POST"], content_types=ANY)
def open_file_by_form(reference: str, attachment_id: str) -> Response:
    """Lead to a file."""
    return page("open_file", reference, attachment_id)


@app.route("/file-sent", methods=["GET"])
def file_sent() -> Response:
    """Lead back from the bucket."""
    return page("file_sent")


@app.route("/petitions/{reference}/{action}", methods=["POST"], content_types=ANY)
def act_by_form(reference: str, action: str) -> Response:
    """Take an action from its form."""
    return page("act", reference, action)


@app.route("/petitions/{reference}/notices", methods=["GET"])
def notices(reference: str) -> Response:
    """Show everybody who was told something of a petition, with the evidence."""
    return page("notices", reference)


@app.route("/calls/new", methods=["GET"])
def new_call() -> Response:
    """Show the form for a call."""
    return page("new_call")


@app.route("/calls", methods=["POST"], content_types=ANY)
def take_call() -> Response:
    """Take the form for a call, in two steps."""
    return page("take_call")


@app.route("/calls", methods=["GET"])
def calls_to_make() -> Response:
    """Show the calls to be made."""
    return page("calls_to_make")


@app.route("/callers", methods=["GET"])
def caller() -> Response:
    """Show the page for people who call again."""
    return page("caller")


@app.route("/callers", methods=["POST"], content_types=ANY)
def serve_caller_by_form() -> Response:
    """Show a caller's petitions, or do what they want with one."""
    return page("serve_caller")


@app.route("/in-doubt", methods=["GET"])
def in_doubt() -> Response:
    """Show the sends of which nobody knows whether they went out."""
    return page("in_doubt")


@app.route("/in-doubt/{reference}", methods=["POST"], content_types=ANY)
def doubt(reference: str) -> Response:
    """Take what was found out about one of them."""
    return page("settle_doubt", reference)


@app.route("/calls/{reference}", methods=["POST"], content_types=ANY)
def make_call(reference: str) -> Response:
    """Show whom to call, or take what came of it."""
    return page("make_call", reference)


@app.route("/reports", methods=["GET"])
def reports() -> Response:
    """Show the reports."""
    return page("reports")


@app.route("/reports/cases", methods=["GET"])
def cases_behind() -> Response:
    """Show the petitions behind a figure."""
    return page("report_cases")


@app.route("/routing", methods=["GET"])
def corrections() -> Response:
    """Show what officers decide otherwise than the router."""
    return page("corrections")


@app.route("/routing", methods=["POST"], content_types=ANY)
def try_rule() -> Response:
    """Try a routing rule, then write it."""
    return page("try_rule")


@app.route("/openings", methods=["GET"])
def openings() -> Response:
    """Show who opened which seal, and why."""
    return page("openings")


@app.route("/calendar", methods=["GET"])
def calendar() -> Response:
    """Show what was decided about single days."""
    return page("calendar")


@app.route("/calendar", methods=["POST"], content_types=ANY)
def change_calendar() -> Response:
    """Take a decision about a day, in two steps."""
    return page("change_calendar")


@app.route("/terms", methods=["GET"])
def terms() -> Response:
    """Show the ministry's time limits."""
    return page("terms")


@app.route("/terms", methods=["POST"], content_types=ANY)
def change_terms() -> Response:
    """Take another edition of the time limits, in two steps."""
    return page("change_terms")


@app.route("/texts", methods=["GET"])
def texts() -> Response:
    """Show the texts of all notices."""
    return page("texts")


@app.route("/texts/{name}", methods=["GET"])
def text(name: str) -> Response:
    """Show one text: in force, planned, past, and as its reader sees it."""
    return page("text", name)


@app.route("/texts/{name}", methods=["POST"], content_types=ANY)
def change_text(name: str) -> Response:
    """Check another version of a text, or write it."""
    return page("change_text", name)


@app.route("/directory", methods=["GET"])
def directory() -> Response:
    """Lead to the units, the first list of the directory."""
    return page("directory")


@app.route("/directory/{kind}", methods=["GET"])
def directory_list(kind: str) -> Response:
    """List units, fields, officers or answer templates."""
    return page("directory_list", kind)


@app.route("/directory/{kind}", methods=["POST"], content_types=ANY)
def add_row(kind: str) -> Response:
    """Take a new row, in two steps."""
    return page("add_row", kind)


@app.route("/directory/{kind}/{row_id}", methods=["GET"])
def directory_row(kind: str, row_id: str) -> Response:
    """Show a row: its versions, what depends on it, who changed it."""
    return page("directory_row", kind, row_id)


@app.route("/directory/{kind}/{row_id}", methods=["POST"], content_types=ANY)
def change_row(kind: str, row_id: str) -> Response:
    """Take a change or the end of a row, in two steps."""
    return page("change_row", kind, row_id)


@app.route("/preferences", methods=["GET"])
def preferences() -> Response:
    """Show what an officer wants to be told."""
    return page("preferences")


@app.route("/preferences", methods=["POST"], content_types=ANY)
def change_preferences() -> Response:
    """Take what an officer wants to be told."""
    return page("change_preferences")


@app.route("/unsubscribe/{token}", methods=["GET"])
def unsubscribe_form(token: str) -> Response:
    """Ask whether to end the daily digest."""
    return page("unsubscribe_form")


@app.route("/unsubscribe/{token}", methods=["POST"], content_types=ANY)
def unsubscribe(token: str) -> Response:
    """End the daily digest with one click."""
    return page("unsubscribe")


@app.route("/{name}", methods=["GET"])
def no_such_page(name: str) -> Response:
    """Say so in the desk's own style."""
    return page("not_found")
