"""Checks the secret `pakn-{stage}/providers` and sets it: all faults of a new value are listed at once.

A wrong entry would otherwise be found by the first citizen's SMS, which is answered 503 and repeated for hours.
The list names entries and credentials, never a value. docs/webhooks.md and docs/notices.md describe the entries.
"""

from __future__ import annotations

import argparse
import ipaddress
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import boto3

from infra.deployment.templates import REGION
from shared.platform.provider_credentials import PREVIOUS
from shared.providers import simulator
from shared.providers.standard_webhooks import key_of

CLIENTS = "open311"
"""The entry with the API keys of programs, by the name of the program."""
NETWORKS = "networks"
SHORTEST_API_KEY = 32
LOCAL_ONLY = frozenset({"certificate"})
"""Credentials that only the local stack sets."""


class Entry(NamedTuple):
    """The credentials of an entry: groups that are whole or absent, at least one of them, and others beside them."""

    groups: tuple[tuple[str, ...], ...]
    beside: tuple[str, ...] = ()

    @property
    def names(self) -> set[str]:
        """Every credential of the entry."""
        return {name for group in self.groups for name in group} | {*self.beside, NETWORKS}


ENTRIES: Mapping[str, Entry] = {
    "esms": Entry((("cpid", "private_key"), ("api_key", "secret_key", "brandname")), ("url",)),
    "twilio": Entry((("auth_token",),), ("account_sid",)),
    "standard": Entry((("secret",),)),
    "http": Entry((("token", "sender"), ("secret",)), ("url",)),
    "infobip": Entry(
        (("username", "password"), ("hmac_secret", "hmac_header"), ("url", "api_key", "sender")),
    ),
    "vonage": Entry((("signature_secret",), ("api_secret", "sender")), ("api_key", "url")),
    "aws": Entry((("topic_arn",), ("origination_identity",)), ("configuration_set", *LOCAL_ONLY)),
    "zalo": Entry((("app_id", "oa_secret_key"), ("access_token", "template_id")), ("url",)),
    "hotline": Entry((("secret",),)),
}
"""By name; a group proves what comes in, or is what sending needs."""
_TOGETHER = {("vonage", "api_secret"): "api_key"}
"""A credential that is of use only with another one, which may also stand alone."""


def objections(providers: object) -> Iterator[str]:
    """Yield each fault of the secret's value, a sentence each; none where the functions can use all of it."""
    if not isinstance(providers, dict):
        yield "The secret is a JSON object: an entry for each provider"
        return
    for name, entry in providers.items():
        kind = name.removesuffix(PREVIOUS)
        if not isinstance(entry, dict):
            yield f"{name} is an object of credentials"
        elif kind == CLIENTS:
            yield from _of_clients(name, entry)
        elif kind not in ENTRIES:
            yield f"{name} is no provider{_meant(kind, (*ENTRIES, CLIENTS))}"
        else:
            yield from _of_entry(name, kind, entry)
        if kind != name and kind not in providers:
            yield f"{name} stands beside {kind}, which is missing"


def _of_entry(name: str, kind: str, entry: Mapping[str, Any]) -> Iterator[str]:
    allowed = ENTRIES[kind]
    for credential, value in entry.items():
        if credential not in allowed.names:
            yield f"{name} takes no {credential}{_meant(credential, sorted(allowed.names))}"
        else:
            yield from (f"{name}.{credential} {fault}" for fault in _faults(credential, value))
    begun = [group for group in allowed.groups if any(entry.get(part) for part in group)]
    if not begun:
        choices = "; or ".join(", ".join(group) for group in allowed.groups)
        yield f"{name} proves nothing and sends nothing: it needs {choices}"
    for group in begun:
        yield from (f"{name} lacks {part} beside {group[0]}" for part in group if not entry.get(part))
    for (of, credential), other in _TOGETHER.items():
        if of == kind and entry.get(credential) and not entry.get(other):
            yield f"{name} lacks {other} beside {credential}"


def _of_clients(name: str, clients: Mapping[str, Any]) -> Iterator[str]:
    by_key: dict[str, str] = {}
    for client, key in clients.items():
        yield from (f"{name}.{client} {fault}" for fault in _faults("api key", key))
        if not isinstance(key, str):
            continue
        if key in {simulator.API_KEY, simulator.API_KEY_OVER_LIMIT}:
            yield f"{name}.{client} is a key of the sandbox, which everybody knows"
        elif len(key) < SHORTEST_API_KEY:
            yield f"{name}.{client} is shorter than {SHORTEST_API_KEY} characters: it can be guessed"
        if key in by_key:
            yield f"{name}.{client} has the key of {by_key[key]}: nobody can tell them apart"
        by_key[key] = client


def _faults(credential: str, value: Any) -> Iterator[str]:
    """Yield each fault of one value, to be read after its name."""
    if credential == NETWORKS:
        yield from _faults_of_networks(value)
    elif not isinstance(value, str):
        yield "is a text"
    elif not value.strip():
        yield "is empty"
    elif value != value.strip():
        yield "begins or ends with a space or a line's end"
    elif "…" in value:
        yield "still holds the dots of the example"
    elif credential in LOCAL_ONLY:
        yield "is for the local stack alone: it would prove what anybody signs with its key"
    elif form := _FORMS.get(credential):
        try:
            form(value)
        except ValueError as error:
            yield f"cannot be used: {error}"


def _faults_of_networks(value: Any) -> Iterator[str]:
    if not isinstance(value, list) or not value:
        yield 'is a list of networks, such as ["203.0.113.0/24"]; leave it out to take requests from anywhere'
        return
    for number, network in enumerate(value, 1):
        try:
            ipaddress.ip_network(network)
        except ValueError:
            yield f"has no network at place {number}: an address with its bits, such as 203.0.113.0/24"


def _https(value: str) -> None:
    parts = urlsplit(value)
    if parts.scheme != "https" or not parts.hostname or parts.query or parts.username:
        raise ValueError("an address begins with https://, and has no query and no name in it")


def _matching(pattern: str, rule: str) -> Callable[[str], None]:
    def check(value: str) -> None:
        if not re.fullmatch(pattern, value):
            raise ValueError(rule)

    return check


_FORMS: Mapping[str, Callable[[str], object]] = {
    "secret": key_of,
    "url": _https,
    "topic_arn": _matching(
        r"arn:aws[\w-]*:sns:[\w-]+:\d{12}:[\w-]+", "a topic is arn:aws:sns:REGION:ACCOUNT:NAME"
    ),
    "account_sid": _matching(r"AC[0-9a-f]{32}", "an account is AC and 32 digits from 0 to f"),
    "hmac_header": _matching(
        r"[A-Za-z0-9-]{1,64}", "the name of a header has letters, digits and hyphens alone"
    ),
    "template_id": _matching(r"\d{1,20}", "a template of Zalo is a number"),
}


def _meant(name: str, names: Sequence[str]) -> str:
    close = get_close_matches(name, names, 1)
    return f"; did you mean {close[0]}?" if close else f" ({', '.join(names)})"


def changes_without_overlap(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """Yield the entries whose credentials change or go at once: what was signed with those of before is refused."""
    for name, entry in before.items():
        now = after.get(name)
        if name.endswith(PREVIOUS) or now == entry or after.get(f"{name}{PREVIOUS}") == entry:
            continue
        if now is None:
            yield f"{name} goes: everything of it is refused from now on"
        elif name != CLIENTS:
            yield f"{name} changes and {name}{PREVIOUS} does not hold what it was: the sender must change over at once"


def set_secret(stage: str, providers: Mapping[str, Any], secrets: Any) -> list[str]:
    """Set the secret of a stage; return warnings about the change, a sentence each.

    Args:
        stage: the stage.
        providers: the whole new value.
        secrets: a client of Secrets Manager.

    Raises:
        ValueError: something is wrong with it, all of it said, a line each; nothing was set.
    """
    if wrong := list(objections(providers)):
        raise ValueError("\n".join(wrong))
    return put_secret(stage, providers, secrets)


def put_secret(stage: str, providers: Mapping[str, Any], secrets: Any) -> list[str]:
    """Set the secret of a stage to a value that was checked; return warnings about the change, a sentence each."""
    name = f"pakn-{stage}/providers"
    before = json.loads(secrets.get_secret_value(SecretId=name)["SecretString"])
    secrets.put_secret_value(SecretId=name, SecretString=json.dumps(providers))
    return list(changes_without_overlap(before, providers))


def main(argv: Sequence[str] | None = None) -> int:
    """Check a file, or standard input, and set it; return the exit code: 1 where something is wrong."""
    parser = argparse.ArgumentParser(prog="make providers", description=__doc__)
    parser.add_argument("stage")
    parser.add_argument("file", help="JSON; - reads standard input, so that no file need be kept")
    parser.add_argument("--check", action="store_true", help="say what is wrong and set nothing")
    arguments = parser.parse_args(argv)
    text = sys.stdin.read() if arguments.file == "-" else Path(arguments.file).read_text("utf-8")
    try:
        providers = json.loads(text)
    except ValueError as error:
        print(f"This is no JSON: {error}", file=sys.stderr)
        return 1
    wrong = list(objections(providers))
    for line in wrong:
        print(line, file=sys.stderr)
    if wrong or arguments.check:
        print("Nothing was set." if wrong else "Nothing is wrong; nothing was set.")
        return bool(wrong)
    secrets = boto3.client("secretsmanager", region_name=REGION)
    for line in set_secret(arguments.stage, providers, secrets):
        print(line)
    print(f"pakn-{arguments.stage}/providers is set; warm functions read it within a minute.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
