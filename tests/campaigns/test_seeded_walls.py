"""A bug in each wall against attackers: the test that plays the attack fails. So no wall is there without its test.

Each bug is put into a process of its own, which runs that test alone (docs/security.md names walls and tests).
"""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from infra.layout import ROOT

SEED = """
import sys
from importlib import import_module
from operator import attrgetter

import pytest

from tests.campaigns.faults.seeded_bug import seeded

place, right, wrong, node = sys.argv[1:]
module, _, function = place.partition(":")
with seeded(attrgetter(function)(import_module(module)), right, wrong):
    sys.exit(pytest.main([node, "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]))
"""
GRAMMAR = "tests/shared/wording/test_grammar.py::"
CHANGES = "tests/functions/casework/administration/test_change_control.py::"
CALLERS = "tests/functions/casework/hotline/test_callers.py::"
HISTORIES = "tests/functions/sla_timer/nightly/test_verify_histories.py::"
INTAKE = "tests/functions/intake/api/test_json_api.py::"
SESSIONS = "tests/functions/casework/access/test_session_life.py::"
MALFORMED = "tests/journeys/test_malformed_items.py::"

QUICK = [
    pytest.param(
        "shared.wording.links:foreign_hosts", ' if unicodedata.category(letter) != "Cf"', "",
        "tests/shared/wording/test_links.py::test_foreign_site_is_found_however_it_is_written",
        id="a link with an invisible letter is no link",
    ),
    pytest.param(
        "shared.domain.identity.sms_reach:is_country", " and not prefix.startswith(NEVER)", "",
        "tests/rules/identity/test_sms_reach.py::test_setting_opens_no_satellite_or_premium_range",
        id="a setting opens satellites to SMS",
    ),
    pytest.param(
        "shared.web.spreadsheets:begins_a_formula", 'unicodedata.normalize("NFKC", visible)', "visible",
        "tests/shared/web/test_spreadsheets.py::test_a_text_that_would_be_a_formula_is_quoted",
        id="a formula in full-width letters is not quoted",
    ),
]  # fmt: skip
SLOW = [
    pytest.param(
        "shared.wording.grammar:unknown_names", "- names", '- names - {"link"}',
        f"{GRAMMAR}test_officers_text_with_what_is_the_petitioners_is_refused",
        id="a text to officers may hold the petitioner's link",
    ),
    pytest.param(
        "shared.wording.grammar:_check_condition", "if operand.op not in _COMPARISONS:", "if False:",
        f"{GRAMMAR}test_construct_that_is_not_listed_is_refused[a search, which guesses a value by its parts]",
        id="a condition may search a value",
    ),
    pytest.param(
        "chalicelib.casework.administration.change_control:ChangeControl._check_second_person",
        "if officer.username == proposal.proposed_by or len(set(addresses)) < len(addresses):", "if False:",
        f"{CHANGES}test_nobody_confirms_or_rejects_their_own_proposal",
        id="an own proposal is confirmed",
    ),
    pytest.param(
        "chalicelib.casework.administration.change_control:ChangeControl._check_second_person",
        " or len(set(addresses)) < len(addresses)", "",
        f"{CHANGES}test_account_with_the_proposers_address_is_no_other_person",
        id="a second account of the same person confirms",
    ),
    pytest.param(
        "chalicelib.casework.hotline.callers:Callers._require_call",
        "if not self._calls.declare(", "if False and not self._calls.declare(",
        f"{CALLERS}test_a_call_covers_one_number_for_one_hour_and_for_who_takes_it",
        id="a number is looked up without a call",
    ),
    pytest.param(
        "chalicelib.casework.hotline.callers:Callers._with_look_up",
        "current.record_opening(change, LOOKED_UP)", "current",
        f"{CALLERS}test_a_look_up_is_an_opening_in_each_petitions_history_and_on_the_auditors_page",
        id="a look-up leaves no trace",
    ),
    pytest.param(
        "chalicelib.sla_timer.nightly.verify_histories:Verification._fault", "return petition.fault", "pass",
        f"{HISTORIES}test_altered_petition_is_withheld_and_the_others_are_signed[the content]",
        id="a history with a fault is signed",
    ),
    pytest.param(
        "chalicelib.sla_timer.nightly.verify_histories:Verification._begins_as_signed",
        "if stands_in(petition, path, root):", "if True:",
        f"{HISTORIES}test_history_rewritten_with_all_its_hashes_is_noticed_by_what_was_signed_before",
        id="a history is not compared with what was signed before",
    ),
    pytest.param(
        "chalicelib.intake.uploads.documents:rewrite_document",
        "return _saved(new)", "return _saved(document)",
        "tests/functions/intake/uploads/test_documents.py"
        "::test_a_script_that_hides_from_a_search_of_the_bytes_is_not_in_the_new_file",
        id="a PDF is kept with everything in it",
    ),
    pytest.param(
        "chalicelib.intake.petitions.find_petition:PetitionFinder.find",
        "petition = self._petitions.get(digits)",
        "petition = self._petitions.get(digits); self._guard.check(PinTry(digits, '', proof.address))",
        f"{INTAKE}test_attacker_on_many_machines_locks_neither_link_nor_pin_of_the_owner",
        id="a link waits for the PIN's guessers",
    ),
    pytest.param(
        "shared.tables.throttle.pin_guard:PinGuard.check",
        "if wait and not self._is_paid(attempt):", "if False:",
        f"{INTAKE}test_address_that_guesses_waits_longer_each_time_for_every_reference_and_no_other_address_does",
        id="who guesses PINs never waits",
    ),
    pytest.param(
        "chalicelib.casework.access.sessions:Sessions._check_times", "row.ended_at is not None or ", "",
        f"{SESSIONS}test_copied_token_opens_nothing_after_its_officer_has_signed_out",
        id="a session that was ended still opens the desk",
    ),
    pytest.param(
        "chalicelib.casework.access.sessions:Sessions._check_times",
        "if now - used_at >=", "if False and now - used_at >=",
        f"{SESSIONS}test_session_ends_when_idle_or_too_long[32-minutes-idle]",
        id="an idle session goes on",
    ),
    pytest.param(
        "chalicelib.casework.access.sessions:Sessions._with_code",
        "if not self._rows.codes.use(code_key, now):", "if False:",
        f"{SESSIONS}test_code_that_opened_a_session_opens_no_second_one_by_page_or_program",
        id="a code opens two sessions",
    ),
    pytest.param(
        "chalicelib.intake.webhooks.requests:refusal",
        'telemetry.count("WebhookRefused", by={"provider": provider})', "pass",
        "tests/journeys/test_attacks_are_seen.py::test_attack_is_counted_over_all_and_by_its_kind[SMS]",
        id="a forged message is not counted",
    ),
    pytest.param(
        "shared.tables.throttle.sms_budget:SmsBudget.spend", "return False", "return True",
        "tests/functions/notifier/contact_policy/test_what_sms_cost.py"
        "::test_receipt_waits_for_the_morning_when_the_budget_is_used_up",
        id="SMS leave beyond the budget",
    ),
    pytest.param(
        "shared.web.answers:with_security_headers", "SECURITY_HEADERS | ", "",
        "tests/journeys/test_every_answer.py::test_every_answer_of_every_route_has_the_headers[anybody]",
        id="answers lack their headers",
    ),
    pytest.param(
        "shared.platform.queues:each_message",
        'failures.append({"itemIdentifier": record["messageId"]})\n    return',
        'print(record["messageId"])\n    return',
        f"{MALFORMED}test_body_that_is_not_what_it_should_be_goes_to_the_dead_letters[on_upload]",
        id="a malformed message is lost",
    ),
]  # fmt: skip
WALLS = [*QUICK, *(pytest.param(*bug.values, id=bug.id, marks=pytest.mark.campaign) for bug in SLOW)]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python from the root, with this process's path, as if no other tests ran."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(("place", "right", "wrong", "node"), WALLS)
def test_attack_succeeds_where_its_wall_has_a_bug(place: str, right: str, wrong: str, node: str):
    ended = run("-c", SEED, place, right, wrong, node)

    summary = ended.stdout.strip().rpartition("\n")[2]
    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert re.search(r"\b\d+ failed\b", summary), ended.stdout + ended.stderr
    assert "error" not in summary, ended.stdout


@pytest.mark.campaign
def test_without_a_bug_every_attack_fails():
    nodes = dict.fromkeys(str(wall.values[-1]) for wall in WALLS)

    ended = run("-m", "pytest", *nodes, "-q", "-p", "no:cacheprovider", "-p", "no:xdist")

    assert ended.returncode == 0, ended.stdout + ended.stderr
