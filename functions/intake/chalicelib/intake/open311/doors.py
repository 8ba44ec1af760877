"""Open311's doors: split `requests.xml` into what and how, and answer in that format, errors too; called by app.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from chalice.app import Request, Response

from chalicelib.intake import composition
from chalicelib.intake.api.petitions import PUBLIC, client_of
from chalicelib.intake.open311 import service_requests as requests
from chalicelib.intake.open311 import services
from chalicelib.intake.open311.formats import Format, answer
from shared.domain import errors
from shared.domain.identity import reference
from shared.domain.identity.reference import spaced
from shared.domain.petition.petition import Petition
from shared.platform import clock
from shared.web.http import PROBLEMS, RULES, form_body, language_of
from shared.web.i18n import N_, add_catalogue, gettext

add_catalogue(Path(__file__).parents[1] / "locale")

NOT_FOUND = N_("Không có địa chỉ này. Định dạng là .xml hoặc .json.")
UNKNOWN_SERVICE = N_("service_code: không có lĩnh vực này; xem services.xml.")
UNKNOWN_REQUEST = N_("service_request_id: không có yêu cầu nào như vậy đã gửi qua Open311.")
KEY_NEEDED = N_("api_key: thiếu khóa, hoặc khóa không đúng.")
NOTICE = N_(
    "Mã tra cứu %(reference)s, mã PIN %(pin)s. Hãy giữ mã PIN: cần mã này để xem nội dung và câu trả lời."
)
MOST_IDS = 20
"""Service requests that may be asked for at once by their ids: each costs a read."""
_ANYBODY = "local"
"""The client of the local stack, where no key is needed."""


class _Refusal(errors.PetitionError):
    """What GeoReport v2 has its own status for."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


def get_collection(request: Request, file: str) -> Response:
    """Answer `discovery`, `services` or `requests`."""
    views: dict[str, Callable[[Request, Format], Response]] = {
        "discovery": _discovery,
        "services": _services,
        "requests": _requests,
    }

    def view(name: str, in_format: Format) -> Response:
        if name not in views:
            raise _Refusal(404, NOT_FOUND)
        return views[name](request, in_format)

    return _answered(request, file, view)


def get_service(request: Request, file: str) -> Response:
    """Answer one service's definition."""

    def view(code: str, in_format: Format) -> Response:
        told = services.service_definition(composition.directory(), code, language_of(request))
        if told is None:
            raise _Refusal(404, UNKNOWN_SERVICE)
        return answer("service_definition", told, in_format, headers=PUBLIC)

    return _answered(request, file, view)


def get_request(request: Request, file: str) -> Response:
    """Answer one service request."""

    def view(identifier: str, in_format: Format) -> Response:
        petition = _petition(identifier)
        if petition is None:
            raise _Refusal(404, UNKNOWN_REQUEST)
        return answer("service_requests", [_view(petition, request)], in_format)

    return _answered(request, file, view)


def post_request(request: Request, file: str) -> Response:
    """Take a petition: 201, or 200 when the same had come before."""

    def view(name: str, in_format: Format) -> Response:
        if name != "requests":
            raise _Refusal(404, NOT_FOUND)
        form = form_body(request)
        client = _client(form)
        language = language_of(request)
        sent = requests.submission(form, request.headers.get("idempotency-key"), client, language)
        received = composition.limited_reception().receive(sent)
        found = received.petition.reference
        told = {
            "service_request_id": found,
            "service_notice": gettext(language)(NOTICE) % {"reference": spaced(found), "pin": received.pin},
            "account_id": None,
        }
        return answer("service_requests", [told], in_format, 201 if received.is_new else 200)

    return _answered(request, file, view)


def _discovery(request: Request, in_format: Format) -> Response:
    told = composition.configuration()
    facts = services.discovery(
        composition.directory(), told.public_url, language_of(request), is_live=told.stage == "prod"
    )
    return answer("discovery", facts, in_format, headers=PUBLIC)


def _services(request: Request, in_format: Format) -> Response:
    facts = services.service_list(composition.directory(), language_of(request))
    return answer("services", facts, in_format, headers=PUBLIC)


def _requests(request: Request, in_format: Format) -> Response:
    query: Mapping[str, str] = request.query_params or {}
    directory, language = composition.directory(), language_of(request)
    if query.get("service_request_id", "").strip():
        wanted = dict.fromkeys(one.strip() for one in query["service_request_id"].split(",") if one.strip())
        if len(wanted) > MOST_IDS:
            raise errors.InvalidInputError(("service_request_id", "too-long"))
        found = (_petition(one) for one in wanted)
        told = [_view(petition, request) for petition in found if petition]
        return answer("service_requests", told, in_format)
    told = requests.published(composition.petitions(), directory, requests.window(query), language)
    return answer("service_requests", told, in_format, headers=PUBLIC)


def _view(petition: Petition, request: Request) -> dict[str, Any]:
    """Return what is public of one petition; with `extensions=true` also what was promised and how it was kept."""
    query: Mapping[str, str] = request.query_params or {}
    directory = composition.directory()
    told = requests.public_view(petition, directory, language_of(request))
    if query.get("extensions") == "true":
        evidence = composition.sightings().evidence(petition, "", clock.now())
        told["extended_attributes"] = {"duties": requests.duty_timeline(petition, directory, evidence)}
    return told


def _petition(identifier: str) -> Petition | None:
    normal = reference.normal_reference(identifier)
    petition = composition.petitions().get(normal) if normal else None
    return petition if petition and requests.came_through_open311(petition) else None


def _client(form: Mapping[str, str]) -> str:
    """Return the name of the client whose key came with a form; the local stack takes anybody.

    Raises:
        _Refusal: no key, or an unknown one.
    """
    given = form.get("api_key", "")
    if given and (name := client_of(given)):
        return name
    if composition.configuration().stage == _ANYBODY:
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


def _refused(error: errors.PetitionError, in_format: Format, request: Request) -> Response:
    """Say what is wrong as GeoReport v2 does: a list of codes, which are the status, and descriptions."""
    _ = gettext(language_of(request))
    headers: dict[str, str] = {}
    if isinstance(error, _Refusal):
        status, texts = error.status, [_(error.text)]
    elif isinstance(error, errors.InvalidInputError):
        problems = requests.renamed(error).problems
        status = 404 if problems == (("service_code", "unknown"),) else 400
        texts = [f"{field}: {_(RULES[rule])}" for field, rule in problems]
    else:
        status, title, what_to_do = PROBLEMS[type(error)]
        texts = [f"{_(title)}. {_(what_to_do)}"]
    if isinstance(error, errors.TooManyRequestsError):
        headers["Retry-After"] = str(error.retry_after)
    facts: list[dict[str, Any]] = [{"code": status, "description": text} for text in texts]
    return answer("errors", facts, in_format, status, headers)
