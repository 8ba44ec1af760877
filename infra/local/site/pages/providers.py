"""The providers: signed examples of each, played with a button, and the log of refused requests."""

from __future__ import annotations

from dataclasses import asdict

from infra.local.emulation.functions import HttpRequest, HttpResponse
from infra.local.providers import signed_requests
from infra.local.providers.outbound import OUTCOMES, SENDS_AS
from infra.local.providers.play import PLAYINGS
from infra.local.site.endpoints.provider_bench import ProviderBench
from infra.local.site.endpoints.requests import Routes, query_of
from infra.local.site.pages.frame import PAGES, Frame

HERE = "providers"
REFUSALS_SHOWN = 20


class ProvidersPage:
    """Answers `/local/pages/providers`."""

    def __init__(self, frame: Frame, bench: ProviderBench, moto_url: str) -> None:
        """Take the frame, what plays providers, and where the AWS CLI reaches moto."""
        self._frame = frame
        self._bench = bench
        self._moto_url = moto_url

    def routes(self) -> Routes:
        """Return the views by method and path below `/local`."""
        return {("GET", f"{PAGES}/{HERE}"): self._page}

    def _page(self, request: HttpRequest) -> HttpResponse:
        system = self._frame.system
        providers = signed_requests.all_providers(system.signer, system.clock.now())
        return self._frame.page(
            request,
            HERE,
            providers=[asdict(provider) for provider in providers],
            playings=PLAYINGS,
            outcomes={name: OUTCOMES.get(SENDS_AS.get(name, name), ()) for name in PLAYINGS},
            sends_as={name: SENDS_AS.get(name, name) for name in PLAYINGS},
            sends_through=system.sms_providers,
            is_silent=system.pumps.receipts.is_silent,
            played=list(self._bench.played)[::-1],
            refusals=list(system.refusals.latest)[::-1][:REFUSALS_SHOWN],
            trouble=query_of(request).get("problem", ""),
            moto_url=self._moto_url,
        )
