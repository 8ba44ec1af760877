"""Intake's doors: the citizens' site, the JSON API, the short code 8088, the call reports, the files uploaded."""

from __future__ import annotations

from typing import Any

from chalice.app import Chalice, Response, SQSEvent

from chalicelib.intake.api import petitions
from shared.platform import settings
from shared.web.http import ANY, answers_problems, json_answer, requests_of

app = Chalice(app_name="pakn-intake")
request = requests_of(app)
problems = answers_problems(request)


# --- JSON API -----------------------------------------------------------------------------------------


@app.route("/v1/petitions", methods=["POST"], content_types=ANY)
@problems
def receive_petition() -> Response:
    """Take a petition."""
    return petitions.receive(request())


@app.route("/v1/petitions/{reference}", methods=["GET"])
@problems
def track_petition(reference: str) -> Response:
    """Show a petition to whoever has its PIN."""
    return petitions.track(request(), reference)


@app.route("/v1/petitions/{reference}/supplements", methods=["POST"], content_types=ANY)
@problems
def supplement_petition(reference: str) -> Response:
    """Add to a petition."""
    return petitions.supplement(request(), reference)


@app.route("/v1/petitions/{reference}/contact", methods=["POST"], content_types=ANY)
@problems
def add_contact_to_petition(reference: str) -> Response:
    """Take another contact."""
    return petitions.add_contact(request(), reference)


@app.route("/v1/petitions/{reference}/withdrawal", methods=["POST"], content_types=ANY)
@problems
def withdraw_petition(reference: str) -> Response:
    """Take a petition back."""
    return petitions.withdraw(request(), reference)


@app.route("/v1/petitions/{reference}/rating", methods=["POST"], content_types=ANY)
@problems
def rate_petition(reference: str) -> Response:
    """Rate the answer."""
    return petitions.rate(request(), reference)


@app.route("/v1/petitions/{reference}/reopening", methods=["POST"], content_types=ANY)
@problems
def reopen_petition(reference: str) -> Response:
    """Ask for a second look."""
    return petitions.reopen(request(), reference)


@app.route("/v1/petitions/{reference}/unlock", methods=["POST"], content_types=ANY)
@problems
def unlock_petition(reference: str) -> Response:
    """Have the PIN sent to a contact on file."""
    return petitions.unlock(request(), reference)


@app.route("/v1/petitions/{reference}/attachments", methods=["POST"], content_types=ANY)
@problems
def attach_file(reference: str) -> Response:
    """Declare a file and get the form that uploads it."""
    return petitions.attach(request(), reference)


@app.route("/v1/petitions/{reference}/attachments/{attachment_id}", methods=["GET"])
@problems
def fetch_file(reference: str, attachment_id: str) -> Response:
    """Give a link to a file that came with the answer."""
    return petitions.answers_file(request(), reference, attachment_id)


@app.route("/v1/fields", methods=["GET"])
@problems
def list_fields() -> Response:
    """List the fields of responsibility."""
    return petitions.fields(request())


@app.route("/v1/published", methods=["GET"])
@problems
def list_published() -> Response:
    """List published answers."""
    return petitions.published(request())


@app.route("/v1/published/similar", methods=["POST"], content_types=ANY)
@problems
def list_similar() -> Response:
    """List published answers to questions like a text."""
    return petitions.similar(request())


@app.route("/v1/statistics", methods=["GET"])
@problems
def month_figures() -> Response:
    """Give the figures of a month."""
    return petitions.statistics(request())


def verifiable(name: str, *arguments: str) -> Response:
    """Answer with what can be verified."""
    from chalicelib.intake.api import verification as root_api  # noqa: PLC0415 - few ask for it

    answered: Response = getattr(root_api, name)(request(), *arguments)
    return answered


@app.route("/v1/petitions/{reference}/record", methods=["GET"])
@problems
def history_record(reference: str) -> Response:
    """Give the petitioner the record of the history, to keep and to verify."""
    return verifiable("record", reference)


@app.route("/v1/roots", methods=["GET"])
@problems
def list_roots() -> Response:
    """List the signed roots of a month."""
    return verifiable("roots")


@app.route("/v1/roots/{day}", methods=["GET"])
@problems
def root_of_day(day: str) -> Response:
    """Give the signed root of a day."""
    return verifiable("root", day)


@app.route("/v1/signing-key", methods=["GET"])
@problems
def signing_key() -> Response:
    """Give the public half of the key that signs the roots."""
    return verifiable("signing_key")


@app.route("/v1/open-data/{file}", methods=["GET"])
@problems
def open_data(file: str) -> Response:
    """Give figures or published answers as a file of open data."""
    return petitions.open_data(request(), file)


@app.route("/openapi.json", methods=["GET"])
def openapi() -> Response:
    """Describe the API."""
    from chalicelib.intake.api.openapi import document  # noqa: PLC0415 - no other request needs the schemas

    return json_answer(document(), headers=petitions.PUBLIC)


@app.route("/health", methods=["GET"])
def health() -> Response:
    """Tell that intake answers."""
    return json_answer({"status": "ok"})


# --- pages ------------------------------------------------------------------------------------------


def page(name: str, *arguments: str) -> Response:
    """Answer with one of the site's pages."""
    from chalicelib.intake.site import doors  # noqa: PLC0415 - the JSON API does without templates

    return doors.answer(name, request(), *arguments)


@app.route("/", methods=["GET"])
def home() -> Response:
    """Show the site's entrance."""
    return page("home")


@app.route("/gui", methods=["GET"])
def send_form() -> Response:
    """Show the form for sending."""
    return page("send_form")


@app.route("/gui", methods=["POST"], content_types=ANY)
def send() -> Response:
    """Take the form."""
    return page("send")


@app.route("/tra-cuu", methods=["GET"])
def track_form() -> Response:
    """Show the form for following a petition, or the petition that an e-mail's link leads to."""
    return page("track_form")


@app.route("/tra-cuu", methods=["POST"], content_types=ANY)
def track() -> Response:
    """Show a petition to whoever has its PIN."""
    return page("track")


@app.route("/tra-cuu/bo-sung", methods=["POST"], content_types=ANY)
def supplement() -> Response:
    """Add to a petition."""
    return page("supplement")


@app.route("/tra-cuu/lien-he", methods=["POST"], content_types=ANY)
def add_contact() -> Response:
    """Take another contact."""
    return page("add_contact")


@app.route("/tra-cuu/rut", methods=["POST"], content_types=ANY)
def withdraw() -> Response:
    """Take a petition back."""
    return page("withdraw")


@app.route("/tra-cuu/tep", methods=["GET"])
def files() -> Response:
    """Show how files fare, to whom the bucket led back."""
    return page("files")


@app.route("/tra-cuu/tep", methods=["POST"], content_types=ANY)
def attach() -> Response:
    """Declare a file and show the form that uploads it."""
    return page("attach")


@app.route("/tra-cuu/tai-tep", methods=["POST"], content_types=ANY)
def fetch_answers_file() -> Response:
    """Lead to a file that came with the answer."""
    return page("fetch_file")


@app.route("/tra-cuu/danh-gia", methods=["POST"], content_types=ANY)
def rate() -> Response:
    """Rate the answer."""
    return page("rate")


@app.route("/tra-cuu/xem-lai", methods=["POST"], content_types=ANY)
def reopen() -> Response:
    """Ask for a second look."""
    return page("reopen")


@app.route("/tra-cuu/cap-lai", methods=["POST"], content_types=ANY)
def unlock() -> Response:
    """Have the PIN sent to a contact on file."""
    return page("unlock")


@app.route("/cong-khai", methods=["GET"])
def published() -> Response:
    """List and search published answers."""
    return page("published")


@app.route("/kiem-chung", methods=["GET"])
def verification() -> Response:
    """Say how a history is verified, and show the latest roots."""
    return page("verification")


@app.route("/tra-cuu/ban-ghi", methods=["POST"], content_types=ANY)
def download_record() -> Response:
    """Give the record of a history as a file."""
    return page("download_record")


@app.route("/tra-cuu/lich", methods=["POST"], content_types=ANY)
def download_due_date() -> Response:
    """Give the day of the answer as a file for a calendar."""
    return page("download_due_date")


@app.route("/cong-khai/tep", methods=["GET"])
def public_file() -> Response:
    """Lead to a file of a published answer."""
    return page("fetch_public_file")


@app.route("/thong-ke", methods=["GET"])
def statistics() -> Response:
    """Show the figures of a month."""
    return page("statistics")


@app.route("/chinh-sach", methods=["GET"])
def privacy() -> Response:
    """Say what personal data is used for."""
    return page("privacy")


@app.route("/tai-lieu-api", methods=["GET"])
def api_reference() -> Response:
    """Describe the API to people."""
    return page("api_reference")


@app.route("/assets/{name}", methods=["GET"])
def asset(name: str) -> Response:
    """Serve the style sheet."""
    return page("asset", name)


@app.route("/{name}", methods=["GET"])
def no_such_page(name: str) -> Response:
    """Say so in the site's own style, whatever the address was."""
    return page("not_found")


# --- Open311 ----------------------------------------------------------------------------------------


def open311(name: str, file: str) -> Response:
    """Answer as GeoReport v2 asks; `file` is like `requests.xml`."""
    from chalicelib.intake.open311 import doors  # noqa: PLC0415 - no other request needs XML

    answered: Response = getattr(doors, name)(request(), file)
    return answered


@app.route("/open311/v2/{file}", methods=["GET"])
def open311_collection(file: str) -> Response:
    """Describe the API, list the services, list what is published."""
    return open311("get_collection", file)


@app.route("/open311/v2/{file}", methods=["POST"], content_types=ANY)
def open311_post(file: str) -> Response:
    """Take a petition."""
    return open311("post_request", file)


@app.route("/open311/v2/services/{file}", methods=["GET"])
def open311_service(file: str) -> Response:
    """Say what a service asks for."""
    return open311("get_service", file)


@app.route("/open311/v2/requests/{file}", methods=["GET"])
def open311_request(file: str) -> Response:
    """Tell how a petition stands."""
    return open311("get_request", file)


# --- machines that call us --------------------------------------------------------------------------


@app.route("/sms/{provider}", methods=["GET", "POST"], content_types=ANY)
def receive_sms(provider: str) -> Response:
    """Take what people sent to 8088, from one of its providers."""
    from chalicelib.intake.api import webhooks  # noqa: PLC0415 - keeps the web's cold start short

    return webhooks.receive_sms(request(), provider)


@app.on_sqs_message(
    queue_arn=settings.stage_variable(
        "PARTS_QUEUE_ARN", "arn:aws:sqs:ap-southeast-1:123456789012:pakn-local-parts"
    ),
    batch_size=10,
    name="on_parts",
)
def on_parts(event: SQSEvent) -> dict[str, Any]:
    """Take long SMS whose missing parts have been waited for long enough."""
    from chalicelib.intake.api import webhooks  # noqa: PLC0415 - keeps the web's cold start short
    from shared.platform import queues  # noqa: PLC0415 - ditto
    from shared.platform.messages import PartsRequest  # noqa: PLC0415 - ditto

    return queues.each_message(event.to_dict(), PartsRequest, webhooks.take_parts)


@app.route("/hotline/calls", methods=["POST"], content_types=ANY)
@problems
def receive_call() -> Response:
    """Take the call centre's report of a call to 1900 1547."""
    from chalicelib.intake.api import webhooks  # noqa: PLC0415 - keeps the web's cold start short

    return webhooks.receive_call(request())


@app.lambda_function(name="connect")
def connect(event: dict[str, Any], _context: Any) -> dict[str, str]:
    """Tell the hotline's flow in Amazon Connect how a petition stands."""
    from chalicelib.intake import composition  # noqa: PLC0415 - keeps the web's cold start short
    from chalicelib.intake.hotline.connect import answer  # noqa: PLC0415 - ditto
    from shared.domain.calendar.working_calendar import local_date  # noqa: PLC0415 - ditto
    from shared.platform import clock  # noqa: PLC0415 - ditto

    today = local_date(clock.now())
    return answer(event, composition.finder(), composition.directory(), today=today)


# --- files ------------------------------------------------------------------------------------------


@app.on_sqs_message(
    queue_arn=settings.stage_variable(
        "UPLOADS_QUEUE_ARN", "arn:aws:sqs:ap-southeast-1:123456789012:pakn-local-uploads"
    ),
    batch_size=1,
    name="on_upload",
)
def on_upload(event: SQSEvent) -> dict[str, Any]:
    """Check files that were uploaded into the quarantine."""
    from chalicelib.intake import composition  # noqa: PLC0415 - keeps the web's cold start short
    from shared.platform import queues  # noqa: PLC0415 - ditto
    from shared.platform.messages import BucketEvent  # noqa: PLC0415 - ditto

    return queues.each_message(event.to_dict(), BucketEvent, composition.check_uploads)
