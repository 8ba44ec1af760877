"""Casework's routes: the officers' desk as a JSON API and as pages. The host's prefix `/desk` is stripped before."""

from __future__ import annotations

from chalicelib.casework.api import directory, hotline, openapi, oversight, petitions, reports, session
from chalicelib.casework.api import search as search_api
from chalicelib.casework.composition import NEEDS, parts
from chalicelib.casework.site import (
    ambiguous_deliveries,
    contradicted_receipts,
    error_pages,
    openings,
    preferences,
    queue,
    second_factor,
    sessions,
    sign_in,
    unsubscribe,
)
from chalicelib.casework.site import reports as report_pages
from chalicelib.casework.site.directory import calendar, proposals, routing_rules, row, row_list, terms, texts
from chalicelib.casework.site.hotline import call_tasks, callers, enter_petition
from chalicelib.casework.site.petition import file_sent, files, notices, petition
from chalicelib.casework.site.search import page as search
from shared.web import health
from shared.web.app import WebApp

app = WebApp("pakn-casework", error_pages.answer_error)
app.register_blueprint(health.routes(NEEDS))

API = (session, petitions, search_api, hotline, oversight, directory, reports, openapi)
ACCOUNT = (sign_in, sessions, second_factor)
DELIVERIES = (ambiguous_deliveries, contradicted_receipts)
DESK = (queue, search, preferences, unsubscribe, report_pages, openings, *DELIVERIES)
PETITION = (petition, files, file_sent, notices)
HOTLINE = (enter_petition, callers, call_tasks)
ADMINISTRATION = (row_list, row, calendar, terms, texts, routing_rules, proposals)

for module in (*API, *ACCOUNT, *DESK, *PETITION, *HOTLINE, *ADMINISTRATION):
    app.register_blueprint(module.routes(parts))
