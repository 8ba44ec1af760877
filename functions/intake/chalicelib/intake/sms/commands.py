"""Parses an SMS into the command that its sender meant, whichever provider brought it.

    PAKN <nội dung>             send            PAKN DG <mã> <1-5>     rate the answer
    PAKN TC <mã>                track           PAKN XL <mã> <lý do>   look at it again, at a higher level
    PAKN BS <mã> <nội dung>     supplement      PAKN RUT <mã>          withdraw
                                                PAKN TIEP <mã>         do not withdraw after all
                                                HUY                    send me no more SMS
                                                MO                     send me SMS again

People write on small keys: case, accents, punctuation, spaces and small slips are forgiven, as long as nothing
is lost or withdrawn by a guess. Two-letter commands are also ordinary words (`BS` is a doctor, `TC` an
organisation, "rút tiền" is drawing money): without a reference behind it, `PAKN BS Hùng vòi tiền` is a petition.
Where the reference is left out (`PAKN TC`, `PAKN DG 5`), the command has none, and the desk looks whether the sender
has just one petition that can be meant.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from enum import StrEnum

from shared.domain.identity.gsm7 import unaccented
from shared.domain.text.clean_text import clean_message


class Topic(StrEnum):
    """The command that a sender began, so that help can show how it is written."""

    TRACK = "TRACK"
    SUPPLEMENT = "SUPPLEMENT"
    RATE = "RATE"
    SECOND_LOOK = "SECOND_LOOK"
    WITHDRAW = "WITHDRAW"
    UNDO_WITHDRAWAL = "UNDO_WITHDRAWAL"


@dataclass(frozen=True, slots=True)
class Send:
    """A new petition. `supplement` is what is left if its first word was `BS`: who was asked for more may mean that."""

    content: str = field(repr=False)
    supplement: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Track:
    """The question for a petition's status. `reference` is 11 digits; the caller finds out whether it exists."""

    reference: str | None


@dataclass(frozen=True, slots=True)
class Supplement:
    """More about a petition."""

    reference: str
    content: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Rate:
    """A score from 1 (poor) to 5 (very good) for the answer."""

    reference: str | None
    score: int


@dataclass(frozen=True, slots=True)
class AskAgain:
    """The petitioner asks a higher level to look again, and says why."""

    reference: str
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Withdraw:
    """The petitioner takes the petition back."""

    reference: str


@dataclass(frozen=True, slots=True)
class UndoWithdrawal:
    """The petitioner did not withdraw, or does so no longer."""

    reference: str


@dataclass(frozen=True, slots=True)
class Help:
    """Not a command. `text` is what was written: it may be what the sender was asked for, or the rest of a message."""

    about: Topic | None = None
    text: str = field(default="", repr=False)
    has_keyword: bool = field(default=False, compare=False)
    """True when the keyword shows that it was addressed to us: then it is answered even after `HUY`."""


@dataclass(frozen=True, slots=True)
class Stop:
    """The sender wants no more SMS from us."""


@dataclass(frozen=True, slots=True)
class Start:
    """The sender wants SMS from us again."""


Command = Send | Track | Supplement | Rate | AskAgain | Withdraw | UndoWithdrawal | Help | Stop | Start

_KEYWORD = "pakn"
_SPELLED_KEYWORD = re.compile(r"p[\W_]*a[\W_]*k[\W_]*n(?![^\W\d_])", re.IGNORECASE)
_GLUED_KEYWORD = re.compile(r"pakn", re.IGNORECASE)
_FIRST_WORD = re.compile(r"[^\W\d_]+")
_EDGES = re.compile(r"^[\s\W_]+")
_BORDER = " \t\r\n.,:;!-_/\\|*#="
_CLOSING = _BORDER + ")]>}"
_AFTER_A_TEXT = "".join(character for character in _BORDER if character not in ".!")
"""Signs that are cut off the end of a text; the full stop stays."""
_PLAIN_FORMS = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {ord("\t"): " ", ord("\u00a0"): " "}
"""East Asian keyboards' forms of ASCII; tabs and hard spaces."""
_BRACKETS = {"<": ">", "[": "]", "(": ")", '"': '"', "'": "'", "“": "”"}

_TOPICS = {
    "tc": Topic.TRACK, "tra cuu": Topic.TRACK, "tracuu": Topic.TRACK,
    "bs": Topic.SUPPLEMENT, "bo sung": Topic.SUPPLEMENT, "bosung": Topic.SUPPLEMENT,
    "dg": Topic.RATE, "danh gia": Topic.RATE, "danhgia": Topic.RATE,
    "xl": Topic.SECOND_LOOK, "xem lai": Topic.SECOND_LOOK, "xemlai": Topic.SECOND_LOOK,
    "tiep": Topic.UNDO_WITHDRAWAL, "tiep tuc": Topic.UNDO_WITHDRAWAL, "tieptuc": Topic.UNDO_WITHDRAWAL,
    "rut": Topic.WITHDRAW, "rut lai": Topic.WITHDRAW, "rut don": Topic.WITHDRAW, "rutdon": Topic.WITHDRAW,
}  # fmt: skip
_SLIPS = {"ct": Topic.TRACK, "sb": Topic.SUPPLEMENT, "gd": Topic.RATE}
"""Two letters swapped count only before a whole reference; withdrawing is never guessed."""
_ONLY_BEFORE_A_REFERENCE = frozenset({"xem lai", "xemlai", "tiep", "tiep tuc", "tieptuc"})
"""Petitions begin like this: "xem lại lương", "tiếp công dân"."""
_STOP_WORDS = frozenset({"huy", "stop"})
_POLITE = r"(?: (?:nhe|nha|a|nua|cam on|xin cam on|xin|cam on nhieu|thanks?|thank you))*"
_MESSAGES = r" (?:nhan|gui) (?:tin|tin nhan|sms|thong bao)"
_STOP = re.compile(
    r"(?:(?:toi|minh|em|xin|vui long|lam on|de nghi|yeu cau) )*"
    rf"(?:(?:huy|stop|tu ?choi|unsub(?:scribe)?|cancel)(?: bo| dang ky)?"
    rf"(?:{_MESSAGES}| tin| tin nhan| sms| 8088| dv| dich vu)?(?: giup(?: toi| minh| em)?)?"
    rf"|(?:ngung|dung|khong|thoi)(?: muon| khong)?(?:{_MESSAGES}| nhan| gui)){_POLITE}"
)
"""A whole text that wants no more SMS, as people write it who are polite: "HUY. Cam on", "Huy nhan tin", "TU CHOI"."""
_START = re.compile(rf"(?:xin )?(?:mo|start)(?: lai)?(?:{_MESSAGES})?(?: lai)?{_POLITE}")
_HELP_WORDS = frozenset({"hd", "huong dan", "tro giup", "help", "?", "menu"})
_COMMAND = re.compile(
    r"(?P<word>tra[\W_]*cuu|bo[\W_]*sung|danh[\W_]*gia|rut[\W_]*(?:lai|don)|xem[\W_]*lai|tiep(?:[\W_]*tuc)?|[a-z]{2,3})(?![a-z])[\W_]*",
    re.ASCII,
)

_DIGIT = r"(?:[0-9]|(?<=[0-9])[oOlI](?![^\W\d_])|(?<![^\W_])[oOlI](?=[0-9])|(?<=[0-9])[oO](?=[0-9]))"
_REFERENCE = re.compile(rf"{_DIGIT}(?:[ .\-\u00a0]*{_DIGIT}){{10}}")
_SCORE = re.compile(r"[\W_]*([1-5])(?:\s*/\s*5)?(?![0-9])")
_BARE_SCORE = re.compile(r"[1-5](?:\s*/\s*5)?[\s.!]*", re.ASCII)
_LOOKALIKES = str.maketrans("oOlI", "0011")
_DIGITS_OF_AN_ATTEMPT = 7
_KEYWORD_LENGTHS = range(3, 6)


def parse(content: str, *, keyword_stripped: bool = False) -> Command:
    """Return the command in an SMS; `keyword_stripped` when the provider took `PAKN` off before passing it on."""
    text = _clean(content)
    rest = _after_keyword(text)
    whole_texts = {_folded(text), _folded(rest or "")}
    if any(map(_STOP.fullmatch, whole_texts)):
        return Stop()
    if any(map(_START.fullmatch, whole_texts)):
        return Start()
    if rest is None:
        return _without_keyword(text) if not keyword_stripped else _meaning(text)
    meant = _meaning(rest)
    return replace(meant, has_keyword=True) if isinstance(meant, Help) else meant


def _without_keyword(text: str) -> Command:
    """Honour a complete command that only lacks the keyword; anything else is answered with help."""
    if _BARE_SCORE.fullmatch(text):
        return Rate(None, int(text[0]))
    command = _command(text)
    if command is None or isinstance(command, Help) or getattr(command, "reference", "") is None:
        return Help(command.about if isinstance(command, Help) else None, text)
    return command


def _meaning(rest: str) -> Command:
    """Read what follows the keyword."""
    if not rest or _folded(rest) in _HELP_WORDS:
        return Help(text=rest)
    if _BARE_SCORE.fullmatch(rest):
        return Rate(None, int(rest[0]))
    command = _command(rest)
    if command is not None:
        return command
    reference, after = _leading_reference(rest)
    if reference and not after.strip(_BORDER):
        return Track(reference)
    return Send(_unwrapped(rest), _after_bs(rest))


def _after_bs(text: str) -> str:
    """Return the text behind `BS` or `bổ sung` at the beginning of a text, "" where it begins otherwise."""
    match = _COMMAND.match(_same_length_plain(text))
    is_meant = match and _TOPICS.get(re.sub(r"[\W_]+", " ", match["word"])) is Topic.SUPPLEMENT
    return text[match.end() :].strip() if match and is_meant else ""


def _command(text: str) -> Command | None:
    """Return the command that a text begins with, Help where it was begun and not finished, None for other text."""
    plain = _same_length_plain(text)
    match = _COMMAND.match(plain)
    if not match:
        return None
    word = re.sub(r"[\W_]+", " ", match["word"])
    rest = text[match.end() :].strip()
    reference, after = _leading_reference(rest)
    if reference and word in _STOP_WORDS:
        return Help(Topic.WITHDRAW, text)
    topic = _TOPICS.get(word) or (_SLIPS.get(word) if reference else None)
    if topic is None or (not reference and word in _ONLY_BEFORE_A_REFERENCE):
        return None
    if topic is Topic.RATE and not reference:
        reference, after = _leading_reference(rest, score_may_follow=True)
    if reference:
        return _complete(topic, reference, after, text)
    if topic is Topic.TRACK and not rest.strip(_BORDER):
        return Track(None)
    if topic is Topic.RATE and _BARE_SCORE.fullmatch(rest):
        return Rate(None, int(rest[0]))
    return Help(topic, text) if _is_unfinished(rest) else None


def _complete(topic: Topic, reference: str, after: str, text: str) -> Command:
    if topic is Topic.TRACK:
        return Track(reference)
    if topic is Topic.WITHDRAW:
        return Withdraw(reference)
    if topic is Topic.UNDO_WITHDRAWAL:
        return UndoWithdrawal(reference)
    if topic is Topic.RATE:
        score = _SCORE.match(after)
        return Rate(reference, int(score[1])) if score else Help(topic, text)
    if topic is Topic.SECOND_LOOK:
        return AskAgain(reference, _unwrapped(_written(after)))
    added = _unwrapped(_written(after))
    return Supplement(reference, added) if added else Help(topic, text)


def _leading_reference(text: str, *, score_may_follow: bool = False) -> tuple[str | None, str]:
    """Split a text into the reference that it begins with, 11 digits however grouped, and the rest.

    A twelfth digit glued to it makes it a mistyped one, except where the score belongs (`DG 264831902755`).
    """
    start = re.match(r"[\W_]*", text)
    begun = text[start.end() :] if start else text
    match = _REFERENCE.match(begun)
    if not match:
        return None, text
    after = begun[match.end() :]
    if after[:1].isdigit() and not (score_may_follow and re.fullmatch(r"[1-5]\W*", after)):
        return None, text
    return re.sub(r"[ .\-\u00a0]", "", match[0]).translate(_LOOKALIKES), after


def _is_unfinished(rest: str) -> bool:
    """Return whether only a reference is missing or mistyped behind a command word: no text that would be lost."""
    digits = sum(character.isdigit() for character in re.split(r"[^\W\d_]", rest, maxsplit=1)[0])
    words = re.findall(r"[^\W\d_]+", rest)
    return digits >= _DIGITS_OF_AN_ATTEMPT or len(words) <= 1


def _after_keyword(text: str) -> str | None:
    """Return the text behind the keyword, None where there is no keyword."""
    start = _EDGES.match(text)
    begun = text[start.end() :] if start else text
    plain = _same_length_plain(begun)
    for pattern in (_SPELLED_KEYWORD, _GLUED_KEYWORD):
        match = pattern.match(plain)
        if match:
            return _written(begun[match.end() :])
    word = _FIRST_WORD.match(plain)
    if word and _is_slip_of_keyword(word[0].lower()):
        return _written(begun[word.end() :])
    return None


def _written(text: str) -> str:
    """Return the text behind a command, with the sign that ends it; "" where there are only signs."""
    written = text.lstrip(_CLOSING).rstrip(_AFTER_A_TEXT)
    return written if written.strip(_BORDER) else ""


def _is_slip_of_keyword(word: str) -> bool:
    """Return whether a word is the keyword with one key missed, doubled, wrong or swapped with its neighbour."""
    if len(word) not in _KEYWORD_LENGTHS:
        return False
    swapped = {_KEYWORD[:i] + _KEYWORD[i + 1] + _KEYWORD[i] + _KEYWORD[i + 2 :] for i in range(3)}
    missed = {_KEYWORD[:i] + _KEYWORD[i + 1 :] for i in range(1, 4)}
    doubled = {_KEYWORD[: i + 1] + _KEYWORD[i:] for i in range(4)}
    wrong = len(word) == len(_KEYWORD) and sum(a != b for a, b in zip(word, _KEYWORD, strict=True)) == 1
    return word in swapped | (missed - {"pan"}) | doubled or (wrong and "k" in word)


def _clean(content: str) -> str:
    """Return a text in its one form, with plain letters and spaces."""
    return clean_message(content).translate(_PLAIN_FORMS)


def _same_length_plain(text: str) -> str:
    """Return a text unaccented and in lower case, position by position: a match can be cut from the original."""
    return "".join(_plain_letter(character) for character in text)


def _plain_letter(character: str) -> str:
    for form in (unaccented(character), unaccented(unicodedata.normalize("NFKC", character))):
        lowered = form.lower()
        if len(lowered) == 1 and lowered.isascii():
            return lowered
    return character


def _folded(text: str) -> str:
    plain = _same_length_plain(text)
    return " ".join(re.findall(r"\w+", plain)) or plain.strip()


def _unwrapped(text: str) -> str:
    """Take off the brackets of people who copied `<nội dung>` with them."""
    stripped = text.strip()
    closing = _BRACKETS.get(stripped[:1])
    if closing and stripped.endswith(closing) and closing not in stripped[1:-1] and len(stripped) > 1:
        return stripped[1:-1].strip()
    return stripped
