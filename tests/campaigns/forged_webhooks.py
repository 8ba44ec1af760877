"""Genuine webhooks, and what a forger may make of them: for each provider, with its own validator as judge.

A scheme knows how its provider signs and how the provider's own library (or an independent reading of its
documentation) judges a request. The tricks are the same for all; what only one scheme can suffer, it adds itself.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from random import Random
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode

import jwt
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from standardwebhooks.webhooks import Webhook, WebhookVerificationError
from twilio.request_validator import RequestValidator

from chalicelib.intake.hotline.hotline_webhook import HotlineWebhook
from chalicelib.intake.sms.providers.aws_sns import AwsSnsWebhook
from chalicelib.intake.sms.providers.esms import EsmsWebhook
from chalicelib.intake.sms.providers.infobip import InfobipWebhook
from chalicelib.intake.sms.providers.standard_webhooks import StandardSmsWebhook
from chalicelib.intake.sms.providers.twilio import TwilioWebhook
from chalicelib.intake.sms.providers.vonage import VonageWebhook
from chalicelib.intake.sms.webhook import LARGEST_REQUEST, WebhookRequest, refuse_strange_address


class Moment:
    """The instant of a test. The libraries that judge look at the machine's own clock, so each test takes it anew."""

    at: ClassVar[datetime]

    @classmethod
    def renew(cls) -> None:
        """Take what the machine's clock says."""
        cls.at = datetime.now(UTC).replace(microsecond=0)


Moment.renew()
PUBLIC_URL = "https://pakn.example.vn"
NETWORK = "203.0.113.0/24"
TEXTS = ("PAKN Đề nghị xem lại lương", "PAKN TC 26483190275", "PAKN RUT 26483190275", "pakn cham tra loi")


@dataclass(frozen=True)
class Message:
    """The content of a genuine request."""

    text: str
    sender: str
    message_id: str
    at: datetime = field(default_factory=lambda: Moment.at)


Trick = Callable[["Scheme", WebhookRequest, Message, Random], WebhookRequest]


class Scheme(ABC):
    """One provider's way to sign."""

    name: ClassVar[str]
    proof: ClassVar[str]
    """The header, or for eSMS the parameter, that carries the proof."""
    key: str = "a genuine secret of the provider"
    has_age: ClassVar[bool] = False
    """True where the signature covers the time of sending."""
    not_tried: ClassVar[frozenset[str]] = frozenset()
    """Tricks of all that this scheme cannot suffer."""

    @property
    @abstractmethod
    def credentials(self) -> dict[str, str]:
        """Its entry in the secret of the providers."""

    @abstractmethod
    def sign(self, message: Message, *, key: str | None = None) -> WebhookRequest:
        """Return a request as the provider sends it."""

    def sign_for(self, message: Message, public_url: str) -> WebhookRequest:
        """Return a request as the provider sends it to another address of ours."""
        return self.sign(message)

    @abstractmethod
    def read(self, request: WebhookRequest) -> object:
        """Return the messages that our adapter reads from a request, in a form that can be compared."""

    @abstractmethod
    def judge(self, request: WebhookRequest) -> bool:
        """Return whether the provider's own validator takes the request for genuine."""

    def message(self, random: Random) -> Message:
        """Return something to say."""
        digits = "".join(random.choices("0123456789", k=7))
        return Message(random.choice(TEXTS), f"8490{digits}", f"m{random.getrandbits(64):016x}")

    def tricks(self) -> dict[str, Trick]:
        """Return the tricks that only this scheme can suffer."""
        return {}

    # --- what tricks do to a request ------------------------------------------------------------------

    def proof_of(self, request: WebhookRequest) -> str:
        """Return the proof in a request."""
        return request.header(self.proof) or ""

    def with_proof(self, request: WebhookRequest, proof: str | None) -> WebhookRequest:
        """Return a request with another proof, or without one."""
        headers = {
            name: value for name, value in request.headers.items() if name.lower() != self.proof.lower()
        }
        return replace(request, headers=headers if proof is None else {**headers, self.proof: proof})

    def signed_part(self, request: WebhookRequest) -> bytes:
        """Return the part of a request that a mutation is to hit."""
        return request.body

    def with_signed_part(self, request: WebhookRequest, part: bytes) -> WebhookRequest:
        """Return a request with that part replaced."""
        return replace(request, body=part)

    def _post(self, body: bytes, headers: Mapping[str, str]) -> WebhookRequest:
        path = "/hotline/calls" if self.name == "hotline" else f"/sms/{self.name}"
        return WebhookRequest("POST", path, {}, dict(headers), body, "203.0.113.7", PUBLIC_URL)


def _sms(messages: Any) -> object:
    return [(sms.replay_key, sms.sender, sms.content) for sms in messages]


# --- the tricks that every scheme must stand ------------------------------------------------------------


def _another_key(scheme: Scheme, _: WebhookRequest, message: Message, random: Random) -> WebhookRequest:
    return scheme.sign(message, key=f"guess {random.getrandbits(32)}")


def _no_proof(scheme: Scheme, genuine: WebhookRequest, _m: Message, _r: Random) -> WebhookRequest:
    return scheme.with_proof(genuine, None)


def _empty_proof(scheme: Scheme, genuine: WebhookRequest, _m: Message, random: Random) -> WebhookRequest:
    return scheme.with_proof(genuine, random.choice(["", " ", "0", "null", "Bearer ", "Basic ", "v1,"]))


def _bent_proof(scheme: Scheme, genuine: WebhookRequest, _m: Message, random: Random) -> WebhookRequest:
    proof = scheme.proof_of(genuine)
    at = random.randrange(len(proof))
    other = random.choice([c for c in "ABCDEFghij0123456789" if c.lower() != proof[at].lower()])
    return scheme.with_proof(genuine, proof[:at] + other + proof[at + 1 :])


def _cut_proof(scheme: Scheme, genuine: WebhookRequest, _m: Message, random: Random) -> WebhookRequest:
    proof = scheme.proof_of(genuine)
    return scheme.with_proof(genuine, proof[: random.randrange(len(proof))])


def _proof_of_another(scheme: Scheme, genuine: WebhookRequest, _m: Message, random: Random) -> WebhookRequest:
    return scheme.with_proof(genuine, scheme.proof_of(scheme.sign(scheme.message(random))))


def _another_text(
    scheme: Scheme, genuine: WebhookRequest, message: Message, random: Random
) -> WebhookRequest:
    other = replace(message, text=f"PAKN viec khac {random.getrandbits(32)}")
    part = scheme.signed_part(scheme.sign(other))
    return scheme.with_signed_part(genuine, part)


def _mutated(scheme: Scheme, genuine: WebhookRequest, _m: Message, random: Random) -> WebhookRequest:
    part = changed = scheme.signed_part(genuine)
    while changed == part:
        at, character = random.randrange(len(part)), bytes([random.randrange(32, 127)])
        before, after = part[:at], part[at + 1 :]
        changed = random.choice([before + character + after, before + character + part[at:], before + after])
    return scheme.with_signed_part(genuine, changed)


def _oversized(scheme: Scheme, _g: WebhookRequest, message: Message, random: Random) -> WebhookRequest:
    return scheme.sign(replace(message, text="PAKN " + "a" * (LARGEST_REQUEST + random.randrange(9999))))


def _wrong_method(_s: Scheme, genuine: WebhookRequest, _m: Message, random: Random) -> WebhookRequest:
    methods = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"} - {genuine.method}
    return replace(genuine, method=random.choice(sorted(methods)))


def _wrong_address(_s: Scheme, genuine: WebhookRequest, _m: Message, random: Random) -> WebhookRequest:
    claimed = {"X-Forwarded-For": "203.0.113.7", "X-Real-IP": "203.0.113.7", "Forwarded": "for=203.0.113.7"}
    strange = random.choice(["198.51.100.9", "2001:db8::7", "10.0.0.1", "", "203.0.113.7, 10.0.0.1"])
    return replace(genuine, source_ip=strange, headers={**genuine.headers, **claimed})


def _wrong_content(scheme: Scheme, genuine: WebhookRequest, _m: Message, random: Random) -> WebhookRequest:
    kind, body = random.choice(
        [
            ("text/xml", b"<results/>"),
            ("application/x-www-form-urlencoded", b"results=1"),
            ("multipart/form-data; boundary=x", b"--x--"),
            ("application/json", b"[]"),
            ("application/json", b"null"),
            ("application/json; charset=utf-16", '{"results":[]}'.encode("utf-16")),
            ("application/octet-stream", random.randbytes(64)),
        ]
    )
    bare = replace(genuine, body=body, headers={**genuine.headers, "Content-Type": kind})
    return bare if genuine.method == "POST" else scheme.with_proof(bare, None)


TRICKS: dict[str, Trick] = {
    "signed with another key": _another_key,
    "without proof": _no_proof,
    "empty proof": _empty_proof,
    "proof changed by one character": _bent_proof,
    "proof cut off": _cut_proof,
    "proof of another message": _proof_of_another,
    "another text": _another_text,
    "one byte changed, added or taken away": _mutated,
    "too large, rightly signed": _oversized,
    "another method": _wrong_method,
    "from another network, headers claim ours": _wrong_address,
    "another content type and body": _wrong_content,
}


def _aged(by: timedelta) -> Trick:
    return lambda scheme, _g, message, _r: scheme.sign(replace(message, at=message.at + by))


# --- the schemes -----------------------------------------------------------------------------------------


class Esms(Scheme):
    name = "esms"
    proof = "sign"

    @property
    def credentials(self) -> dict[str, str]:
        return {"cpid": "pakn", "private_key": self.key}

    def sign(self, message: Message, *, key: str | None = None) -> WebhookRequest:
        query = {
            "cpid": "pakn", "smsid": message.message_id, "content": message.text, "sender": message.sender,
            "receiverTime": "20261123083000", "serviceNumber": "8088", "keyword": "PAKN",
        }  # fmt: skip
        query["sign"] = self._md5(query, key or self.key)
        return WebhookRequest("GET", "/sms/esms", query, {}, b"", "203.0.113.7", PUBLIC_URL)

    def _md5(self, query: Mapping[str, Any], key: str) -> str:
        signed = "".join(str(query[name]) for name in ("cpid", "smsid", "content", "receiverTime")) + key
        return hashlib.md5(signed.encode(), usedforsecurity=False).hexdigest()

    def read(self, request: WebhookRequest) -> object:
        return _sms(EsmsWebhook("pakn", self.key).read(request, Moment.at))

    def judge(self, request: WebhookRequest) -> bool:
        try:
            return self._md5(request.query, self.key) == request.query.get("sign")
        except KeyError:
            return False

    def proof_of(self, request: WebhookRequest) -> str:
        return str(request.query["sign"])

    def with_proof(self, request: WebhookRequest, proof: str | None) -> WebhookRequest:
        query = {name: value for name, value in request.query.items() if name != "sign"}
        return replace(request, query=query if proof is None else {**query, "sign": proof})

    def signed_part(self, request: WebhookRequest) -> bytes:
        return str(request.query["content"]).encode()

    def with_signed_part(self, request: WebhookRequest, part: bytes) -> WebhookRequest:
        return replace(request, query={**request.query, "content": part.decode("utf-8", "replace")})

    def tricks(self) -> dict[str, Trick]:
        def twice(_s: Scheme, genuine: WebhookRequest, _m: Message, random: Random) -> WebhookRequest:
            name = random.choice(["content", "sender", "sign", "smsid", "cpid", "receiverTime"])
            return replace(genuine, query={**genuine.query, name: [str(genuine.query[name])] * 2})

        def missing(_s: Scheme, genuine: WebhookRequest, _m: Message, random: Random) -> WebhookRequest:
            name = random.choice(["content", "sender", "sign", "smsid", "cpid", "receiverTime"])
            return replace(genuine, query={k: v for k, v in genuine.query.items() if k != name})

        def another_partner(
            _s: Scheme, genuine: WebhookRequest, message: Message, random: Random
        ) -> WebhookRequest:
            """The border between partner and id moved: `pakn` + `m1` signs like `pakn1` + `m`, if nobody looks."""
            cut = random.randrange(1, len(message.message_id))
            moved = {"cpid": "pakn" + message.message_id[:cut], "smsid": message.message_id[cut:]}
            return replace(genuine, query={**genuine.query, **moved})

        return {
            "a parameter twice": twice,
            "a parameter missing": missing,
            "border between partner and id moved": another_partner,
        }


class Twilio(Scheme):
    name = "twilio"
    proof = "X-Twilio-Signature"

    @property
    def credentials(self) -> dict[str, str]:
        return {"auth_token": self.key}

    def sign(self, message: Message, *, key: str | None = None, url: str = PUBLIC_URL) -> WebhookRequest:
        form = {
            "AccountSid": "AC" + "0" * 32, "Body": message.text, "From": f"+{message.sender}", "To": "+18088",
            "MessageSid": "SM" + message.message_id[1:].rjust(32, "0"),
        }  # fmt: skip
        signature = RequestValidator(key or self.key).compute_signature(f"{url}/sms/twilio", form)
        return self._post(urlencode(form).encode(), {self.proof: signature})

    def sign_for(self, message: Message, public_url: str) -> WebhookRequest:
        return self.sign(message, url=public_url)

    def read(self, request: WebhookRequest) -> object:
        return _sms(TwilioWebhook(self.key).read(request, Moment.at))

    def judge(self, request: WebhookRequest) -> bool:
        form = dict(parse_qsl(request.body.decode("latin-1"), keep_blank_values=True))
        signature = request.header(self.proof) or ""
        return bool(RequestValidator(self.key).validate(f"{PUBLIC_URL}/sms/twilio", form, signature))

    def tricks(self) -> dict[str, Trick]:
        def another_url(_s: Scheme, _g: WebhookRequest, message: Message, random: Random) -> WebhookRequest:
            host = random.choice(
                ["https://attacker.example", "http://pakn.example.vn", "https://pakn.example.vn.x"]
            )
            signed = self.sign(message, url=host)
            return replace(signed, headers={**signed.headers, "Host": host.split("//")[1]})

        def twice(_s: Scheme, genuine: WebhookRequest, _m: Message, random: Random) -> WebhookRequest:
            name = random.choice(["Body", "From", "MessageSid", "Extra"])
            more = urlencode([(name, "x"), (name, "y")])
            return replace(genuine, body=genuine.body + b"&" + more.encode())

        def another_sender(_s: Scheme, genuine: WebhookRequest, m: Message, random: Random) -> WebhookRequest:
            other = m.sender[:-1] + random.choice([d for d in "0123456789" if d != m.sender[-1]])
            return replace(genuine, body=genuine.body.replace(m.sender.encode(), other.encode()))

        return {
            "signed for another address": another_url,
            "a parameter added twice": twice,
            "another sender": another_sender,
        }


class Standard(Scheme):
    name = "standard"
    proof = "webhook-signature"
    has_age = True
    key = "whsec_" + base64.b64encode(b"a genuine secret of the ").decode()

    @property
    def credentials(self) -> dict[str, str]:
        return {"secret": self.key}

    def body(self, message: Message) -> dict[str, Any]:
        data = {"messageId": message.message_id, "from": f"+{message.sender}", "text": message.text}
        return {"type": "sms.received", "data": data}

    def sign(self, message: Message, *, key: str | None = None) -> WebhookRequest:
        secret = (
            self.key if key is None else "whsec_" + base64.b64encode(key.encode().ljust(24, b"x")).decode()
        )
        body = json.dumps(self.body(message), ensure_ascii=False)
        signature = Webhook(secret).sign(message.message_id, message.at, body)
        headers = {
            "webhook-id": message.message_id,
            "webhook-timestamp": str(int(message.at.timestamp())),
            "webhook-signature": signature,
        }
        return self._post(body.encode(), headers)

    def read(self, request: WebhookRequest) -> object:
        return _sms(StandardSmsWebhook(self.key).read(request, Moment.at))

    def judge(self, request: WebhookRequest) -> bool:
        try:
            Webhook(self.key).verify(request.body, dict(request.headers))
        except WebhookVerificationError:
            return False
        except (ValueError, UnicodeError):
            return False
        return True

    def tricks(self) -> dict[str, Trick]:
        def another_id(_s: Scheme, genuine: WebhookRequest, _m: Message, random: Random) -> WebhookRequest:
            return replace(genuine, headers={**genuine.headers, "webhook-id": f"x{random.getrandbits(32)}"})

        def fresher(_s: Scheme, _g: WebhookRequest, message: Message, _r: Random) -> WebhookRequest:
            old = self.sign(replace(message, at=Moment.at - timedelta(hours=1)))
            return replace(old, headers={**old.headers, "webhook-timestamp": str(int(Moment.at.timestamp()))})

        def another_version(
            _s: Scheme, genuine: WebhookRequest, _m: Message, random: Random
        ) -> WebhookRequest:
            proof = self.proof_of(genuine)
            swapped = random.choice(["v1a", "v2", "V1", "", "v1 "]) + proof.removeprefix("v1")
            return self.with_proof(genuine, swapped)

        def many(_s: Scheme, genuine: WebhookRequest, _m: Message, random: Random) -> WebhookRequest:
            guesses = [base64.b64encode(random.randbytes(32)).decode() for _ in range(12)]
            return self.with_proof(genuine, " ".join(f"v1,{guess}" for guess in guesses))

        return {
            "another id": another_id,
            "old, with a fresh time": fresher,
            "another version of signature": another_version,
            "a dozen guesses at once": many,
        }


class Hotline(Standard):
    name = "hotline"

    def body(self, message: Message) -> dict[str, Any]:
        at = message.at.isoformat()
        return {
            "callId": message.message_id, "caller": f"+{message.sender}", "start": at, "end": at,
            "summary": message.text, "petitioner": {"name": "Nguyễn Văn A", "address": "Huế"},
        }  # fmt: skip

    def read(self, request: WebhookRequest) -> object:
        return HotlineWebhook(self.key).read(request, Moment.at)


class Infobip(Scheme):
    """With the HMAC: BASIC alone proves who calls, not what the body says."""

    name = "infobip"
    proof = "X-Hub-Signature-256"

    @property
    def credentials(self) -> dict[str, str]:
        return {
            "username": "pakn",
            "password": "a long random password",
            "hmac_secret": self.key,
            "hmac_header": self.proof,
        }

    def body(self, message: Message) -> dict[str, Any]:
        """Return a request as Infobip posts it."""
        result = {"messageId": message.message_id, "from": message.sender, "text": message.text}
        return {"results": [result]}

    def sign(self, message: Message, *, key: str | None = None) -> WebhookRequest:
        body = json.dumps(self.body(message), ensure_ascii=False).encode()
        digest = hmac.new((key or self.key).encode(), body, "sha256").hexdigest()
        basic = base64.b64encode(b"pakn:a long random password").decode()
        return self._post(body, {"Authorization": f"Basic {basic}", self.proof: f"sha256={digest}"})

    def read(self, request: WebhookRequest) -> object:
        ours = InfobipWebhook("pakn", "a long random password", hmac_secret=self.key, hmac_header=self.proof)
        return _sms(ours.read(request, Moment.at))

    def judge(self, request: WebhookRequest) -> bool:
        expected = hmac.new(self.key.encode(), request.body, "sha256").hexdigest()
        basic = base64.b64encode(b"pakn:a long random password").decode()
        named = {name.lower(): value for name, value in request.headers.items()}
        proof = named.get(self.proof.lower(), "").removeprefix("sha256=")
        return proof == expected and named.get("authorization") == f"Basic {basic}"

    def tricks(self) -> dict[str, Trick]:
        def another_password(
            _s: Scheme, genuine: WebhookRequest, _m: Message, random: Random
        ) -> WebhookRequest:
            pair = random.choice(
                ["pakn:", ":", "pakn:a long random passwore", "admin:a long random password"]
            )
            basic = f"Basic {base64.b64encode(pair.encode()).decode()}"
            return replace(genuine, headers={**genuine.headers, "Authorization": basic})

        return {"another password": another_password}


class Vonage(Scheme):
    name = "vonage"
    proof = "Authorization"
    has_age = True
    key = "a genuine secret of the provider, long enough for HS256"

    @property
    def credentials(self) -> dict[str, str]:
        return {"signature_secret": self.key, "api_key": "abcd1234"}

    def body(self, message: Message) -> dict[str, Any]:
        """Return a request as Vonage posts it."""
        return {
            "channel": "sms", "message_type": "text", "message_uuid": message.message_id, "to": "8088",
            "from": message.sender, "text": message.text, "timestamp": message.at.isoformat(),
        }  # fmt: skip

    def sign(self, message: Message, *, key: str | None = None, **claims: Any) -> WebhookRequest:
        raw = json.dumps(self.body(message), ensure_ascii=False).encode()
        payload = {
            "iat": int(message.at.timestamp()),
            "jti": message.message_id,
            "iss": "Vonage",
            "payload_hash": hashlib.sha256(raw).hexdigest(),
            "api_key": "abcd1234",
        }
        payload = {name: value for name, value in (payload | claims).items() if value is not None}
        token = jwt.encode(payload, (key or self.key).ljust(40, "."), "HS256")
        if key is None:
            token = jwt.encode(payload, self.key, "HS256")
        return self._post(raw, {"Authorization": f"Bearer {token}"})

    def read(self, request: WebhookRequest) -> object:
        return _sms(VonageWebhook(self.key, api_key="abcd1234").read(request, Moment.at))

    def judge(self, request: WebhookRequest) -> bool:
        """PyJWT, and by hand the two claims that Vonage documents and its library leaves alone."""
        scheme, _, token = (request.header("Authorization") or "").partition(" ")
        try:
            claims = jwt.decode(token, self.key, algorithms=["HS256"])
        except jwt.InvalidTokenError:
            return False
        fresh = abs(Moment.at.timestamp() - claims.get("iat", 0)) <= timedelta(minutes=5).total_seconds()
        is_body = claims.get("payload_hash") == hashlib.sha256(request.body).hexdigest()
        return scheme == "Bearer" and fresh and is_body

    def tricks(self) -> dict[str, Trick]:
        def unsigned(_s: Scheme, genuine: WebhookRequest, _m: Message, random: Random) -> WebhookRequest:
            claims = jwt.decode(self.proof_of(genuine).split()[1], options={"verify_signature": False})
            token = jwt.encode(claims, "", "none")
            return self.with_proof(genuine, f"Bearer {token}{random.choice(['', 'x', 'AAAA'])}")

        def another_algorithm(
            _s: Scheme, genuine: WebhookRequest, _m: Message, random: Random
        ) -> WebhookRequest:
            claims = jwt.decode(self.proof_of(genuine).split()[1], options={"verify_signature": False})
            token = jwt.encode(claims, self.key * 2, random.choice(["HS384", "HS512"]))
            return self.with_proof(genuine, f"Bearer {token}")

        def without(*names: str) -> Trick:
            return lambda _s, _g, message, random: self.sign(message, **{random.choice(names): None})

        def another_account(_s: Scheme, _g: WebhookRequest, message: Message, _r: Random) -> WebhookRequest:
            return self.sign(message, api_key="ffffffff")

        def strange_time(_s: Scheme, _g: WebhookRequest, message: Message, random: Random) -> WebhookRequest:
            return self.sign(message, iat=random.choice([0, 10**12, 1.5e300, -1]))

        return {
            "token without signature (alg none)": unsigned,
            "token of another algorithm": another_algorithm,
            "token without time or body hash": without("iat", "payload_hash"),
            "another account's token": another_account,
            "token of a strange time": strange_time,
        }


class Aws(Scheme):
    name = "aws"
    proof = "Signature"
    has_age = True

    @property
    def credentials(self) -> dict[str, str]:
        return {"topic_arn": self.topic}

    topic = "arn:aws:sns:ap-southeast-1:123456789012:pakn-prod-inbound-sms"
    certificate_url = (
        "https://sns.ap-southeast-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem"
    )

    @cached_property
    def keys(self) -> tuple[rsa.RSAPrivateKey, rsa.RSAPrivateKey]:
        """SNS's key, and a forger's."""
        return rsa.generate_private_key(65537, 2048), rsa.generate_private_key(65537, 2048)

    @cached_property
    def certificate(self) -> bytes:
        """SNS's certificate."""
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sns.amazonaws.com")])
        built = x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(1)
        built = built.public_key(self.keys[0].public_key()).not_valid_before(Moment.at - timedelta(days=9))
        return (
            built.not_valid_after(Moment.at + timedelta(days=9))
            .sign(self.keys[0], SHA256())
            .public_bytes(Encoding.PEM)
        )

    @cached_property
    def webhook(self) -> AwsSnsWebhook:
        """Our adapter, for which SNS is the only address there is."""
        return AwsSnsWebhook(self.topic, fetch=self._fetch)

    def _fetch(self, url: str) -> bytes:
        assert url == self.certificate_url, "something else than SNS's certificate was fetched"
        return self.certificate

    def sign(self, message: Message, *, key: str | None = None, **fields: str) -> WebhookRequest:
        inbound = {
            "originationNumber": f"+{message.sender}", "messageBody": message.text,
            "inboundMessageId": message.message_id,
        }  # fmt: skip
        envelope = {
            "Type": "Notification", "MessageId": message.message_id, "TopicArn": self.topic,
            "Message": json.dumps(inbound), "Timestamp": message.at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "SignatureVersion": "2", "SigningCertURL": self.certificate_url,
        } | fields  # fmt: skip
        signature = self.keys[1 if key else 0].sign(_canonical(envelope), PKCS1v15(), SHA256())
        return self._post(
            json.dumps(envelope | {"Signature": base64.b64encode(signature).decode()}).encode(), {}
        )

    def read(self, request: WebhookRequest) -> object:
        return _sms(self.webhook.read(request, Moment.at))

    def judge(self, request: WebhookRequest) -> bool:
        """The signature by `cryptography`, over the text that the documentation of SNS spells out."""
        try:
            envelope = json.loads(request.body)
            signature = base64.b64decode(envelope["Signature"], validate=True)
            self.keys[0].public_key().verify(signature, _canonical(envelope), PKCS1v15(), SHA256())
        except (ValueError, KeyError, TypeError, AttributeError, InvalidSignature):
            return False
        return bool(envelope["TopicArn"] == self.topic and envelope["SigningCertURL"] == self.certificate_url)

    def proof_of(self, request: WebhookRequest) -> str:
        return str(json.loads(request.body)["Signature"])

    def with_proof(self, request: WebhookRequest, proof: str | None) -> WebhookRequest:
        envelope = json.loads(request.body) if request.body.startswith(b"{") else {}
        envelope = {name: value for name, value in envelope.items() if name != "Signature"}
        changed = envelope if proof is None else envelope | {"Signature": proof}
        return replace(request, body=json.dumps(changed).encode())

    def signed_part(self, request: WebhookRequest) -> bytes:
        return str(json.loads(request.body)["Message"]).encode()

    def with_signed_part(self, request: WebhookRequest, part: bytes) -> WebhookRequest:
        envelope = json.loads(request.body) | {"Message": part.decode("utf-8", "replace")}
        return replace(request, body=json.dumps(envelope).encode())

    def tricks(self) -> dict[str, Trick]:
        def another_topic(_s: Scheme, _g: WebhookRequest, message: Message, random: Random) -> WebhookRequest:
            return self.sign(message, TopicArn=f"{self.topic}-{random.getrandbits(16)}")

        def another_certificate(
            _s: Scheme, _g: WebhookRequest, message: Message, random: Random
        ) -> WebhookRequest:
            hosts = ["attacker.example", "sns.x.amazonaws.com.attacker.example", "bucket.s3.amazonaws.com"]
            url = f"https://{random.choice(hosts)}/SimpleNotificationService-{random.getrandbits(64):x}.pem"
            return self.sign(message, key="forger", SigningCertURL=url)

        def confirmation_elsewhere(
            _s: Scheme, _g: WebhookRequest, message: Message, _r: Random
        ) -> WebhookRequest:
            url = "https://attacker.example/?Action=ConfirmSubscription"
            return self.sign(message, Type="SubscriptionConfirmation", Token="t", SubscribeURL=url)

        def version_1(_s: Scheme, _g: WebhookRequest, message: Message, _r: Random) -> WebhookRequest:
            return self.sign(message, SignatureVersion="1")

        return {
            "somebody else's topic, rightly signed": another_topic,
            "a certificate from elsewhere": another_certificate,
            "a confirmation that leads elsewhere": confirmation_elsewhere,
            "signature version 1": version_1,
        }


def _canonical(envelope: Mapping[str, Any]) -> bytes:
    names = ["Message", "MessageId", "SubscribeURL", "Subject", "Timestamp", "Token", "TopicArn", "Type"]
    return "".join(f"{name}\n{envelope[name]}\n" for name in names if name in envelope).encode()


SCHEMES: tuple[Scheme, ...] = (Esms(), Twilio(), Standard(), Infobip(), Vonage(), Aws(), Hotline())
AGES: dict[str, Trick] = {
    "sent two days ago": _aged(-timedelta(days=2)),
    "sent in two days": _aged(timedelta(days=2)),
}


def tricks_on(scheme: Scheme) -> dict[str, Trick]:
    """Return everything that is tried on a scheme, by name."""
    tried = TRICKS | (AGES if scheme.has_age else {}) | scheme.tricks()
    return {name: trick for name, trick in tried.items() if name not in scheme.not_tried}


def is_taken(scheme: Scheme, request: WebhookRequest) -> object:
    """Return the messages that an endpoint acts on; raises WebhookError or InvalidInputError for refused ones."""
    refuse_strange_address(request, (NETWORK,))
    return scheme.read(request)


def forgeries(scheme: Scheme, count: int, seed: int) -> Iterator[tuple[str, WebhookRequest, WebhookRequest]]:
    """Yield (trick, genuine request, forged request); each trick in turn, `count` in all."""
    random = Random(seed)
    tried = list(tricks_on(scheme).items())
    for n in range(count):
        trick, forge = tried[n % len(tried)]
        message = scheme.message(random)
        genuine = scheme.sign(message)
        yield trick, genuine, forge(scheme, genuine, message, random)
