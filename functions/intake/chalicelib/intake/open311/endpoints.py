"""Open311's routes: split `requests.xml` into resource and format, and answer in that format, errors too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from chalice.app import Request, Response

from chalicelib.intake.composition import Parts
from chalicelib.intake.open311 import comments, services, updates, windows
from chalicelib.intake.open311 import service_requests as requests
from chalicelib.intake.open311.formats import Format, answer
from shared.domain import errors
from shared.domain.identity.reference import normal_reference, spaced
from shared.domain.petition.change import client_actor
from shared.domain.petition.petition import Petition
from shared.platform import clock
from shared.tables.petitions import Petitions
from shared.web.answers import PUBLIC_FOR_A_MINUTE, rate_limits
from shared.web.i18n import N_, Language, gettext
from shared.web.problems import problem_of, rule_message
from shared.web.requests import FORM, form_body, language_of, query_parameter, query_parameters
from shared.web.routes import Routes

NOT_FOUND = N_("Không có địa chỉ này. Định dạng là .xml hoặc .json.")
UNKNOWN_SERVICE = N_("service_code: không có lĩnh vực này; xem services.xml.")
UNKNOWN_REQUEST = N_("service_request_id: không có yêu cầu nào như vậy đã gửi qua Open311.")
KEY_NEEDED = N_("api_key: thiếu khóa, hoặc khóa không đúng.")
NO_COMMENT = N_(
    "service_request_id, email, phone: không có yêu cầu nào như vậy do khóa này gửi, hoặc email, số điện thoại không "
    "phải của người đã gửi. Người khác không bổ sung được vào phản ánh, kiến nghị."
)
NOTICE = N_(
    "Mã tra cứu %(reference)s, mã PIN %(pin)s. Hãy giữ mã PIN: cần mã này để xem nội dung và câu trả lời."
)
NOT_TAKEN = N_("Các mục sau không được nhận: %(names)s.")
PLACE_NOT_TAKEN = N_("Hãy ghi địa điểm trong description hoặc trong nội dung bổ sung.")
FILES_NOT_TAKEN = N_(
    "Tệp từ media_url không được tải về. Gửi ảnh, giấy tờ tại %(url)s/tra-cuu?ma=%(reference)s bằng mã PIN, hoặc qua "
    "POST %(url)s/v1/petitions/%(reference)s/attachments (docs: %(url)s/tai-lieu-api)."
)
BEGINNING = "/open311/"
"""The beginning of all addresses of this API."""
MOST_IDS = 20
"""Service requests that may be asked for at once by their ids: each costs a read."""
_ANYBODY = "local"
"""The client of the local stack, where no key is needed."""


class _Refusal(errors.PetitionError):
    """An error for which GeoReport v2 has a status of its own."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


def routes(parts: Callable[[], Parts]) -> Routes[Parts]:
    """Return the routes of GeoReport v2; `file` is like `requests.xml`."""
    open311 = Routes(__name__, parts, lambda _parts, request, error: answer_error(request, error))
    open311.get("/open311/v2/{file}", get_collection)
    open311.post("/open311/v2/{file}", post_request, FORM)
    open311.get("/open311/v2/services/{file}", get_service)
    open311.get("/open311/v2/requests/{file}", get_request)
    return open311


def get_collection(parts: Parts, request: Request, file: str) -> Response:
    """Describe the API, list the services, or list what is published."""
    views: dict[str, Callable[[Parts, Request, Format], Response]] = {
        "discovery": _discovery,
        "services": _services,
        "requests": _requests,
        "servicerequestupdates": _updates,
    }

    def view(name: str, in_format: Format) -> Response:
        if name not in views:
            raise _Refusal(404, NOT_FOUND)
        return views[name](parts, request, in_format)

    return _answered(request, file, view)


def get_service(parts: Parts, request: Request, file: str) -> Response:
    """Give one service's definition."""

    def view(code: str, in_format: Format) -> Response:
        definition = services.service_definition(parts.directory, code, language_of(request))
        if definition is None:
            raise _Refusal(404, UNKNOWN_SERVICE)
        return answer("service_definition", definition, in_format, headers=PUBLIC_FOR_A_MINUTE)

    return _answered(request, file, view)


def get_request(parts: Parts, request: Request, file: str) -> Response:
    """Give one service request: the status of a petition."""

    def view(identifier: str, in_format: Format) -> Response:
        petition = _petition(parts.petitions, identifier)
        if petition is None:
            raise _Refusal(404, UNKNOWN_REQUEST)
        return answer("service_requests", [_view(parts, request, petition)], in_format)

    return _answered(request, file, view)


def post_request(parts: Parts, request: Request, file: str) -> Response:
    """Take a petition, or what its petitioner adds: 201, or 200 when the same had come before."""
    views = {"requests": _post_petition, "servicerequestupdates": _post_comment}

    def view(name: str, in_format: Format) -> Response:
        if name not in views:
            raise _Refusal(404, NOT_FOUND)
        form = form_body(request)
        return views[name](parts, request, form, _client(parts, form), in_format)

    return _answered(request, file, view)


def _post_petition(
    parts: Parts, request: Request, form: Mapping[str, str], client: str, in_format: Format
) -> Response:
    language = language_of(request)
    submission = requests.submission(form, request.headers.get("idempotency-key"), client, language)
    received = parts.limited_reception.receive(submission)
    reference = received.petition.reference
    notice = _notice(form, reference, received.pin, parts.settings.public_url, language)
    facts = {"service_request_id": reference, "service_notice": notice, "account_id": None}
    status, headers = 201 if received.is_new else 200, rate_limits(received.quotas)
    return answer("service_requests", [facts], in_format, status, headers)


def _post_comment(
    parts: Parts, _request: Request, form: Mapping[str, str], client: str, in_format: Format
) -> Response:
    comment = comments.read_comment(form, client)
    try:
        petition = parts.finder.find_sent_by(
            comment.reference, f"{requests.SENDER}{client}", comment.contacts
        )
    except errors.NotFoundOrWrongPinError:
        raise _Refusal(404, NO_COMMENT) from None
    changed = parts.follow_up.supplement(petition, comment.content, comment.cause, by=client_actor(client))
    facts = [{"update_id": comments.update_of(changed, comment)}]
    status = 201 if changed.version > petition.version else 200
    return answer("service_request_updates", facts, in_format, status)


def _notice(form: Mapping[str, str], reference: str, pin: str, url: str, language: Language) -> str:
    """Return the notice for the sender: how to follow the petition, and which arguments were not kept."""
    _ = gettext(language)
    texts = [_(NOTICE) % {"reference": spaced(reference), "pin": pin}]
    left_out = requests.not_taken(form)
    if left_out.names:
        texts.append(_(NOT_TAKEN) % {"names": ", ".join(left_out.names)})
    if left_out.has_place:
        texts.append(_(PLACE_NOT_TAKEN))
    if left_out.has_files:
        texts.append(_(FILES_NOT_TAKEN) % {"url": url, "reference": reference})
    return " ".join(texts)


def _discovery(parts: Parts, request: Request, in_format: Format) -> Response:
    settings = parts.settings
    facts = services.discovery(
        parts.directory, settings.public_url, language_of(request), is_live=settings.stage == "prod"
    )
    return answer("discovery", facts, in_format, headers=PUBLIC_FOR_A_MINUTE)


def _services(parts: Parts, request: Request, in_format: Format) -> Response:
    facts = services.service_list(parts.directory, language_of(request))
    return answer("services", facts, in_format, headers=PUBLIC_FOR_A_MINUTE)


def _requests(parts: Parts, request: Request, in_format: Format) -> Response:
    if identifiers := _listed_ids(query_parameters(request)):
        petitions = (_petition(parts.petitions, identifier) for identifier in identifiers)
        facts = [_view(parts, request, petition) for petition in petitions if petition]
        return answer("service_requests", facts, in_format)
    query = query_parameters(request)
    window, page = requests.window(query), windows.page(query)
    rows = requests.published(parts.petitions, parts.directory, window, language_of(request))
    facts = list(islice(rows, page.before, page.before + page.size + 1))
    headers = PUBLIC_FOR_A_MINUTE | _next_page(request, query, page, has_more=len(facts) > page.size)
    return answer("service_requests", facts[: page.size], in_format, headers=headers)


def _next_page(
    request: Request, query: Mapping[str, str], page: windows.Page, *, has_more: bool
) -> dict[str, str]:
    """Return the header that leads to the next page (RFC 8288), nothing on the last one."""
    if not has_more or page.number == windows.MOST_PAGES:
        return {}
    following = urlencode({**query, "page": page.number + 1, "page_size": page.size})
    return {"Link": f'<{request.path}?{following}>; rel="next"'}


def _updates(parts: Parts, request: Request, in_format: Format) -> Response:
    """List what became of the requests that the client itself sent (FixMyStreet's extension); it shows its key."""
    query, now = query_parameters(request), clock.now()
    client = _client(parts, query)
    start, end = updates.window(query, now)
    page = windows.page(query)
    if listed := _listed_ids(query):
        own = [petition for name in listed if (petition := _petition(parts.petitions, name))]
    else:
        own = list(updates.changed_petitions(parts.petitions, parts.outlines, start, now))
    facts = updates.updates(own, client, start, end, language_of(request))
    shown = facts[page.before : page.before + page.size]
    # The key stands in the address, as FixMyStreet sends it: the next page is not named, for no key is repeated.
    return answer("service_request_updates", shown, in_format)


def _listed_ids(query: Mapping[str, str]) -> list[str]:
    """Return the identifiers that a query names, each once.

    Raises:
        InvalidInputError: more than twenty.
    """
    listed = query.get("service_request_id", "")
    identifiers = list(dict.fromkeys(name.strip() for name in listed.split(",") if name.strip()))
    if len(identifiers) > MOST_IDS:
        raise errors.InvalidInputError(("service_request_id", "too-long"))
    return identifiers


def _view(parts: Parts, request: Request, petition: Petition) -> dict[str, Any]:
    """Return the public facts of one petition; with `extensions=true` also each promise and whether it was kept."""
    facts = requests.public_view(petition, parts.directory, language_of(request))
    if query_parameter(request, "extensions") == "true":
        evidence = parts.views.evidence(petition, "", clock.now())
        duties = requests.duty_timeline(petition, parts.directory, evidence)
        facts["extended_attributes"] = {"duties": duties}
    return facts


def _petition(petitions: Petitions, identifier: str) -> Petition | None:
    reference = normal_reference(identifier)
    petition = petitions.get(reference) if reference else None
    return petition if petition and requests.came_through_open311(petition) else None


def _client(parts: Parts, form: Mapping[str, str]) -> str:
    """Return the name of the client whose key came with a form; the local stack takes anybody, unless it asks for keys.

    Raises:
        _Refusal: no key, or an unknown one.
    """
    client = parts.api_keys.client_of(form.get("api_key", ""))
    if client is not None:
        return client
    if parts.settings.open311_takes_anybody:
        return _ANYBODY
    raise _Refusal(403, KEY_NEEDED)


def _answered(request: Request, file: str, view: Callable[[str, Format], Response]) -> Response:
    name, _, suffix = file.rpartition(".")
    try:
        in_format = Format(suffix)
    except ValueError:
        return _refused(_Refusal(404, NOT_FOUND), Format.XML, request)
    try:
        return view(name, in_format)
    except errors.PetitionError as error:
        return _refused(error, in_format, request)


def answer_error(request: Request, error: errors.PetitionError) -> Response:
    """Answer an error that belongs to no view, in the format that the address ends with, else as XML."""
    suffix = str(request.to_original_event()["path"]).rpartition(".")[2]
    return _refused(error, Format(suffix) if suffix in set(Format) else Format.XML, request)


def _refused(error: errors.PetitionError, in_format: Format, request: Request) -> Response:
    """Say what is wrong as GeoReport v2 does: a list of codes, which are the status, and descriptions."""
    language = language_of(request)
    _ = gettext(language)
    headers: dict[str, str] = {}
    if isinstance(error, _Refusal):
        status, texts = error.status, [_(error.text)]
    elif isinstance(error, errors.InvalidInputError):
        problems = requests.renamed(error).problems
        status = 404 if problems == (("service_code", "unknown"),) else 400
        texts = [f"{field}: {rule_message(rule, language, field)}" for field, rule in problems]
    else:
        status, problem = problem_of(error, language_of(request))
        texts = [f"{problem['title']}. {problem['detail']}"]
    if isinstance(error, errors.TooManyRequestsError | errors.UnavailableError):
        headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, errors.TooManyRequestsError):
        headers |= rate_limits(error.quotas)
    facts: list[dict[str, Any]] = [{"code": status, "description": text} for text in texts]
    return answer("errors", facts, in_format, status, headers)
