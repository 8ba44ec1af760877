"""The steps that ask: what happened, who one is, how to be answered. A form leads to the next step's address."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from chalice.app import Request, Response

from chalicelib.intake.composition import Parts
from chalicelib.intake.petitions.receive_petition import answered_by
from chalicelib.intake.site.frame import page_language, sending_to, site_routes
from chalicelib.intake.site.receipt import answer_once_more
from chalicelib.intake.site.steps import check, files, leave
from chalicelib.intake.site.steps.frame import (
    ENOUGH_BEGUN,
    RETURN,
    TO_MEND,
    asked_whose,
    fields_in,
    led_elsewhere,
    problems_of,
    save,
    step_page,
)
from chalicelib.intake.site.steps.passes import Holder, holder_of, new_holder
from chalicelib.intake.unsent import steps
from chalicelib.intake.unsent.steps import Step
from chalicelib.intake.unsent.unsent_petitions import UnsentPetition
from shared.domain.errors import InvalidInputError, TooManyRequestsError
from shared.domain.petition.submission import PetitionInput
from shared.domain.petition.values.petitioner import ReplyBy
from shared.platform import clock
from shared.web.answers import json_answer, see_other, try_again_after
from shared.web.i18n import Language, gettext
from shared.web.rendering import link, moment, moment_in_sentence
from shared.web.requests import form_pairs, query_parameter, query_text, validated
from shared.web.routes import Routes


def routes(parts: Callable[[], Parts]) -> Routes[Parts]:
    """Return the routes of these pages."""
    site = site_routes(__name__, parts)
    site.get("/gui", show_matter)
    site.post("/gui/viec", take_matter)
    site.get("/gui/tra-loi", show_answers)
    site.get("/gui/nguoi-gui", show_sender)
    site.post("/gui/nguoi-gui", take_sender)
    site.get("/gui/nhan-tin", show_reply)
    site.post("/gui/nhan-tin", take_reply)
    site.post("/gui/luu", keep_unfinished)
    site.get("/gui/xem-lai", check.show)
    site.post("/gui/xem-lai", check.send)
    site.get("/gui/tiep", leave.show_continuation)
    site.post("/gui/tiep", leave.go_on)
    site.post("/gui/khong-phai", leave.disown)
    site.get("/gui/lam-tiep", leave.show_link)
    site.get("/gui/du-roi", leave.show_answered)
    site.post("/gui/xoa", leave.erase)
    site.get("/gui/da-xoa", leave.show_erased)
    return site


# --- what happened ----------------------------------------------------------------------------------------


def show_matter(parts: Parts, request: Request) -> Response:
    """Show the first step with what is kept; its hidden key makes one petition of a double click."""
    if elsewhere := led_elsewhere(parts, request):
        return elsewhere
    holder = holder_of(request, parts.settings.public_url)
    unsent = parts.unsent.get(holder.unsent_pass) if holder else UnsentPetition({})
    if holder is None or (not unsent.version and check.sent_petition(parts, holder) is not None):
        holder = new_holder()
    if asks := asked_whose(holder, unsent, page_language(request)):
        return asks
    unsent = _with_query(parts, request, unsent)
    arrived = files.arrived(parts, unsent)
    problems = problems_of(unsent, page_language(request)).get(Step.MATTER, [])
    is_to_mend = query_parameter(request, TO_MEND) == "1"
    shown = step_page(
        parts,
        request,
        Step.MATTER,
        holder,
        unsent,
        problems=[*problems, *files.problems_of_files(arrived)] if is_to_mend else [],
        was=_mark(unsent.fields),
        **files.shown(parts, arrived, page_language(request)),
    )
    return sending_to(parts.bucket.origin, shown)


def take_matter(parts: Parts, request: Request) -> Response:
    """Keep what happened; the next page shows answers that exist, or asks who one is."""
    return _take(parts, request, Step.MATTER)


def _with_query(parts: Parts, request: Request, unsent: UnsentPetition) -> UnsentPetition:
    """Return an unsent petition with the field and the searched words that the address brings."""
    field, words = query_parameter(request, "field"), query_text(request, "q")
    brought = {
        "field": field if field in parts.directory.codes_of_fields() else "",
        "content": "" if unsent.fields.get("content") else words,
    }
    fields = {name: value for name, value in brought.items() if value}
    return replace(unsent, fields={**unsent.fields, **fields})


# --- answers that exist -----------------------------------------------------------------------------------


def show_answers(parts: Parts, request: Request) -> Response:
    """Show published answers to what is like it, the likest open; where there is none, lead on or back."""
    holder, unsent, instead = _opened(parts, request, Step.ANSWERS)
    if instead is not None:
        return instead
    language = page_language(request)
    content = unsent.fields.get("content", "")
    similar = parts.public_record.like(content, language) if content.strip() else ()
    onward = holder.step(Step.CHECK if query_parameter(request, RETURN) == "1" else Step.SENDER, language)
    if not similar:
        is_back = query_parameter(request, "lui") == "1"
        return see_other(holder.step(Step.MATTER, language) if is_back else onward)
    return step_page(parts, request, Step.ANSWERS, holder, unsent, similar=similar, next=onward)


# --- who one is -------------------------------------------------------------------------------------------


def show_sender(parts: Parts, request: Request) -> Response:
    """Ask who one is."""
    holder, unsent, instead = _opened(parts, request, Step.SENDER)
    return instead or step_page(parts, request, Step.SENDER, holder, unsent)


def take_sender(parts: Parts, request: Request) -> Response:
    """Keep who one is."""
    return _take(parts, request, Step.SENDER)


# --- how to be answered -----------------------------------------------------------------------------------


def show_reply(parts: Parts, request: Request) -> Response:
    """Ask how to be answered, and whether the answer may be published."""
    holder, unsent, instead = _opened(parts, request, Step.REPLY)
    if instead is not None:
        return instead
    petition = validated(
        PetitionInput, steps.facts_of({**unsent.fields, "reply_by": ""}, page_language(request))
    )
    countries = parts.settings.opened_countries
    chosen = unsent.fields.get("reply_by", "").split() or [*answered_by(petition, countries)]
    with_all = petition.model_copy(update={"reply_by": tuple(ReplyBy)})
    has = {ReplyBy.EMAIL: petition.petitioner.email, ReplyBy.SMS: petition.petitioner.phone}
    offered = [
        channel for channel in answered_by(with_all, countries) if has.get(channel, petition.petitioner.phone)
    ]
    phone = check.shown_number(petition.petitioner.phone)
    return step_page(parts, request, Step.REPLY, holder, unsent, offered=offered, chosen=chosen, phone=phone)


def take_reply(parts: Parts, request: Request) -> Response:
    """Keep how to be answered."""
    return _take(parts, request, Step.REPLY)


# --- every step -------------------------------------------------------------------------------------------


def keep_unfinished(parts: Parts, request: Request) -> Response:
    """Keep what is being typed, as scripts send it; answers with the time."""
    form = dict(form_pairs(request))
    step = next((each for each in steps.ORDER if each == form.get("step")), None)
    holder = holder_of(request, parts.settings.public_url, form)
    if step is None or holder is None:
        raise InvalidInputError(("step", "unknown"))
    if check.is_sent(parts, holder):
        return json_answer({"saved_at": None}, 409)
    unsent = save(parts, request, holder, fields_in(form_pairs(request), step), form.get("proof", ""))
    at = moment(unsent.saved_at or clock.now()).partition(" ")[2]
    return holder.keep(json_answer({"saved_at": at}), parts.settings.public_url)


def _opened(parts: Parts, request: Request, step: Step) -> tuple[Holder, UnsentPetition, Response | None]:
    """Return the holder and the unsent petition; besides, an answer where the step cannot be shown yet."""
    language = page_language(request)
    nothing = UnsentPetition({})
    if elsewhere := led_elsewhere(parts, request):
        return new_holder(), nothing, elsewhere
    holder = holder_of(request, parts.settings.public_url)
    if holder is None:
        return new_holder(), nothing, see_other(link("/gui", language))
    unsent = parts.unsent.get(holder.unsent_pass)
    if not unsent.version:
        petition = check.sent_petition(parts, holder)
        sent = answer_once_more(parts, request, petition) if petition else None
        return holder, unsent, sent or see_other(holder.step(Step.MATTER, language))
    if asks := asked_whose(holder, unsent, language):
        return holder, unsent, asks
    wrong = next(iter(problems_of(unsent, language)), None)
    if wrong is not None and steps.ORDER.index(wrong) < steps.ORDER.index(step):
        return holder, unsent, see_other(holder.step(wrong, language, **{TO_MEND: "1"}))
    return holder, unsent, None


def _take(parts: Parts, request: Request, step: Step) -> Response:
    """Keep a step's form and lead on: to the next step, to what its button names, or back with its errors."""
    pairs = form_pairs(request)
    form, language = dict(pairs), page_language(request)
    holder = holder_of(request, parts.settings.public_url, form) or new_holder()
    if not holder.is_new and check.is_sent(parts, holder):
        holder = new_holder()
    holder = Holder(holder.unsent_pass, in_cookie=holder.in_cookie)
    fields = fields_in(pairs, step)
    if step is Step.SENDER:
        fields |= _usable_channels(parts.unsent.get(holder.unsent_pass).fields, fields)
    try:
        unsent = save(parts, request, holder, fields, form.get("proof", ""))
    except TooManyRequestsError as error:
        note = gettext(language)(ENOUGH_BEGUN) % {
            "at": moment_in_sentence(clock.now() + timedelta(seconds=error.retry_after), language)
        }
        typed = UnsentPetition(fields)
        empty = _empty(parts, step, language)
        shown = step_page(parts, request, step, holder, typed, status=429, note=note, **empty)
        return try_again_after(shown, error.retry_after)
    address = _next_address(holder, unsent, step, form, language)
    if step is Step.MATTER and files.problems_of_files(files.arrived(parts, unsent)):
        address = holder.step(step, language, **{TO_MEND: "1"})
    answer = see_other(address)
    return holder.keep(answer, parts.settings.public_url)


def _next_address(
    holder: Holder, unsent: UnsentPetition, step: Step, form: Mapping[str, str], language: Any
) -> str:
    then = form.get("then", "")
    if then == "link":
        return holder.address("/gui/lam-tiep", language)
    if step in problems_of(unsent, language):
        back = {RETURN: "1"} if then == "check" else {}
        return holder.step(step, language, **{TO_MEND: "1"}, **back)
    if step is Step.MATTER and then == "check" and form.get("was") != _mark(unsent.fields):
        return holder.step(Step.ANSWERS, language, **{RETURN: "1"})
    return holder.step(Step.CHECK if then == "check" else steps.following(step), language)


def _mark(fields: Mapping[str, str]) -> str:
    """Return the mark of a first step's text: one that was corrected is looked up again."""
    words = " ".join(fields.get("content", "").split())
    return hashlib.sha256(words.encode()).hexdigest()[:12]


def _usable_channels(before: Mapping[str, str], fields: Mapping[str, str]) -> dict[str, str]:
    """Return the chosen channels that the new contacts still serve."""
    needs = {"EMAIL": fields.get("email"), "SMS": fields.get("phone"), "PHONE": fields.get("phone")}
    chosen = before.get("reply_by", "").split()
    return {"reply_by": " ".join(channel for channel in chosen if (needs.get(channel) or "").strip())}


def _empty(parts: Parts, step: Step, language: Language) -> dict[str, Any]:
    """Return the facts of a step's page where nothing is kept that they could be read from."""
    if step is Step.MATTER:
        return {**files.shown(parts, (), language), "was": ""}
    return {"offered": list(ReplyBy), "chosen": [], "phone": ""} if step is Step.REPLY else {}
