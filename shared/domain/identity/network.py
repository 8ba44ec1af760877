"""The part of a network address that stands for one subscriber."""

from __future__ import annotations

from ipaddress import IPv6Address, IPv6Network, ip_address

SUBSCRIBER = 64
"""Bits of an IPv6 address that a provider gives out: its owner chooses the other 64 at will (RFC 6177)."""


def subscriber_of(address: str) -> str:
    """Return an IPv4 address, also one inside an IPv6 address (mapped, 6to4), an IPv6 address as its /64."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if inner := parsed.ipv4_mapped or parsed.sixtofour:
        return str(inner)
    return str(IPv6Network((parsed, SUBSCRIBER), strict=False))
