#!/usr/bin/env python3
"""Kiểm chứng bản ghi lịch sử của một phản ánh, kiến nghị / Verify the record of a petition's history.

    python3 verify_history.py record.json [--kept older.json] [--roots roots.json] [--key signing-key.json]

record.json   what the tracking page or GET /v1/petitions/{reference}/record gave you
--kept        a record of the same petition that you kept earlier: is it still the beginning of this one?
--roots       GET /v1/roots?month=YYYY-MM: is the root of your record the published one, and do the roots hang together?
--key         GET /v1/signing-key, kept from before: is it still the same key?

It needs Python 3.8 and nothing else, and talks to nobody. Exit code 0: everything holds; 1: something does not.
The recipe, step by step: docs/verifying.md of the project.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import json
import sys
from datetime import datetime, timedelta
from typing import Any, Iterator, Optional, Sequence, Tuple

Point = Optional[Tuple[int, int]]


class Broken(Exception):
    """Something does not hold."""


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def hexed(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


# --- the chain --------------------------------------------------------------------------------------


def canonical(entry: Any, *names: str) -> str:
    shown = {name: entry[name] for name in names}
    return json.dumps(shown, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def check_entry(entry: Any) -> None:
    """Facts and words belong to the digest of their entry: apart, or (until 2026) both together."""
    number = entry["seq"]
    if not entry["digest"].startswith("2:"):
        text = canonical(entry, "seq", "at", "action", "state", "text")
        if not entry["is_erased"] and entry["digest"] != hexed(hexed(text) + entry["kept"]):
            raise Broken("nội dung đã bị sửa / the content was altered: %s" % number)
        return
    _version, facts, words = entry["digest"].split(":")
    if facts != hexed(hexed(canonical(entry, "seq", "at", "action", "state")) + entry["kept"]):
        raise Broken("sự việc đã bị sửa / the facts were altered: %s" % number)
    has_words = entry["text"] is not None or entry["kept_words"] is not None
    if entry["is_erased"]:
        if has_words:
            raise Broken("mục đã xóa vẫn có chữ / an erased entry has words: %s" % number)
    elif words != (hexed(hexed(canonical(entry, "text")) + str(entry["kept_words"])) if has_words else ""):
        raise Broken("nội dung đã bị sửa / the content was altered: %s" % number)


def check_chain(record: Any) -> int:
    """Every word shown belongs to its digest, every digest to its place."""
    before, shown = "0" * 64, 0
    for number, entry in enumerate(record["entries"], start=1):
        if entry["seq"] != number:
            raise Broken("thiếu hoặc thừa mục / an entry is missing or extra: %s" % number)
        if "kept" in entry:
            check_entry(entry)
            shown += not entry["is_erased"]
        if entry["hash"] != hexed(before + entry["digest"]):
            raise Broken("chuỗi bị đứt / the chain is broken: %s" % number)
        before = entry["hash"]
    return shown


# --- the daily root ---------------------------------------------------------------------------------


def check_root(root: Any) -> None:
    """The signed statement says what the root says, and the signature holds."""
    withheld, restored = root.get("withheld", 0), root.get("restored") or ()
    expected = "pakn-root-v%d\nday: %s\ncount: %s\n%s%stree: %s\nprevious: %s\n" % (
        3 if restored else 2 if withheld else 1,
        root["day"],
        root["count"],
        "withheld: %s\n" % withheld if withheld else "",
        "".join("restored: %s\n" % line for line in restored),
        root["tree"],
        root["previous"],
    )
    if root["statement"] != expected or root["root"] != hexed(root["statement"]):
        raise Broken("mã niêm phong không khớp / the root does not match its statement: %s" % root["day"])
    key, signature = base64.b64decode(root["public_key"]), base64.b64decode(root["signature"])
    if not is_signed(key, root["statement"].encode("utf-8"), signature):
        raise Broken("chữ ký không hợp lệ / the signature does not hold: %s" % root["day"])


def check_inclusion(record: Any) -> None:
    """The history's head, as it was on that day, stands in the signed tree."""
    proof = record["proof"]
    head = record["entries"][proof["version"] - 1]["hash"]
    message = "%s:%s:%s" % (record["reference"], proof["version"], head)
    first = record["entries"][0]["hash"]
    reached = sha256(b"\x00" + hmac.new(first.encode(), message.encode(), hashlib.sha256).digest())
    for step in proof["path"]:
        neighbour = bytes.fromhex(step[1:])
        reached = sha256(b"\x01" + (neighbour + reached if step[0] == "L" else reached + neighbour))
    if reached.hex() != proof["root"]["tree"]:
        raise Broken(
            "lịch sử không có trong mã niêm phong / the history is not in the root: %s" % proof["root"]["day"]
        )


def check_earlier(record: Any, earlier: Any, roots: Any = ()) -> Optional[str]:
    """The record kept earlier is the beginning of this one, and its root is still the published one.

    Returns:
        the restoration of the ministry's data, as a signed root names it, that took the rest of it back; else None.
    """
    check_chain(earlier)
    now = [entry["hash"] for entry in record["entries"]]
    then = [entry["hash"] for entry in earlier["entries"]]
    if record["reference"] != earlier["reference"]:
        raise Broken("khác với bản đã giữ / differs from the record that was kept")
    if earlier.get("proof"):
        check_inclusion(earlier)
        check_root(earlier["proof"]["root"])
    if now[: len(then)] == then:
        return None
    same = next((n for n, (a, b) in enumerate(zip(now, then)) if a != b), min(len(now), len(then)))
    for root in roots:
        for line in root.get("restored") or ():
            if same and is_of_lost_hours(earlier, same, line):
                check_root(root)
                return str(line)
    raise Broken("khác với bản đã giữ / differs from the record that was kept")


def is_of_lost_hours(earlier: Any, same: int, line: str) -> bool:
    """A restoration from `at` back to `to` explains why a kept record goes on differently after `same` entries.

    Of entries that one may not read no time is known. So the record was kept in those hours too, and no root of a day
    before them holds any of the entries.
    """
    _number, to, at = line.split()
    times = [entry["at"] for entry in earlier["entries"][same:] if entry.get("at")] + [earlier["made_at"]]
    proof = earlier.get("proof")
    if proof and proof["version"] > same and proof["root"]["day"] < day_in_vietnam(to):
        return False
    # Times of the same form: whole seconds in UTC compare as texts.
    return all(to[:19] <= time[:19] <= at[:19] for time in times)


def day_in_vietnam(moment: str) -> str:
    """The day of a moment in UTC, seven hours ahead: roots are of such days."""
    return (datetime.fromisoformat(moment[:19]) + timedelta(hours=7)).date().isoformat()


def check_published(roots: Any, *of_records: Any) -> None:
    """The published roots are signed, each names the one before, and those in records are among them."""
    ordered = sorted(roots, key=lambda root: root["day"])
    for root in ordered:
        check_root(root)
    for older, newer in zip(ordered, ordered[1:]):
        if newer["previous"] != older["root"]:
            raise Broken("dãy mã niêm phong bị đứt / the roots do not hang together: %s" % newer["day"])
    by_day = {root["day"]: root["root"] for root in ordered}
    for root in of_records:
        if by_day.get(root["day"], root["root"]) != root["root"]:
            raise Broken("mã niêm phong đã bị thay / the root was exchanged: %s" % root["day"])


# --- ECDSA on P-256 ---------------------------------------------------------------------------------

P = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
A = P - 3
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
SPKI = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")
"""The bytes before the point in every public key of this curve."""


def is_signed(key: bytes, message: bytes, signature: bytes) -> bool:
    """Return whether a signature in DER by a key in DER (SubjectPublicKeyInfo) holds."""
    if len(key) != len(SPKI) + 64 or not key.startswith(SPKI):
        return False
    point = (int.from_bytes(key[-64:-32], "big"), int.from_bytes(key[-32:], "big"))
    if max(point) >= P or (point[1] ** 2 - point[0] ** 3 - A * point[0] - B) % P:
        return False
    try:
        r, s = numbers_of(signature)
    except (IndexError, ValueError):
        return False
    if not (0 < r < N and 0 < s < N):
        return False
    inverse = pow(s, N - 2, N)
    digest = int.from_bytes(sha256(message), "big")
    sum_of_both = add(times(digest * inverse % N, G), times(r * inverse % N, point))
    return sum_of_both is not None and sum_of_both[0] % N == r


def numbers_of(der: bytes) -> Tuple[int, int]:
    if der[0] != 0x30 or der[1] != len(der) - 2 or der[2] != 2:
        raise ValueError
    first = der[4 : 4 + der[3]]
    rest = der[4 + der[3] :]
    if rest[0] != 2 or rest[1] != len(rest) - 2:
        raise ValueError
    return int.from_bytes(first, "big"), int.from_bytes(rest[2:], "big")


def add(point: Point, other: Point) -> Point:
    if point is None or other is None:
        return point or other
    if point[0] == other[0] and (point[1] + other[1]) % P == 0:
        return None
    if point == other:
        slope = (3 * point[0] * point[0] + A) * pow(2 * point[1], P - 2, P)
    else:
        slope = (other[1] - point[1]) * pow(other[0] - point[0], P - 2, P)
    x = (slope * slope - point[0] - other[0]) % P
    return x, (slope * (point[0] - x) - point[1]) % P


def times(number: int, point: Point) -> Point:
    total: Point = None
    while number:
        if number & 1:
            total = add(total, point)
        point = add(point, point)
        number >>= 1
    return total


# --- the command ------------------------------------------------------------------------------------


def read(path: str) -> Any:
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def verify(record: Any, earlier: Any = None, roots: Any = None, key: Any = None) -> Iterator[str]:
    """Yield each fact that holds, line by line; raise at the first that does not."""
    shown = check_chain(record)
    yield "chuỗi %d mục nguyên vẹn, %d mục đọc được / the chain of %d entries is whole, %d can be read" % (
        len(record["entries"]),
        shown,
        len(record["entries"]),
        shown,
    )
    of_records = [held["proof"]["root"] for held in (record, earlier) if held and held.get("proof")]
    if record.get("proof"):
        check_inclusion(record)
        check_root(record["proof"]["root"])
        yield "mục %d có trong mã niêm phong đã ký ngày %s / entry %d stands in the signed root of %s" % (
            (record["proof"]["version"], record["proof"]["root"]["day"]) * 2
        )
    else:
        yield "chưa có mã niêm phong, hãy tải lại từ ngày mai / no root yet: fetch the record again from tomorrow"
    if earlier is not None:
        restored = check_earlier(record, earlier, roots["roots"] if roots else ())
        if restored is None:
            yield "bản đã giữ là phần đầu của bản này / the kept record is the beginning of this one"
        else:
            yield (
                "Bộ đã phục hồi dữ liệu (%s), công bố trong mã niêm phong đã ký: trước đó hai bản giống nhau, phần sau đã mất"
                " / the ministry restored its data (%s), as a signed root says: before it both are the same, the rest"
                " is lost" % (restored, restored)
            )
    if roots is not None:
        check_published(roots["roots"], *of_records)
        yield "%d mã niêm phong đã công bố nối liền nhau / %d published roots hang together" % (
            (len(roots["roots"]),) * 2
        )
    if key is not None:
        if any(root["public_key"] != key["public_key"] for root in of_records):
            raise Broken("khóa ký đã đổi / the signing key is another one")
        yield "khóa ký không đổi / the signing key is the same"


def main(arguments: Optional[Sequence[str]] = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("record")
    parser.add_argument("--kept", dest="earlier")
    parser.add_argument("--roots")
    parser.add_argument("--key")
    options = parser.parse_args(arguments)
    try:
        others = {name: read(path) for name, path in vars(options).items() if name != "record" and path}
        for line in verify(read(options.record), **others):
            print("ĐÚNG / OK    " + line)
    except Broken as broken:
        print("SAI / BROKEN " + str(broken))
        return 1
    except (KeyError, TypeError, ValueError, IndexError) as error:
        print("SAI / BROKEN không phải bản ghi / not a record: %s" % type(error).__name__)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
