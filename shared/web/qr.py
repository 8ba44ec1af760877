"""QR codes as inline SVG: a receipt's, without its PIN, and that of an authenticator application."""

from __future__ import annotations

import segno


def qr_svg(address: str) -> str:
    """Return an address as an inline SVG that grows with its frame; it holds nothing that CSP would stop."""
    svg: str = segno.make_qr(address, error="m").svg_inline(
        border=2, omitsize=True, svgclass="qr", lineclass=None, dark="#000"
    )
    return svg
