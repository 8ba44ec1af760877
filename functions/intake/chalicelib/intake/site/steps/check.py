"""The last step: look at everything, change what the system guesses, agree, send. Sent twice, it is one petition."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from chalice.app import Request, Response

from chalicelib.intake.composition import Parts
from chalicelib.intake.limits.address_limit import Sender
from chalicelib.intake.petitions.receive_petition import answered_by, receive_petition
from chalicelib.intake.site.frame import page_language
from chalicelib.intake.site.receipt import answer_once_more, answer_with_receipt
from chalicelib.intake.site.send import ALREADY_SENT, ENOUGH_FOR_NOW
from chalicelib.intake.site.steps import files
from chalicelib.intake.site.steps.frame import (
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
from chalicelib.intake.unsent.files import files_in
from chalicelib.intake.unsent.steps import Problem, Step
from chalicelib.intake.unsent.unsent_petitions import UnsentPetition
from shared.domain.calendar import deadlines
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import IdempotencyKeyReusedError, TooManyRequestsError
from shared.domain.identity.telephone import as_dialled_here
from shared.domain.petition.petition import Petition
from shared.domain.petition.submission import PetitionInput
from shared.domain.petition.values.petitioner import PetitionerType
from shared.platform import clock
from shared.use_cases.classify_petition import Guess
from shared.use_cases.receive_submission import first_words
from shared.web.answers import see_other, try_again_after
from shared.web.i18n import gettext, in_language
from shared.web.labels import KINDS, PETITIONER_TYPES, REPLY_BY
from shared.web.rendering import NO_BREAK, link, moment_in_sentence
from shared.web.requests import form_pairs, query_parameter, source_address, validated


def is_sent(parts: Parts, holder: Holder) -> bool:
    """Return whether the petition of a pass was sent, and nothing is kept under it any more."""
    return not parts.unsent.is_kept(holder.unsent_pass) and sent_petition(parts, holder) is not None


def sent_petition(parts: Parts, holder: Holder) -> Petition | None:
    """Return the petition that was sent under a pass, None where none was."""
    return parts.reception.find(f"web:{parts.unsent.submission_key(holder.unsent_pass)}")


def show(parts: Parts, request: Request) -> Response:
    """Show everything as it would be sent; of what was sent, the receipt."""
    if elsewhere := led_elsewhere(parts, request):
        return elsewhere
    holder = holder_of(request, parts.settings.public_url)
    if holder is None:
        return see_other(link("/gui", page_language(request)))
    unsent = parts.unsent.get(holder.unsent_pass)
    if asks := asked_whose(holder, unsent, page_language(request)):
        return asks
    return _instead(parts, request, holder, unsent) or _check_page(parts, request, holder, unsent)


def send(parts: Parts, request: Request) -> Response:
    """Send the petition and show its receipt; or lead to the step that something is missing in."""
    pairs = form_pairs(request)
    form, language = dict(pairs), page_language(request)
    holder = holder_of(request, parts.settings.public_url, form)
    if holder is None:
        return see_other(link("/gui", language))
    unsent = parts.unsent.get(holder.unsent_pass)
    if not unsent.version:
        return see_other(holder.step(Step.CHECK, language))
    chosen = _without_guesses(fields_in(pairs, Step.CHECK), unsent.fields)
    unsent = save(parts, request, holder, chosen, form.get("proof", ""))
    instead = _instead(parts, request, holder, unsent)
    if instead is None and form.get("consent") != "1":
        instead = see_other(holder.step(Step.CHECK, language, **{TO_MEND: "1"}))
    return holder.keep(instead or _sent(parts, request, holder, unsent), parts.settings.public_url)


def _instead(parts: Parts, request: Request, holder: Holder, unsent: UnsentPetition) -> Response | None:
    """Return the answer in place of the last step: the receipt, or the step that something is missing in."""
    language = page_language(request)
    if not unsent.version:
        sent = sent_petition(parts, holder)
        return answer_once_more(parts, request, sent) if sent else see_other(link("/gui", language))
    wrong = next((step for step in problems_of(unsent, language) if step is not Step.CHECK), None)
    if wrong is None and files.problems_of_files(files.arrived(parts, unsent)):
        wrong = Step.MATTER
    return see_other(holder.step(wrong, language, **{TO_MEND: "1"})) if wrong else None


def _sent(parts: Parts, request: Request, holder: Holder, unsent: UnsentPetition) -> Response:
    """Receive the petition, then forget what was kept of it: a crash in between is mended by sending again."""
    language = page_language(request)
    petition = validated(PetitionInput, steps.facts_of(unsent.fields, language))
    sender = Sender(source_address(request), unsent.is_proven)
    key = parts.unsent.submission_key(holder.unsent_pass)
    try:
        received = receive_petition(parts.limited_reception, petition, key, sender)
    except IdempotencyKeyReusedError:
        return _once_more(parts, request, holder, unsent)
    except TooManyRequestsError as error:
        at = moment_in_sentence(clock.now() + timedelta(seconds=error.retry_after), language)
        note = gettext(language)(ENOUGH_FOR_NOW) % {"at": at}
        return try_again_after(
            _check_page(parts, request, holder, unsent, status=429, note=note), error.retry_after
        )
    parts.unsent_files.hand_over(received.petition, files_in(unsent.fields))
    files.forget(parts, holder, unsent)
    return answer_with_receipt(parts, request, received, petition)


def _once_more(parts: Parts, request: Request, holder: Holder, unsent: UnsentPetition) -> Response:
    """Keep what was changed after it was sent under a new pass, to be sent as another petition if that is wanted."""
    another = new_holder()
    copy = save(parts, request, another, unsent.fields)
    parts.unsent.forget(holder.unsent_pass)
    note = gettext(page_language(request))(ALREADY_SENT)
    shown = _check_page(parts, request, another, copy, status=409, note=note)
    return another.keep(shown, parts.settings.public_url)


# --- the page ---------------------------------------------------------------------------------------------


def _check_page(
    parts: Parts,
    request: Request,
    holder: Holder,
    unsent: UnsentPetition,
    *,
    status: int = 200,
    note: str = "",
) -> Response:
    language = page_language(request)
    _ = gettext(language)
    petition = validated(PetitionInput, steps.facts_of({**unsent.fields, "field": "", "kind": ""}, language))
    channels = answered_by(petition, parts.settings.opened_countries)
    problems: list[Problem] = []
    if query_parameter(request, TO_MEND) == "1":
        problems = [*problems_of(unsent, language).get(Step.CHECK, []), ("consent", "missing")]
    return step_page(
        parts,
        request,
        Step.CHECK,
        holder,
        unsent,
        status=status,
        note=note,
        problems=problems,
        content=petition.content,
        files=files.counts_of(files.arrived(parts, unsent), language),
        sender=_lines_about_sender(petition, language),
        channels=[_(REPLY_BY[channel]) for channel in channels],
        may_publish=petition.may_publish,
        due_on=_due_on(parts, unsent.fields),
        **_guessed(parts, petition, unsent.fields, language),
    )


def shown_number(number: str | None) -> str:
    """Return a number in E.164 as people here write it, kept on one line."""
    return as_dialled_here(number or "").replace(" ", NO_BREAK)


def _lines_about_sender(petition: PetitionInput, language: Any) -> list[str]:
    petitioner = petition.petitioner
    is_citizen = petitioner.type is PetitionerType.CITIZEN
    lines = (
        petitioner.name,
        "" if is_citizen else gettext(language)(PETITIONER_TYPES[petitioner.type]),
        petitioner.organisation,
        petitioner.address,
        shown_number(petitioner.phone),
        petitioner.phone_note,
        petitioner.email,
    )
    return [line for line in lines if line]


def _due_on(parts: Parts, fields: Mapping[str, str]) -> Any:
    """Return the last day for answering what is sent now."""
    now = clock.now()
    codes = parts.directory.codes_of_fields()
    field = fields.get("field") if fields.get("field") in codes else None
    terms = parts.directory.terms_on(local_date(now), field=field, kind=fields.get("kind") or None)
    return deadlines.answer_due_on(now, terms, parts.directory.calendar())


def _guessed(
    parts: Parts, petition: PetitionInput, fields: Mapping[str, str], language: Any
) -> dict[str, Any]:
    """Return the field and kind that the system guesses or the sender chose, and those that may be chosen."""
    _ = gettext(language)
    guess = parts.classifier.guess(petition.subject or "", petition.content)
    names = {field.code: field for field in parts.public_record.fields(language).fields}
    chosen = fields.get("field", "")
    offered = _offered(guess, chosen, names)
    shown = names.get(chosen or guess.field or "")
    return {
        "field": shown,
        "is_chosen": bool(chosen),
        "body": "" if chosen else guess.body or "",
        "offered_fields": [names[code] for code in offered],
        "all_fields": [field for code, field in names.items() if code not in offered],
        "title": petition.subject or first_words(petition.content),
        "kind": fields.get("kind", ""),
        "guessed_kind": guess.kind or "",
        "kinds": [(kind.value, _(label)) for kind, label in KINDS.items()],
        "in_language": in_language,
    }


def _offered(guess: Guess, chosen: str, names: Mapping[str, Any]) -> list[str]:
    codes = [chosen, guess.field, *guess.alternatives]
    return list(dict.fromkeys(code for code in codes if code and code in names))


def _without_guesses(chosen: Mapping[str, str], fields: Mapping[str, str]) -> dict[str, str]:
    """Return the sender's choices: a title that is the text's own beginning is none."""
    subject = chosen.get("subject", "").strip()
    is_own = subject == first_words(fields.get("content", ""))
    return {**chosen, "subject": "" if is_own else subject}
