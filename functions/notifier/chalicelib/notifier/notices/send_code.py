"""Sends a one-time code to a contact that asked for one on the site, if we know it (docs/adr/0074).

The request names a row that holds the contact's HMAC. The address itself is read from the seal of a petition that the
code would open, so nothing that a stranger typed is kept, and who has no petition gets nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from chalicelib.notifier.attempts.record_outcome import Outcomes
from chalicelib.notifier.attempts.send_attempt import Attempts
from chalicelib.notifier.attempts.single_message import SingleMessage, send_single
from chalicelib.notifier.contact_policy.contact_policy import ContactPolicy
from shared.domain.calendar.working_calendar import VIETNAM
from shared.domain.identity.access_codes import CODE_HOLDS_FOR, code_of
from shared.domain.identity.identifier_keys import Keyring
from shared.domain.identity.reference import contact_key
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.petitioner import contacts_on_file
from shared.domain.procedures.my_petitions import opens_by_contact
from shared.domain.promises.deliveries import NOTIFIED, Delivery, DeliveryChannel, DeliveryState
from shared.domain.promises.notices import Audience, NoticeKind
from shared.platform import clock, telemetry
from shared.platform.messages import CodeRequest, NoticeRequest
from shared.platform.seal import Seal
from shared.tables.contacts.codes import AccessCodes, CodeRow
from shared.tables.deliveries import Deliveries
from shared.tables.petitions import Petitions
from shared.wording.facts import HOTLINE
from shared.wording.rendering import Rendered
from shared.wording.sources import CODE, Language
from shared.wording.texts import Texts

PREFIX = "code-"
"""Begins the `reference` of a code's delivery, which names the code's row instead of a petition."""
_SEQ = 1
_KIND = NoticeKind.PIN_AGAIN
"""The kind that code of every version reads; the reference says that it is a code."""
_LOOKED_THROUGH = 100
"""Petitions of one contact, the newest, among which one that opens by the code is looked for: as many as are listed."""
_ROUNDS = 2
"""The second round of attempts comes after five minutes; later the code has ended."""
_ENDED = NOTIFIED | {DeliveryState.FAILED}


class KnownContacts:
    """Finds the address that a contact's key stands for, in the seals of its petitions.

    Args:
        petitions: the petitions table.
        seal: opens the address.
        keyring: the identifiers' keys.
        kept_for: the time after the end of a matter for which a contact opens it; None is for ever.
    """

    def __init__(
        self, petitions: Petitions, seal: Seal, keyring: Keyring, kept_for: timedelta | None
    ) -> None:
        self._petitions = petitions
        self._seal = seal
        self._keyring = keyring
        self._kept_for = kept_for

    def address_of(self, wanted: str) -> str | None:
        """Return the address of a contact that opens a petition; None where there is no such petition."""
        references = [name for name, _ in self._petitions.of_contact(wanted, limit=_LOOKED_THROUGH)]
        now, key = clock.now(), self._keyring.names()
        for petition in self._petitions.get_all(references):
            if opens_by_contact(petition, wanted, now, self._kept_for):
                contacts = self._contacts(petition)
                return next((contact for contact in contacts if contact_key(key, contact) == wanted), None)
        return None

    def _contacts(self, petition: Petition) -> tuple[str, ...]:
        return contacts_on_file(self._seal.open_each(petition.petitioner.seal, petition.reference))


class CodeTexts:
    """Renders the messages that carry codes.

    Args:
        texts: the texts of all messages.
        keyring: the identifiers' keys, which codes derive from.
        site: the address of the site.
    """

    def __init__(self, texts: Texts, keyring: Keyring, site: str) -> None:
        self._texts = texts
        self._keyring = keyring
        self._host = site.rstrip("/").split("://", 1)[-1]

    def render(self, row: CodeRow, channel: DeliveryChannel) -> Rendered:
        """Return the message of a code."""
        ends_at = datetime.fromtimestamp(row.asked_at, VIETNAM) + CODE_HOLDS_FOR
        facts = {
            "code": code_of(self._keyring.at(row.instant), row.name),
            "until": f"{ends_at:%H:%M}",
            "site": self._host,
            "hotline": HOTLINE,
        }
        language: Language = "en" if row.language == "en" else "vi"
        return self._texts.render("visitor", CODE, channel, language, facts)


class CodeDelivery:
    """Sends codes.

    Args:
        codes: the codes that were asked for.
        contacts: finds addresses.
        deliveries: evidence of what was sent.
        contact_policy: says which addresses nothing is sent to, and what SMS may cost.
        texts: renders the messages.
        attempts: calls the providers.
        outcomes: ends what waits in vain.
    """

    def __init__(
        self,
        *,
        codes: AccessCodes,
        contacts: KnownContacts,
        deliveries: Deliveries,
        contact_policy: ContactPolicy,
        texts: CodeTexts,
        attempts: Attempts,
        outcomes: Outcomes,
    ) -> None:
        self._codes = codes
        self._contacts = contacts
        self._deliveries = deliveries
        self._contact_policy = contact_policy
        self._texts = texts
        self._attempts = attempts
        self._outcomes = outcomes

    def send(self, request: CodeRequest) -> None:
        """Send a code that still holds, once, if its contact has a petition that it opens."""
        row = self._codes.get(request.code, clock.now())
        if row is None:
            return
        before = next(iter(self._deliveries_of(row.name)), None)
        if before is not None and before.state in _ENDED:
            return
        address = self._contacts.address_of(row.contact_key)
        if address is None:
            telemetry.count("CodeForNobody")
            return
        self._send_to(address, row, before)

    def resume(self, request: NoticeRequest) -> None:
        """Continue with a code that waits for another attempt, or for its receipt; one that has ended is given up."""
        name = request.reference.removeprefix(PREFIX)
        before = next(iter(self._deliveries_of(name)), None)
        if before is None or before.wake_at is None:
            return
        if before.state in NOTIFIED:
            self._outcomes.receipt_missing(before, is_last=True)
        elif self._codes.get(name, clock.now()) is None:
            self._outcomes.failed(before, before, "too-late")
        else:
            self.send(CodeRequest(code=name))

    def _deliveries_of(self, name: str) -> tuple[Delivery, ...]:
        return self._deliveries.of_notice(f"{PREFIX}{name}", _SEQ, _KIND, Audience.PETITIONER)

    def _send_to(self, address: str, row: CodeRow, before: Delivery | None) -> None:
        channel = DeliveryChannel.EMAIL if "@" in address else DeliveryChannel.SMS
        rendered = self._texts.render(row, channel)
        if self._contact_policy.refusal(channel, address, is_requested=True) is not None:
            telemetry.count("CodeRefused", channel=channel)
            return
        if channel is DeliveryChannel.SMS and self._is_unpaid(rendered):
            telemetry.count("CodeRefused", channel=channel)
            return
        single = SingleMessage(f"{PREFIX}{row.name}", _SEQ, _KIND, channel, address, rendered)
        send_single(self._attempts, single, before, _ROUNDS)
        telemetry.count("CodeSent", channel=channel)

    def _is_unpaid(self, rendered: Rendered) -> bool:
        return self._contact_policy.unpaid_until(_KIND, rendered.segments or 1, clock.now()) is not None
