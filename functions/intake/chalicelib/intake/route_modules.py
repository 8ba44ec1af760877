"""Every module with routes of intake, in the order in which `app.py` registers them.

A module here has `routes(parts)`, which gives a Chalice Blueprint.
"""

from __future__ import annotations

from chalicelib.intake.api import openapi, petitions, published, verification
from chalicelib.intake.open311 import endpoints
from chalicelib.intake.site import pages
from chalicelib.intake.site.answers import pages as answers
from chalicelib.intake.site.contacts import pages as contacts
from chalicelib.intake.site.guide import pages as guide
from chalicelib.intake.site.overview import pages as overview
from chalicelib.intake.site.steps import offline, uploads
from chalicelib.intake.site.steps import pages as steps
from chalicelib.intake.webhooks import hotline, sms

MODULES = (
    *overview.MODULES,
    *answers.MODULES,
    *pages.MODULES,
    *contacts.MODULES,
    *(steps, uploads, offline),
    *guide.MODULES,
    *(petitions, published, verification, openapi, endpoints, sms, hotline),
)
"""All of them but the developers' pages, which are handed the OpenAPI document."""
