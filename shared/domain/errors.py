"""One tree of errors. Facts are attributes; no error carries what a person wrote or who they are."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, NamedTuple

from shared.domain.quotas import Quota


class PetitionError(Exception):
    """Something asked of the system that it does not do; `code` is stable and part of the HTTP contract."""

    code: ClassVar[str] = "error"


class InvalidInputError(PetitionError):
    """The input breaks a rule. `problems` lists (field, rule) pairs, e.g. `("content", "too-long")`."""

    code = "invalid-input"

    def __init__(self, *problems: tuple[str, str]) -> None:
        super().__init__(", ".join(f"{field}: {rule}" for field, rule in problems))
        self.problems = problems


class Place(NamedTuple):
    """A place in a text of the input, by numbers alone: `field` from character `start` to before `end`."""

    field: str
    rule: str
    start: int
    end: int


class UnfinishedTextError(InvalidInputError):
    """A letter has gaps, and did not leave; `places` in the order of the text, each with its rule."""

    def __init__(self, *places: Place) -> None:
        super().__init__(*((place.field, place.rule) for place in places))
        self.places = places


class PetitionFullError(InvalidInputError):
    """The petition has no space for more words of its petitioner; the rest can come as a file."""

    code = "petition-full"

    def __init__(self, field: str) -> None:
        super().__init__((field, "petition-full"))


class NotFoundOrWrongPinError(PetitionError):
    """Unknown reference, wrong PIN and locked reference are one answer, so that they cannot be distinguished."""

    code = "not-found-or-wrong-pin"


class PetitionLostError(NotFoundOrWrongPinError):
    """The PIN is right, so the reference was given out, and a restoration of the data lost the petition."""

    code = "petition-lost"


class UnknownPetitionError(PetitionError):
    """There is no such petition, or the officer may not know of it: one answer for both."""

    code = "unknown-petition"


class UnknownAttachmentError(PetitionError):
    """There is no such file with this petition, or none that may be given out."""

    code = "unknown-attachment"


class UnauthenticatedError(PetitionError):
    """No token, or one that does not hold."""

    code = "unauthenticated"


class UnavailableError(PetitionError):
    """Something cannot be done just now; the same request succeeds later."""

    retry_after: int = 30
    """Seconds."""


class IdentityUnavailableError(UnavailableError):
    """The identity provider's keys cannot be read just now: nobody knows whether the token holds."""

    code = "identity-unavailable"


class SearchUnavailableError(UnavailableError):
    """There is no search index yet, or this machine's SQLite has no FTS5."""

    code = "search-unavailable"
    retry_after = 3600


class NewerItemError(UnavailableError):
    """A newer version of the code, which is being deployed, wrote the item; this version would not keep it right."""

    code = "newer-item"
    retry_after = 60


class ClosedForRestorationError(UnavailableError):
    """Nothing is taken just now: the stored data are being restored."""

    code = "closed"

    def __init__(self, retry_after: int) -> None:
        super().__init__()
        self.retry_after = retry_after


class ApiKeyNeededError(PetitionError):
    """A program sent a petition without the key of a client that we know."""

    code = "api-key-needed"


class NotAllowedError(PetitionError):
    """The officer's role or unit does not allow this."""

    code = "not-allowed"


class SecondFactorNeededError(NotAllowedError):
    """The officer's role needs a second factor, which this session has not shown."""

    code = "second-factor-needed"


class ScopeNeededError(NotAllowedError):
    """A machine account's token has not the scope of a route, or the route is for people alone."""

    code = "scope-needed"

    def __init__(self, scope: str) -> None:
        super().__init__(scope)
        self.scope = scope
        """The scope; "" where no machine may."""


class TokenRefusedError(InvalidInputError):
    """No token is given for what was sent; `error` is one of RFC 6749, 5.2."""

    code = "token-refused"

    def __init__(self, error: str, field: str) -> None:
        super().__init__((field, "invalid"))
        self.error = error


class UnknownClientError(TokenRefusedError):
    """No machine account has this name and secret: one answer for both."""

    code = "unknown-client"

    def __init__(self) -> None:
        super().__init__("invalid_client", "client_secret")


class HandedOverError(NotAllowedError):
    """The petition was the officer's to handle and went to a colleague."""

    code = "handed-over"


class MovedAwayError(NotAllowedError):
    """The petition was at the officer's unit and went to another one."""


class ActionNotPossibleError(PetitionError):
    """The petition's state does not allow this action."""

    code = "action-not-possible"

    def __init__(self, action: str, state: str) -> None:
        super().__init__(f"{action} is not possible in state {state}")
        self.action = action
        self.state = state


class WordHeldError(ActionNotPossibleError):
    """The decision before may still be taken back; what leads on from it is possible from `until`."""

    code = "word-held"

    def __init__(self, action: str, state: str, until: datetime) -> None:
        super().__init__(action, state)
        self.until = until


class TooLateToTakeBackError(ActionNotPossibleError):
    """The time to take the action back is over: people are being notified of it."""

    code = "too-late-to-take-back"


class ResultBeingSentError(ActionNotPossibleError):
    """The petitioner is being notified of the result at this moment: nothing of theirs can come before it any more."""

    code = "result-being-sent"


class NotReachedError(PetitionError):
    """The time of a request for many petitions was over before this one; nothing of it was changed."""

    code = "not-reached"


class StaleVersionError(PetitionError):
    """Somebody else changed the petition in between; nothing was written."""

    code = "stale-version"

    def __init__(self, current_version: int) -> None:
        super().__init__(f"the current version is {current_version}")
        self.current_version = current_version


class StaleDraftError(PetitionError):
    """A draft was saved from elsewhere since it was read; nothing was written."""

    code = "stale-draft"

    def __init__(self, version: int) -> None:
        super().__init__(version)
        self.version = version
        """The version that is stored."""


class UnknownDraftError(PetitionError):
    """The officer has no such draft on this petition."""

    code = "unknown-draft"


class UnknownRowError(PetitionError):
    """The directory has no such row."""

    code = "unknown-row"


class SecondPersonNeededError(PetitionError):
    """The officer proposed this change of the directory, and cannot confirm it."""

    code = "second-person-needed"


class ProposalClosedError(PetitionError):
    """The proposal was decided or withdrawn, or it has expired."""

    code = "proposal-closed"


class StaleProposalError(PetitionError):
    """The row was changed after the change of it was proposed: it has to be looked at, and proposed, again."""

    code = "stale-proposal"


class IdempotencyKeyReusedError(PetitionError):
    """The key was used before with another body: answering with the first petition could give it to a stranger."""

    code = "idempotency-key-reused"


class TooManyRequestsError(PetitionError):
    """A limit was reached; `retry_after` is in seconds. `quotas` are those that the caller may see."""

    code = "too-many-requests"

    def __init__(self, retry_after: int, *quotas: Quota) -> None:
        super().__init__(f"retry after {retry_after} s")
        self.retry_after = retry_after
        self.quotas = quotas


class PinSlowedError(TooManyRequestsError):
    """A PIN is compared only after a wait, or some work: too many wrong ones came from here, or for this reference."""

    code = "pin-slowed"

    def __init__(self, retry_after: int, ticket: str = "", challenge: str = "") -> None:
        super().__init__(retry_after)
        self.ticket = ticket
        """Sent along after the wait, it lets this very try pass."""
        self.challenge = challenge
        """Solved, it lets this very try pass at once; "" where none is offered."""


class LinkExpiredError(NotFoundOrWrongPinError):
    """The link of a letter about a matter that has been closed for long; a new one is sent to a contact on file."""

    code = "link-expired"


class RuleMissingError(PetitionError):
    """The directory has no row in force (terms, field or unit): a mistake of administration, not of the caller."""

    code = "rule-missing"


class UnknownAddressError(PetitionError):
    """No route leads there."""

    code = "unknown-address"


class MethodNotAllowedError(PetitionError):
    """The address is one, but not for this method."""

    code = "method-not-allowed"


class UnsupportedMediaTypeError(PetitionError):
    """The body is of another content type than the door takes; `accepted` is the one that it takes."""

    code = "unsupported-media-type"

    def __init__(self, accepted: str) -> None:
        super().__init__(f"takes {accepted}")
        self.accepted = accepted


class UnexpectedError(PetitionError):
    """Something failed that no code foresaw; the caller gets the incident's code and time, the log the rest."""

    code = "unexpected"

    def __init__(self, incident: str, at: datetime) -> None:
        super().__init__(incident)
        self.incident = incident
        self.at = at
