"""The post room: the system with petitions put in directly, and only the notices queue pumped."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest

from infra.local.providers.outbox import Outgoing
from shared.domain.calendar.working_calendar import local_date
from shared.domain.identity.reference import contact_key
from shared.domain.petition.change import Change
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.classification import Channel, Kind
from shared.domain.petition.values.petitioner import Identity, Petitioner, ReplyBy
from shared.domain.promises.deliveries import Delivery
from shared.domain.promises.notices import Audience, NoticeKind
from shared.platform import secrets, settings
from shared.platform.messages import NoticeRequest
from shared.platform.seal import Seal
from shared.platform.settings import Settings
from shared.tables.deliveries import Deliveries
from shared.tables.directory import Directory
from shared.tables.petitions import Petitions
from shared.tables.throttle.opt_outs import OptOuts
from shared.tables.throttle.suppressions import Suppressions
from tests.support.system import System

REFERENCE = "26483190275"
EMAIL, PHONE = "binh.tran@thu.example", "+84912345678"
NAME, ADDRESS = "Trần Thị Bình Minh", "số 9 ngõ Tạm Thương, Hà Nội"


class _Names(Settings):
    deliveries_table: str
    seal_key_id: str
    throttle_table: str


class PostRoom:
    """A system in which a test writes the petition and asks for its notices."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.clock = system.clock
        names = settings.load(_Names)
        self.directory = Directory(names.directory_table)
        self.petitions = Petitions(names.petitions_table, self.directory)
        self.deliveries = Deliveries(names.deliveries_table)
        self.seal = Seal(names.seal_key_id)

    # --- what is given ---------------------------------------------------------------------------

    def a_petition(
        self,
        *reply_by: ReplyBy,
        email: str | None = EMAIL,
        phone: str | None = PHONE,
        kind: Kind | None = Kind.REGULATION,
        language: str = "vi",
        content: str = "Mức phụ cấp ghi trong quyết định không đúng với bảng lương.",
        reference: str = REFERENCE,
    ) -> Petition:
        """Return a petition that was received now and is stored."""
        now = self.clock.now()
        identity = Identity(name=NAME, address=ADDRESS, phone=phone, email=email)
        petition = Petition(
            reference=reference,
            state=State.RECEIVED,
            channel=Channel.WEB,
            subject="Phụ cấp không đúng",
            content=content,
            language=language,
            kind=kind,
            petitioner=Petitioner(
                seal=(self.seal.close(identity, reference, now),),
                contact_keys=tuple(self.key_of(contact) for contact in (phone, email) if contact),
                reply_by=reply_by or (ReplyBy.EMAIL,),
            ),
            received_at=now,
            due_on=local_date(now) + timedelta(days=20),
            terms=self.directory.terms_on(local_date(now)).version,
            calendar=self.directory.calendar().version,
            submission="0" * 32,
            body_digest="0" * 32,
        ).record(Action.RECEIVE, Change.by_petitioner(now, "receive"))
        assert self.petitions.add(petition) is None
        return petition

    def save(self, before: Petition, after: Petition) -> Petition:
        """Store a changed petition."""
        self.petitions.save(after, before.version)
        return after

    def at_work(self, petition: Petition, unit: str = "TL", handler: str = "") -> Petition:
        """Give a petition to a unit, whose handler accepts it."""
        changed = petition.assign(Change.by_officer("x", self.clock.now(), "assign"), unit)
        changed = changed.accept(Change.by_officer("x", self.clock.now(), "accept"), handler=handler)
        return self.save(petition, changed)

    def answered(self, petition: Petition, text: str = "Phụ cấp đã được tính lại.") -> Petition:
        """Answer a petition that is at work."""
        now = self.clock.now()
        drafted = petition.draft_answer(Change.by_officer("x", now, "draft"), text)
        return self.save(petition, drafted.approve(Change.by_officer("y", now, "approve")))

    def say_stop(self, phone: str) -> None:
        """Ask for no more SMS, as intake records it."""
        OptOuts(settings.load(_Names).throttle_table).record(self.key_of(phone), "stop")

    def take_stop_back(self, phone: str) -> None:
        """Ask for SMS again, as intake records it."""
        OptOuts(settings.load(_Names).throttle_table).lift(self.key_of(phone), "start")

    def key_of(self, contact: str) -> str:
        """Return the name under which a contact is known to the throttle table."""
        return contact_key(secrets.keyring(settings.load(_Names).identifiers_secret).names(), contact)

    @property
    def suppressions(self) -> Suppressions:
        """Return the suppressed addresses."""
        return Suppressions(settings.load(_Names).throttle_table)

    # --- what is done ------------------------------------------------------------------------------

    def request(
        self,
        kind: NoticeKind,
        audience: Audience = Audience.PETITIONER,
        *,
        seq: int = 1,
        times: int = 1,
        reference: str = REFERENCE,
    ) -> None:
        """Put the request for a notice on the queue."""
        request = NoticeRequest(reference=reference, seq=seq, kind=kind, audience=audience)
        sqs, url = self.system.local.cloud.client("sqs"), self.system.local.cloud.queue_url("notices")
        for _ in range(times):
            sqs.send_message(QueueUrl=url, MessageBody=request.model_dump_json())

    def work(self) -> None:
        """Let the notifier handle whatever is visible on its queue."""
        pump = next(pump for pump in self.system.local.pumps.queues if pump.queue.endswith("notices"))
        with self.system.local.functions.lock:
            while pump.step():
                pass

    def notify(self, kind: NoticeKind, audience: Audience = Audience.PETITIONER, *, seq: int = 1) -> None:
        """Request a notice and let the notifier work."""
        self.request(kind, audience, seq=seq)
        self.work()

    def wait(self, **time: float) -> None:
        """Let time pass, the sweep look for what is due, and the notifier work."""
        self.clock.hold_at(self.clock.now() + timedelta(**time))
        self.system.local.pumps.sweep.fire()
        self.work()

    # --- what came of it -----------------------------------------------------------------------------

    def out(self) -> list[Outgoing]:
        """Return everything that went out."""
        return self.system.outbox(REFERENCE)

    def sent_to(self) -> list[tuple[str, str]]:
        """Return channel and address of everything that went out."""
        return [(message.channel, message.to) for message in self.out()]

    def rows(self, reference: str = REFERENCE) -> dict[str, str]:
        """Return the state of each delivery by its name."""
        return {delivery.notice: str(delivery.state) for delivery in self.deliveries.of_petition(reference)}

    def row(self, notice: str) -> Delivery:
        """Return one delivery."""
        return next(
            delivery for delivery in self.deliveries.of_petition(REFERENCE) if delivery.notice == notice
        )

    def is_done(self) -> bool:
        """Return whether no work is left: no message waits or died, no delivery is to be tried."""
        attributes = self.system.local.cloud.client("sqs").get_queue_attributes(
            QueueUrl=self.system.local.cloud.queue_url("notices"), AttributeNames=["All"]
        )["Attributes"]
        left = sum(
            int(attributes[name])
            for name in ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        )
        is_at_rest = not {"PREPARED", "SENDING"} & set(self.rows().values())
        return left == 0 and is_at_rest and self.system.dead_letters() == 0

    def put_template(self, name: str, valid_from: date, **facts: Any) -> None:
        """Override a text in the directory."""
        self.directory.put("template", name, valid_from, facts)


@pytest.fixture
def post_room(system: System) -> PostRoom:
    """A post room with an empty table, at 09:00 on Tuesday 3 November 2026 in Vietnam."""
    return PostRoom(system)


def names_in(text: str, words: Iterable[str]) -> list[str]:
    """Return which of these words stand in a text."""
    return [word for word in words if word in text]
