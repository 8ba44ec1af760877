"""Casework's routes: the officers' desk as a JSON API and as pages. The host's prefix `/desk` is stripped before."""

from __future__ import annotations

from chalicelib.casework.composition import NEEDS, PAGES, RARE, SERVICES, forget, parts
from chalicelib.casework.route_modules import ROUTE_MODULES
from chalicelib.casework.site import error_pages
from shared.platform import snapshots
from shared.web import health
from shared.web.app import WebApp

app = WebApp("pakn-casework", error_pages.answer_error)
app.register_blueprint(health.routes(NEEDS))
for module in ROUTE_MODULES:
    app.register_blueprint(module.routes(parts))
snapshots.prepare(SERVICES, RARE, (PAGES.compile, app.answer_first), forget)
