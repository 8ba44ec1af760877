"""Every module with routes of casework, in the order in which `app.py` registers them.

A module here has `routes(parts)`, which gives a Chalice Blueprint.
"""

from __future__ import annotations

from chalicelib.casework.api import (
    board,
    bulk,
    directory,
    drafts,
    hotline,
    openapi,
    oversight,
    petitions,
    reports,
    session,
)
from chalicelib.casework.site import openings
from chalicelib.casework.site import reports as report_pages
from chalicelib.casework.site.account import keys, preferences, second_factor, sessions, sign_in, unsubscribe
from chalicelib.casework.site.board import absences as absence_pages
from chalicelib.casework.site.board import page as board_page
from chalicelib.casework.site.deliveries import ambiguous_deliveries, contradicted_receipts
from chalicelib.casework.site.directory import calendar, proposals, routing_rules, row, row_list, terms, texts
from chalicelib.casework.site.hotline import call_screen, call_tasks, former_addresses
from chalicelib.casework.site.leaders import page as leaders_page
from chalicelib.casework.site.petition import drafts as draft_pages
from chalicelib.casework.site.petition import file_sent, files, letter, notices, petition
from chalicelib.casework.site.programs import machines, subscriptions
from chalicelib.casework.site.queue import bulk as bulk_pages
from chalicelib.casework.site.queue import next_petition
from chalicelib.casework.site.queue import page as queue_page
from chalicelib.casework.site.queue import views as queue_views
from chalicelib.casework.site.search import page as search_page
from chalicelib.casework.site.today import page as today_page

API = (session, board, bulk, petitions, drafts, hotline, oversight, directory, reports, openapi)
ACCOUNT = (sign_in, sessions, second_factor, preferences, keys, unsubscribe)
DELIVERIES = (ambiguous_deliveries, contradicted_receipts)
DESK = (
    today_page,
    queue_page,
    bulk_pages,
    queue_views,
    next_petition,
    search_page,
    leaders_page,
    report_pages,
    openings,
)
BOARD = (board_page, absence_pages)
PETITION = (petition, letter, draft_pages, files, file_sent, notices)
HOTLINE = (call_screen, former_addresses, call_tasks)
ADMINISTRATION = (row_list, row, calendar, terms, texts, routing_rules, proposals)
PROGRAMS = (subscriptions, machines)

ROUTE_MODULES = (*API, *ACCOUNT, *DELIVERIES, *DESK, *BOARD, *PETITION, *HOTLINE, *ADMINISTRATION, *PROGRAMS)
