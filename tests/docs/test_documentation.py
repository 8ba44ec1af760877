"""Docs that state facts about the code are held against it."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.deployment.templates import read
from infra.layout import ROOT
from infra.local.emulation.functions import load
from infra.local.system import PREFIXES
from infra.tools.action_tables import TABLES, Table, committed
from shared.domain.petition.lifecycle import State
from shared.platform.settings import Settings
from shared.web.labels import STATES
from shared.web.problems import PROBLEMS

DOCS = ROOT / "docs"
FUNCTIONS = ("casework", "intake", "notifier", "router", "sla_timer")
PAGES = sorted(
    [*DOCS.rglob("*.md"), *(ROOT / f"{name}.md" for name in ("README", "CONTRIBUTING", "CHANGELOG"))]
)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
_QUOTED = re.compile(r"`([^`\n]+)`")
_PATH = re.compile(r"(?:functions|shared|infra|tests|docs)/[\w./-]*\w")
_MAKE = re.compile(r"\bmake ([a-z]+(?:-[a-z]+)*)\b")


def text_of(page: str) -> str:
    return (DOCS / page).read_text("utf-8")


def table_after(text: str, marker: str) -> list[list[str]]:
    """The cells of the first table after a marker, without its head."""
    rows: list[list[str]] = []
    for line in text.partition(marker)[2].splitlines():
        if line.startswith("|"):
            rows.append([cell.strip() for cell in line.strip("|").split("|")])
        elif rows:
            break
    assert len(rows) > 2, f"no table after {marker!r}"
    return rows[2:]


def plain(cell: str) -> str:
    return cell.strip("`")


def quoted(cell: str) -> list[str]:
    return _QUOTED.findall(cell)


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub makes of a page's headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", re.sub(r"[`*]", "", h).lower()).replace(" ", "-") for h in headings}


# --- facts ------------------------------------------------------------------------------------------------


def test_domain_lists_every_state_as_it_is_shown():
    rows = table_after(text_of("domain.md"), "*Overdue*\nand *escalated*")

    assert [(plain(row[0]), row[1]) for row in rows] == [(state.value, STATES[state]) for state in State]


@pytest.mark.parametrize("function", ["intake", "casework", "notifier"])
def test_api_lists_every_route(function: str):
    prefix = next((prefix for prefix, name in PREFIXES.items() if name == function), "")
    app = load(ROOT / "functions")[function]
    routes = {f"{prefix}{path}": set(methods) for path, methods in app.routes.items()}

    rows = table_after(text_of("api.md"), f"<!-- routes: {function} -->")

    assert {plain(row[0]): set(row[1].split(", ")) for row in rows} == routes


@pytest.mark.parametrize("table", TABLES, ids=lambda table: f"{table.page}-{table.name}")
def test_table_that_follows_from_the_code_is_up_to_date(table: Table):
    lines, written = table.lines(), committed(table)

    missing = "\n".join(line for line in lines if line not in written)
    outdated = "\n".join(line for line in written if line not in lines)
    assert written == lines, (
        f"run `make tables`: in docs/{table.page}, {table.marker} lacks\n{missing}\nand has outdated\n{outdated}"
    )


def test_casework_lists_who_is_able_to_what_besides():
    permissions: Any = importlib.import_module("chalicelib.casework.access.permissions")

    rows = table_after(text_of("casework.md"), "<!-- abilities -->")

    documented = {row[0]: set(row[1].split(", ")) for row in rows}
    assert documented == {ability.value: {*roles} for ability, roles in permissions.ABLE.items()}


def test_api_lists_every_problem_with_its_status():
    rows = table_after(text_of("api.md"), "<!-- problems -->")

    documented = {plain(row[0]): int(row[1][:3]) for row in rows}
    assert documented == {error.code: status for error, (status, _title, _detail) in PROBLEMS.items()}


def platform_resources(kind: str) -> dict[str, Any]:
    resources = read(ROOT / "infra" / "cloudformation" / "platform.yaml")["Resources"]
    return {name: resource["Properties"] for name, resource in resources.items() if resource["Type"] == kind}


def test_architecture_lists_every_table_with_its_key():
    rows = table_after(text_of("architecture.md"), "## Tables")

    documented = {plain(row[0]): quoted(row[1]) for row in rows}
    assert documented == {
        name.lower(): [key["AttributeName"] for key in table["KeySchema"]]
        for name, table in platform_resources("AWS::DynamoDB::Table").items()
    }


def test_architecture_lists_every_index_with_its_keys():
    rows = table_after(text_of("architecture.md"), "### Indexes")

    documented = {(plain(row[1]), plain(row[0])): (quoted(row[2]), quoted(row[3])) for row in rows}
    assert documented == {
        (name.lower(), index["IndexName"]): (
            [key["AttributeName"] for key in index["KeySchema"]],
            index["Projection"].get("NonKeyAttributes", []),
        )
        for name, table in platform_resources("AWS::DynamoDB::Table").items()
        for index in table.get("GlobalSecondaryIndexes", ())
    }


def test_architecture_names_every_queue():
    rows = table_after(text_of("architecture.md"), "## Queues")

    documented = {name for row in rows for cell in (row[0], row[3]) for name in quoted(cell)}
    names = platform_resources("AWS::SQS::Queue").keys()
    assert documented == {re.sub(r"(?<!^)([A-Z])", r"-\1", name).lower() for name in names}


def triggers_of(app: Any) -> list[Any]:
    return [*app.event_sources, *app.pure_lambda_functions]


def test_architecture_lists_every_handler():
    apps = load(ROOT / "functions")
    handlers = {(name, trigger.name) for name, app in apps.items() for trigger in triggers_of(app)}

    rows = table_after(text_of("architecture.md"), "## Functions")

    documented = {(plain(row[0]), plain(row[1])) for row in rows}
    assert documented == handlers | {(name, "HTTP") for name, app in apps.items() if app.routes}


def settings_of(function: str) -> set[str]:
    module = importlib.import_module(f"chalicelib.{function}.settings")
    (documented,) = (
        thing
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, Settings) and thing is not Settings
    )
    return {name.upper() for name in documented.model_fields}


def test_settings_lists_every_variable_and_who_uses_it():
    used = {function: settings_of(function) for function in FUNCTIONS}

    rows = table_after(text_of("settings.md"), "# Settings")

    documented = {
        plain(row[0]): set(FUNCTIONS) if row[1] == "all" else set(row[1].split(", ")) for row in rows
    }
    names = set().union(*used.values())
    assert documented == {name: {f for f in FUNCTIONS if name in used[f]} for name in names}


def alarms() -> list[dict[str, Any]]:
    """Return the alarms of all templates, but for those that a composite alarm alone reads."""
    properties = [
        resource["Properties"]
        for path in sorted((ROOT / "infra" / "cloudformation").rglob("*.yaml"))
        for resource in read(path)["Resources"].values()
        if resource.get("Type") in ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
    ]
    rules = " ".join(each["AlarmRule"]["Fn::Sub"] for each in properties if "AlarmRule" in each)
    return [each for each in properties if f'"{each["AlarmName"]["Fn::Sub"]}"' not in rules]


def topic_of(alarm: Any) -> str:
    """Return the topic that an alarm is published to, `page` or `ticket`; a dash for one that has none."""
    (action,) = alarm.get("AlarmActions") or [{"Ref": "–"}]
    return str(action.get("Ref") or action["Fn::Sub"].rpartition("-")[2]).lower()


def test_runbook_has_an_entry_for_every_alarm_with_its_topic_and_the_reason_for_it():
    topics = {
        alarm["AlarmName"]["Fn::Sub"].removeprefix("pakn-${Stage}-"): topic_of(alarm) for alarm in alarms()
    }

    rows = table_after(text_of("runbook.md"), "## Alarms")

    assert {name: row[1] for row in rows for name in quoted(row[0])} == topics
    assert [row[0] for row in rows if not row[2]] == []
    assert {*topics.values()} == {"page", "ticket", "–"}


def test_runbook_has_for_each_alarm_the_heading_that_the_alarm_itself_names():
    rows = table_after(text_of("runbook.md"), "## Alarms")
    headings = {name: row[3].partition("](#")[2].partition(")")[0] for row in rows for name in quoted(row[0])}

    for alarm in alarms():
        name = alarm["AlarmName"]["Fn::Sub"].removeprefix("pakn-${Stage}-")
        assert f"(runbook, {headings[name].replace('-', ' ')})" in str(alarm["AlarmDescription"]).lower()


def test_every_alarm_names_a_heading_of_the_runbook():
    headings = {heading.replace("-", " ") for heading in anchors(DOCS / "runbook.md")}

    for alarm in alarms():
        described = str(alarm["AlarmDescription"])
        named = re.search(r"\(runbook, ([^)]+)\)", described)
        assert named is not None, described
        assert named[1].lower() in headings


# --- form -------------------------------------------------------------------------------------------------


def test_index_lists_every_decision():
    listed = re.findall(r"\((\d{4}-[\w-]+\.md)\)", (DOCS / "adr" / "README.md").read_text("utf-8"))

    assert listed == sorted(path.name for path in (DOCS / "adr").glob("0*.md"))


def test_index_says_when_each_decision_was_taken_and_whether_it_holds():
    rows = table_after((DOCS / "adr" / "README.md").read_text("utf-8"), "# Decisions")

    decided = {
        path.name: re.findall(
            r"^\*\*Status:\*\* (accepted|superseded), (\d{4}-\d\d-\d\d)[.;]",
            path.read_text("utf-8"),
            re.MULTILINE,
        )
        for path in (DOCS / "adr").glob("0*.md")
    }

    assert {row[0].partition("](")[2].rstrip(")"): [(row[3], row[2])] for row in rows} == decided


def test_a_number_without_a_decision_is_explained():
    numbers = {int(path.name[:4]) for path in (DOCS / "adr").glob("0*.md")}
    missing = {number for number in range(1, max(numbers)) if number not in numbers}

    text = (DOCS / "adr" / "README.md").read_text("utf-8")

    assert {int(number) for number in re.findall(r"Number (\d{4}) was never given", text)} == missing


def test_no_two_decisions_have_one_number():
    numbers = [int(path.name[:4]) for path in sorted((DOCS / "adr").glob("0*.md"))]

    assert len(numbers) == len(set(numbers))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_relative_links_lead_somewhere(page: Path):
    for target in links_of(page):
        path, _, anchor = target.partition("#")
        target_path = (page.parent / path).resolve() if path else page
        assert target_path.exists(), f"{target} leads nowhere"
        if anchor and target_path.suffix == ".md":
            assert anchor in anchors(target_path), f"{target} has no such heading"


def links_of(page: Path) -> Iterator[str]:
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    for link, image in _LINK.findall(text):
        if "://" not in (target := link or image):
            yield target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_files_that_a_page_names_exist(page: Path):
    for name in _QUOTED.findall(page.read_text("utf-8")):
        if _PATH.fullmatch(name):
            assert (ROOT / name).exists(), f"{name} does not exist"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_make_targets_that_a_page_names_exist(page: Path):
    targets = set(
        re.findall(r"^([a-z]+(?:-[a-z]+)*):", (ROOT / "Makefile").read_text("utf-8"), flags=re.MULTILINE)
    )
    commands = " ; ".join(re.findall(r"`[^`\n]+`|```.*?```", page.read_text("utf-8"), flags=re.DOTALL))

    assert set(_MAKE.findall(commands)) <= targets


def test_glossary_is_in_order_and_says_each_word_once():
    words = [row[0] for row in table_after(text_of("glossary.md"), "# Glossary")]

    assert words == sorted(set(words), key=str.lower)
