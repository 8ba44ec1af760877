"""Names of the router's outcomes on pages."""

from __future__ import annotations

from chalicelib.casework.site.frame import Names
from shared.domain.petition.values.classification import SILENT, SUSPECTED, Lane
from shared.web.i18n import N_, Language, gettext
from shared.web.labels import LANES

OUTCOMES = {SILENT: N_("Không đủ chắc chắn"), SUSPECTED: N_("Có thể là tố cáo")}


def outcome_label(outcome: str, names: Names, language: Language) -> str:
    """Return the name of an outcome of the router: a field, a lane, or none."""
    _ = gettext(language)
    if outcome in OUTCOMES:
        return _(OUTCOMES[outcome])
    return _(LANES[Lane(outcome)]) if outcome in set(Lane) else names.field(outcome)
