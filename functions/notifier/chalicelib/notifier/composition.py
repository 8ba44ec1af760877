"""Builds the notifier's parts from its settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial

from chalicelib.notifier.attempts.record_outcome import Outcomes
from chalicelib.notifier.attempts.send_attempt import Attempts
from chalicelib.notifier.contact_policy.contact_policy import ContactPolicy
from chalicelib.notifier.contact_policy.daily_limit import DailyLimit
from chalicelib.notifier.contact_policy.quiet_hours import QuietHours
from chalicelib.notifier.export_person import PersonExports
from chalicelib.notifier.handle_messages import MessageHandler, MessageSenders
from chalicelib.notifier.notices.addresses import Addresses
from chalicelib.notifier.notices.answer_mails import AnswerMails, NewAnswers, SubscriberTexts
from chalicelib.notifier.notices.batches import Batches
from chalicelib.notifier.notices.deliver_notice import NoticeDelivery
from chalicelib.notifier.notices.deliver_over_channel import ChannelDelivery
from chalicelib.notifier.notices.notify_officers import OfficerNotifier
from chalicelib.notifier.notices.notify_petitioner import PetitionerNotifier
from chalicelib.notifier.notices.render_notice import NoticeRenderer
from chalicelib.notifier.notices.reply_to_sms import SmsReplies
from chalicelib.notifier.notices.send_code import CodeDelivery, CodeTexts, KnownContacts
from chalicelib.notifier.officers.account_letters import AccountLetters
from chalicelib.notifier.officers.address_changes import AddressChanges
from chalicelib.notifier.officers.digests import SEQ as DIGESTS
from chalicelib.notifier.officers.digests import Digests
from chalicelib.notifier.officers.leaders_mail import SEQ as LEADERS
from chalicelib.notifier.officers.leaders_mail import LeadersMail
from chalicelib.notifier.officers.morning_mails import MorningMails
from chalicelib.notifier.programs.deliver_event import EventDelivery
from chalicelib.notifier.programs.outside import OutsideHandler
from chalicelib.notifier.programs.webhook import WebhookSender
from chalicelib.notifier.providers import Senders, receipt_readers
from chalicelib.notifier.receipts.answer_request import ReceiptEndpoint
from chalicelib.notifier.receipts.queued import QueuedReceipts, topics_of
from chalicelib.notifier.receipts.record_receipt import ReceiptRecorder
from chalicelib.notifier.senders.circuits import Circuits
from chalicelib.notifier.senders.post_json import opener
from chalicelib.notifier.settings import NotifierSettings
from shared.platform import secrets, settings
from shared.platform.bucket import AttachmentsBucket
from shared.platform.seal import Seal
from shared.tables.contacts.codes import AccessCodes
from shared.tables.contacts.subscribers import Subscribers
from shared.tables.deliveries import Deliveries
from shared.tables.directory import Directory
from shared.tables.outlines import Outlines
from shared.tables.petitions import Petitions
from shared.tables.throttle.officer_sessions import OfficerSessions
from shared.tables.throttle.opt_outs import OptOuts
from shared.tables.throttle.program_switches import ProgramSwitches
from shared.tables.throttle.replies import Replies
from shared.tables.throttle.sms_budget import SmsBudget
from shared.tables.throttle.suppressions import Suppressions
from shared.use_cases.leaders import Leaders
from shared.use_cases.subscriptions import Subscription, signing_keys, versions
from shared.wording.texts import Texts


@dataclass(frozen=True, slots=True)
class Parts:
    """The dependencies of the notifier's handlers and views."""

    messages: MessageHandler
    receipts: ReceiptEndpoint
    queued_receipts: QueuedReceipts
    directory: Directory

    def closed_until(self) -> datetime | None:
        """Return when receipts are taken again; None while they are."""
        closed = self.directory.closed()
        return closed.until if closed else None


def build(configuration: NotifierSettings) -> Parts:
    """Build the parts; no AWS service is called.

    Raises:
        SettingsError: `SMS_PROVIDERS` names a provider that does not exist.
    """
    deliveries = Deliveries(configuration.deliveries_table)
    recorder = ReceiptRecorder(deliveries, configuration.notices_queue_url)
    return Parts(
        messages=_messages(configuration, deliveries),
        receipts=ReceiptEndpoint(recorder, receipt_readers(configuration)),
        queued_receipts=QueuedReceipts(recorder, topics_of(configuration)),
        directory=Directory(configuration.directory_table),
    )


def _messages(configuration: NotifierSettings, deliveries: Deliveries) -> MessageHandler:
    keyring = secrets.keyring(configuration.identifiers_secret)
    directory = Directory(configuration.directory_table)
    petitions = Petitions(configuration.petitions_table, directory)
    senders, seal = Senders(configuration), Seal(configuration.seal_key_id)
    quiet_hours = QuietHours(configuration.quiet_from, configuration.quiet_until)
    outcomes = Outcomes(deliveries, timedelta(hours=configuration.receipt_within_hours))
    attempts = Attempts(deliveries, Circuits(configuration.throttle_table), senders.of, outcomes)
    texts = Texts(directory)
    renderer = NoticeRenderer(texts, directory, configuration.public_url, keyring)
    contact_policy = _contact_policy(configuration, quiet_hours)
    notices = NoticeDelivery(
        petitions=petitions,
        directory=directory,
        deliveries=deliveries,
        petitioners=_petitioners(
            petitions, directory, deliveries, seal, contact_policy, renderer, attempts, outcomes
        ),
        officers=OfficerNotifier(directory, deliveries, renderer, attempts),
        outcomes=outcomes,
    )
    replies = SmsReplies(Replies(configuration.throttle_table), seal, senders.of, quiet_hours)
    account_letters = AccountLetters(
        directory,
        deliveries,
        OfficerSessions(configuration.throttle_table),
        texts,
        attempts,
        configuration.public_url,
    )
    address_changes = AddressChanges(
        directory=directory,
        deliveries=deliveries,
        texts=texts,
        attempts=attempts,
        public_url=configuration.public_url,
    )
    events = _events(configuration, petitions, directory, deliveries, outcomes, account_letters)
    senders_of_messages = MessageSenders(
        notices,
        replies,
        *_to_visitors(configuration, petitions, directory, contact_policy, texts, attempts, outcomes),
        *_mornings_mails(configuration, petitions, directory, deliveries, texts, attempts),
        account_letters,
        address_changes,
        events,
        PersonExports(petitions, deliveries, seal, AttachmentsBucket(configuration.attachments_bucket)),
    )
    return MessageHandler(senders_of_messages, configuration.notices_queue_url)


def _to_visitors(
    configuration: NotifierSettings,
    petitions: Petitions,
    directory: Directory,
    contact_policy: ContactPolicy,
    texts: Texts,
    attempts: Attempts,
    outcomes: Outcomes,
) -> tuple[CodeDelivery, AnswerMails]:
    """Return the senders of one-time codes and of the week's new answers, which people ask for on the site."""
    keyring = secrets.keyring(configuration.identifiers_secret)
    deliveries, seal = Deliveries(configuration.deliveries_table), Seal(configuration.seal_key_id)
    codes = CodeDelivery(
        codes=AccessCodes(configuration.throttle_table),
        contacts=KnownContacts(petitions, seal, keyring, configuration.link_kept_for),
        deliveries=deliveries,
        contact_policy=contact_policy,
        texts=CodeTexts(texts, keyring, configuration.public_url),
        attempts=attempts,
        outcomes=outcomes,
    )
    answers = AnswerMails(
        subscribers=Subscribers(configuration.throttle_table),
        answers=NewAnswers(petitions, directory),
        deliveries=deliveries,
        seal=seal,
        contact_policy=contact_policy,
        texts=SubscriberTexts(texts, keyring, configuration.public_url),
        attempts=attempts,
        outcomes=outcomes,
    )
    return codes, answers


def _mornings_mails(
    configuration: NotifierSettings,
    petitions: Petitions,
    directory: Directory,
    deliveries: Deliveries,
    texts: Texts,
    attempts: Attempts,
) -> tuple[Digests, LeadersMail]:
    """Return the mails that an officer may get in the morning: the day's digest, and the week's figures."""
    keyring = secrets.keyring(configuration.identifiers_secret)
    mails = partial(
        MorningMails,
        deliveries=deliveries,
        texts=texts,
        attempts=attempts,
        public_url=configuration.public_url,
        keyring=keyring,
    )
    leaders = Leaders(Outlines(configuration.petitions_table), deliveries, directory)
    return (
        Digests(petitions=petitions, directory=directory, mails=mails(DIGESTS)),
        LeadersMail(leaders=leaders, directory=directory, mails=mails(LEADERS)),
    )


def _events(
    configuration: NotifierSettings,
    petitions: Petitions,
    directory: Directory,
    deliveries: Deliveries,
    outcomes: Outcomes,
    letters: AccountLetters,
) -> EventDelivery:
    return EventDelivery(
        petitions=petitions,
        directory=directory,
        deliveries=deliveries,
        outcomes=outcomes,
        switches=ProgramSwitches(configuration.throttle_table),
        letters=letters,
        attempts_of=partial(_attempts_of_program, configuration, directory, deliveries, outcomes),
    )


def _attempts_of_program(
    configuration: NotifierSettings,
    directory: Directory,
    deliveries: Deliveries,
    outcomes: Outcomes,
    program: Subscription,
) -> Attempts:
    """Return the attempts at the address of one program, which is a provider of its own."""
    keyring = secrets.keyring(configuration.identifiers_secret)
    keys = signing_keys(program, versions(directory), keyring.at)
    opened_by = opener() if configuration.stage == "local" else opener(OutsideHandler())
    sender = WebhookSender(program.id, program.address, keys, opened_by)
    circuits = Circuits(configuration.throttle_table, of_programs=True)
    return Attempts(deliveries, circuits, lambda *_: (sender,), outcomes)


def _contact_policy(configuration: NotifierSettings, quiet_hours: QuietHours) -> ContactPolicy:
    return ContactPolicy(
        quiet_hours=quiet_hours,
        batch_for=timedelta(seconds=configuration.batch_for_seconds),
        daily_limit=DailyLimit(configuration.throttle_table, configuration.messages_per_address_per_day),
        opt_outs=OptOuts(configuration.throttle_table),
        suppressions=Suppressions(configuration.throttle_table),
        sms_budget=SmsBudget(configuration.throttle_table, configuration.sms_segments_per_day),
        sms_countries=configuration.opened_countries,
        keyring=secrets.keyring(configuration.identifiers_secret),
    )


def _petitioners(
    petitions: Petitions,
    directory: Directory,
    deliveries: Deliveries,
    seal: Seal,
    contact_policy: ContactPolicy,
    renderer: NoticeRenderer,
    attempts: Attempts,
    outcomes: Outcomes,
) -> PetitionerNotifier:
    addresses = Addresses(seal)
    batches = Batches(petitions, directory, deliveries, contact_policy, addresses)
    channel_delivery = ChannelDelivery(
        contact_policy=contact_policy,
        batches=batches,
        renderer=renderer,
        attempts=attempts,
        outcomes=outcomes,
    )
    return PetitionerNotifier(
        deliveries=deliveries,
        addresses=addresses,
        contact_policy=contact_policy,
        batches=batches,
        channel_delivery=channel_delivery,
        outcomes=outcomes,
    )


@cache
def parts() -> Parts:
    """Return the parts of this process, built at the first event."""
    return build(settings.load(NotifierSettings))
