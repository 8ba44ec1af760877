"""Tells whether two petitions say nearly the same: one person sending twice, or many sending one letter.

A fingerprint (simhash, Charikar 2002, over word pairs of the unaccented text) is short enough to be stored with
every petition and compared cheaply; `similarity` compares two whole texts once fingerprints are close.
Sources: M. Charikar, "Similarity estimation techniques from rounding algorithms", STOC 2002.
"""

from hashlib import blake2b
from itertools import pairwise

from chalicelib.router.text import read

_BYTES = 8
_LANE = 32
_SPREAD = tuple(sum(1 << (bit * _LANE) for bit in range(8) if byte >> bit & 1) for byte in range(256))
_LANE_MASK = (1 << _LANE) - 1


def fingerprint(text: str) -> str:
    """Give a text's 64-bit simhash as 16 hex digits; texts that share most wording differ in few bits."""
    shingles = _shingles(text)
    counts = [0] * _BYTES
    for shingle in shingles:
        digest = blake2b(shingle.encode(), digest_size=_BYTES).digest()
        for position, byte in enumerate(digest):
            counts[position] += _SPREAD[byte]
    half = len(shingles)
    bits = 0
    for position, packed in enumerate(counts):
        for bit in range(8):
            if 2 * (packed >> (bit * _LANE) & _LANE_MASK) > half:
                bits |= 1 << (position * 8 + bit)
    return f"{bits:016x}"


def distance(first: str, second: str) -> int:
    """Count the bits (0 to 64) in which two fingerprints differ."""
    return (int(first, 16) ^ int(second, 16)).bit_count()


def similarity(first: str, second: str) -> float:
    """Say how much wording two texts share: 0 nothing, 1 all of it, accents, case and punctuation aside."""
    left, right = _shingles(first), _shingles(second)
    if not left and not right:
        return 0.0
    return len(left & right) / len(left | right)


def _shingles(text: str) -> frozenset[str]:
    words = read(text).folded
    return frozenset(words) | frozenset(f"{one} {other}" for one, other in pairwise(words))
