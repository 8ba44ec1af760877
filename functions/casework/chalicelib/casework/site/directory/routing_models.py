"""The page of the router's models: figures, weightiest phrases, a text to try, and which model is in force."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from chalice.app import Request, Response

from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.administration.routing_models import ModelOverview, Tried
from chalicelib.casework.administration.rule_trial import RuleTrial, by_unit, try_rule
from chalicelib.casework.composition import Parts
from chalicelib.casework.desk.reasons import reason_in_words
from chalicelib.casework.site.directory.outcome_labels import outcome_label
from chalicelib.casework.site.directory.row_preview import after_change
from chalicelib.casework.site.frame import Names, language_of_page, names_of, render
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import InvalidInputError
from shared.platform import clock
from shared.routing.model import DENUNCIATION, FIELD
from shared.routing.outcomes import outcome_of
from shared.tables.routing.candidates import CandidateState, Compared
from shared.web.i18n import N_, Language, gettext
from shared.web.problems import rule_message
from shared.web.requests import form_body, query_parameters

ADDRESS = "/desk/routing/models"
PURPOSES = {FIELD: N_("Mô hình lĩnh vực"), DENUNCIATION: N_("Mô hình nhận biết tố cáo")}
STATES = {
    CandidateState.SHADOW: N_("Đang chạy thử bên cạnh, không có hiệu lực"),
    CandidateState.WORSE: N_("Kém hơn mô hình đang dùng: không áp dụng được"),
    CandidateState.TOO_FEW: N_("Quá ít quyết định của cán bộ trong tháng để học"),
}
HEAVIEST = 8
"""Phrases shown of each class."""
DIFFERENCES = 10
"""Pairs of outcomes shown, the most frequent."""


class Figure(NamedTuple):
    """One line of a comparison; shares in percent, None where nothing was counted."""

    label: str
    in_force: float | None
    candidate: float | None


class ShownTrial(NamedTuple):
    """A decision about the text that was tried."""

    title: str
    outcome: str
    best: list[tuple[str, int]]
    """Fields with their probabilities in percent."""
    because: tuple[str, ...]


class Previewed(NamedTuple):
    """A version of a model, tried on the latest petitions before it takes effect."""

    model: str
    version: str
    trial: RuleTrial


def show_models(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Show the models with their candidates."""
    return _page(parts, request, officer, done=bool(query_parameters(request).get("done")))


def try_or_use(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Try a text, which stays in its place; preview a candidate or an earlier version; or put one into force."""
    form = form_body(request)
    try:
        if "preview" in form:
            row = parts.routing_models.row_of(officer, form.get("model", ""), form["preview"])
            trial = try_rule(row, parts.petitions, parts.directory)
            return _page(parts, request, officer, previewed=Previewed(form["model"], form["preview"], trial))
        if "version" in form:
            outcome = parts.routing_models.use(officer, form.get("model", ""), form["version"])
            return after_change(request, outcome, ADDRESS)
        tried = parts.routing_models.try_text(officer, form.get("text", ""))
    except InvalidInputError as error:
        problem = rule_message(error.problems[0][1], language_of_page(request))
        return _page(parts, request, officer, text=form.get("text", ""), problem=problem)
    return _page(parts, request, officer, text=form.get("text", ""), tried=tried)


def _page(
    parts: Parts,
    request: Request,
    officer: DeskOfficer,
    *,
    text: str = "",
    tried: list[Tried] | None = None,
    problem: str = "",
    done: bool = False,
    previewed: Previewed | None = None,
) -> Response:
    language = language_of_page(request)
    names = names_of(parts, language)
    models = parts.routing_models.overview(officer)
    return render(
        parts,
        request,
        officer,
        "routing_models.html",
        422 if problem else 200,
        models=[_shown(parts, model, names, language) for model in models],
        previewed=previewed and _preview(previewed, names, language),
        waits=any(
            parts.changes.needs_second_person("routing-rule", {**model.in_force.row, "weights": ""})
            for model in models
        ),
        text=text,
        tried=[_trial(each, models, names, language) for each in tried or ()],
        problem=problem,
        done=done,
    )


def _preview(previewed: Previewed, names: Names, language: Language) -> dict[str, Any]:
    """Return which of the latest petitions would be routed elsewhere, and how many each unit would get."""
    return {
        "model": previewed.model,
        "version": previewed.version,
        "tried": previewed.trial.tried,
        "changes": [
            (outcome_label(now, names, language), outcome_label(then, names, language), times)
            for (now, then), times in previewed.trial.changes.most_common(DIFFERENCES)
        ],
        "by_unit": _named(previewed.trial.by_unit, names),
    }


def _named(by_unit: Iterable[tuple[str, int, int]], names: Names) -> list[tuple[str, int, int]]:
    return [(names.unit(unit), more, fewer) for unit, more, fewer in by_unit]


def _shown(parts: Parts, model: ModelOverview, names: Names, language: Language) -> dict[str, Any]:
    _ = gettext(language)
    learned = model.in_force.row.get("learned_from") or {}
    return {
        "id": model.id,
        "title": _(PURPOSES[model.purpose]),
        "version": model.in_force.version,
        "valid_from": model.in_force.valid_from,
        "features": len(model.model.weights),
        "texts": learned.get("texts"),
        "decisions": learned.get("confirmed", 0) + learned.get("corrected", 0),
        "month": learned.get("month"),
        "heaviest": [
            (names.field(name) if model.purpose == FIELD else _("Có thể là tố cáo"), phrases)
            for name in model.model.classes
            if (phrases := model.model.heaviest(name, HEAVIEST))
        ],
        "versions": model.versions,
        "candidate": _candidate(parts, model, names, language),
    }


def _candidate(parts: Parts, model: ModelOverview, names: Names, language: Language) -> dict[str, Any] | None:
    candidate = model.candidate
    if candidate is None:
        return None
    _ = gettext(language)
    differences = Counter({pair: times for pair, times in model.counted.items() if pair[0] != pair[1]})
    return {
        "month": candidate.month,
        "trained_at": candidate.trained_at,
        "state": _("Đang có hiệu lực") if model.is_adopted else _(STATES[candidate.state]),
        "version": candidate.version,
        "confirmed": candidate.confirmed,
        "corrected": candidate.corrected,
        "comparisons": [
            (title, _figures(compared, language))
            for title, compared in (
                (_("Trên các văn bản cố định"), candidate.frozen),
                (_("Trên quyết định của tháng, phần không dùng để học"), candidate.decisions),
            )
            if compared is not None
            and (compared.candidate["ordinary"] or compared.candidate["denunciations"])
        ],
        "counted": model.counted.total(),
        "alike": model.counted.total() - differences.total(),
        "differences": [
            (outcome_label(now, names, language), outcome_label(then, names, language), times)
            for (now, then), times in differences.most_common(DIFFERENCES)
        ],
        "by_unit": _named(by_unit(differences, parts.directory, local_date(clock.now())), names),
        "may_take_effect": model.may_take_effect,
        "may_take_effect_from": candidate.may_take_effect_from,
        "runs": candidate.state is CandidateState.SHADOW and not model.is_adopted,
    }


_FIGURES = (
    (N_("Tự chuyển đi"), "spoken", "ordinary"),
    (N_("Đúng khi tự chuyển"), "right", "spoken"),
    (N_("Thường nhưng bị giữ lại vì ngờ tố cáo"), "held", "ordinary"),
    (N_("Thường nhưng vào quy trình riêng"), "restricted", "ordinary"),
    (N_("Tố cáo lọt tới đơn vị"), "leaked", "denunciations"),
)


def _figures(compared: Compared, language: Language) -> list[Figure]:
    _ = gettext(language)
    return [
        Figure(_(label), _share(compared.in_force, part, whole), _share(compared.candidate, part, whole))
        for label, part, whole in _FIGURES
    ]


def _share(score: dict[str, int], part: str, whole: str) -> float | None:
    return round(100 * score[part] / score[whole], 1) if score.get(whole) else None


def _trial(each: Tried, models: list[ModelOverview], names: Names, language: Language) -> ShownTrial:
    _ = gettext(language)
    decision = each.decision
    purposes = {model.id: model.purpose for model in models}
    title = _("Theo quy tắc đang dùng")
    if each.candidate:
        title = _("Với mô hình mới: %(model)s") % {"model": _(PURPOSES[purposes[each.candidate]]).lower()}
    return ShownTrial(
        title=title,
        outcome=outcome_label(outcome_of(decision), names, language),
        best=[(names.field(field), round(100 * share)) for field, share in decision.best],
        because=tuple(
            reason_in_words(reason, names.field, language)
            for reason in (*decision.suspicion, *decision.because)
        ),
    )
