"""The administrators' pages of machine accounts: which there are, new secrets, shown once, and the end of either.

What an account may do (unit, roles, scopes) is changed on the page of the directory's row.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from chalice.app import Request, Response

from chalicelib.casework.access import permissions
from chalicelib.casework.access.machines import Scope
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.permissions import Ability
from chalicelib.casework.administration.forms import ROLES, SCOPE_LABELS
from chalicelib.casework.administration.machine_secrets import (
    MachineView,
    NewSecret,
    end_machine,
    end_secret,
    issue_secret,
    machine,
    machines,
)
from chalicelib.casework.composition import Parts
from chalicelib.casework.site.frame import language_of_page, names_of, render
from chalicelib.casework.site.routes import PageRoutes
from shared.domain.access.roles import Role
from shared.domain.errors import InvalidInputError
from shared.tables.proposals import Proposal
from shared.web.answers import html_answer, see_other
from shared.web.i18n import N_, Language, gettext
from shared.web.problems import rule_message
from shared.web.rendering import link
from shared.web.requests import form_body, query_parameters

ADDRESS = "/desk/machines"
NEVER_STORED = {"Cache-Control": "no-store"}
DONE = {
    "secret": N_("Mã bí mật đã chấm dứt. Trong một phút, mọi phiên dùng mã này bị từ chối."),
    "account": N_("Tài khoản đã chấm dứt. Trong một phút, mọi mã của tài khoản này bị từ chối."),
}


def routes(parts: Callable[[], Parts]) -> PageRoutes:
    """Return the routes of this module."""
    pages = PageRoutes(__name__, parts)
    pages.get("/machines", list_machines)
    pages.get("/machines/{machine_id}", show_machine)
    pages.post("/machines/{machine_id}", act)
    return pages


def list_machines(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Show the machine accounts."""
    language = language_of_page(request)
    accounts = [_account(parts, view, language) for view in machines(parts.changes, parts.directory, officer)]
    accounts.sort(key=lambda account: bool(account["is_ended"]))
    return render(parts, request, officer, "programs/machines.html", accounts=accounts)


def show_machine(parts: Parts, request: Request, officer: DeskOfficer, machine_id: str) -> Response:
    """Show an account with its secrets."""
    return _page(parts, request, officer, machine_id)


def act(parts: Parts, request: Request, officer: DeskOfficer, machine_id: str) -> Response:
    """Issue a secret, and show it this once; or end a secret or the account."""
    permissions.require(officer, Ability.ADMINISTER)
    form, language = form_body(request), language_of_page(request)
    try:
        match form.get("what"):
            case "issue":
                new = issue_secret(parts.changes, parts.directory, officer, machine_id)
                return _page(parts, request, officer, machine_id, new=new)
            case "end":
                end_machine(parts.changes, parts.directory, officer, machine_id)
                done = "account"
            case _:
                secret = form.get("end_secret", "")
                end_secret(parts.changes, parts.directory, officer, machine_id, secret)
                done = "secret"
    except InvalidInputError as error:
        problem = " ".join(rule_message(rule, language) for _field, rule in error.problems)
        return _page(parts, request, officer, machine_id, problem=problem)
    return see_other(link(f"{ADDRESS}/{machine_id}?done={done}", language))


def _page(
    parts: Parts,
    request: Request,
    officer: DeskOfficer,
    machine_id: str,
    *,
    new: NewSecret | None = None,
    problem: str = "",
) -> Response:
    language = language_of_page(request)
    names = names_of(parts, language)
    view = machine(parts.changes, parts.directory, officer, machine_id)
    done = DONE.get(query_parameters(request).get("done", ""), "")
    answer = render(
        parts,
        request,
        officer,
        "programs/machine.html",
        422 if problem else 200,
        account=_account(parts, view, language),
        secrets=[
            {
                "id": secret.id,
                "valid_from": secret.valid_from,
                "issued_by": names.officer(secret.issued_by) if secret.issued_by else "",
                "holds": secret.holds,
            }
            for secret in view.secrets
        ],
        waiting=view.waiting,
        takes_a_secret=view.takes_a_secret,
        new=new,
        proposal=new.row.id if new and isinstance(new.row, Proposal) else "",
        token_address=f"{parts.settings.public_url}/desk/v1/token",
        problem=problem,
        done=gettext(language)(done) if done else "",
    )
    return html_answer(answer.body, answer.status_code, NEVER_STORED) if new else answer


def _account(parts: Parts, view: MachineView, language: Language) -> dict[str, Any]:
    _, facts = gettext(language), view.facts
    return {
        "id": view.id,
        "name": facts.get("name", view.id),
        "unit": names_of(parts, language).unit(str(facts.get("unit", ""))),
        "contact": facts.get("contact", ""),
        "roles": [_(ROLES[Role(role)]) for role in facts.get("roles", ()) if role in set(Role)],
        "scopes": [_(SCOPE_LABELS[Scope(scope)]) for scope in facts.get("scopes", ()) if scope in set(Scope)],
        "is_ended": view.is_ended,
        "begins": date.fromisoformat(str(facts["valid_from"])) if view.is_planned else None,
        "valid_secrets": view.valid_secrets,
        "waiting": len(view.waiting),
    }
