"""Draws an image anew from its pixels: no metadata (place, camera, time), no second file behind the picture.

Only the decoder that the type asks for is let near the bytes, and no picture is unpacked that is larger than any
phone takes. The result lies the right way up, because the note that said how to turn it is gone with the rest.
"""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps

from chalicelib.intake.uploads.errors import RejectedFileError
from shared.domain.petition.values.attachments import Rejection

MOST_PIXELS = 64_000_000
"""Unpacked 192 MB at most; the handler has 1024."""
LONGEST_SIDE = 4096
"""Pixels that are kept of the longer side: a page of handwriting reads well at 300 dpi."""
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
_SAVING: dict[str, dict[str, int | bool]] = {
    "JPEG": {"quality": 85, "optimize": True},
    "PNG": {"optimize": False},
    "WEBP": {"quality": 85},
}


def redraw(content: bytes, content_type: str) -> bytes:
    """Return an image of the same type with the same picture and nothing else.

    Raises:
        RejectedFileError: it cannot be unpacked, or would be too large.
    """
    kind = _FORMATS[content_type]
    picture = _pixels(content, kind)
    copy = Image.frombytes(picture.mode, picture.size, picture.tobytes())
    out = io.BytesIO()
    copy.save(out, kind, **_SAVING[kind])
    return out.getvalue()


def _pixels(content: bytes, kind: str) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=[kind]) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    raise RejectedFileError(Rejection.TOO_MANY_PIXELS)
                opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
                opened.load()
                turned = ImageOps.exif_transpose(opened)
                turned.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
                has_transparency = kind != "JPEG" and turned.has_transparency_data
                return turned.convert("RGBA" if has_transparency else "RGB")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise RejectedFileError(Rejection.TOO_MANY_PIXELS) from None
    except (OSError, ValueError, SyntaxError, EOFError, OverflowError, MemoryError):
        raise RejectedFileError(Rejection.DAMAGED) from None
