"""Draws an image anew from its pixels: no metadata (place, camera, time), no second file behind the picture.

Only the decoder that the type asks for is let near the bytes. A picture larger than what is kept is made smaller, not
refused; JPEG, which phones write, is already unpacked at a fraction of its size. The result lies the right way up,
because the note that said how to turn it is gone with the rest.
"""

from __future__ import annotations

import io

from PIL import Image, ImageOps

from chalicelib.intake.uploads.errors import RejectedFileError
from shared.domain.petition.values.attachments import Rejection

MOST_PIXELS = {"JPEG": 216_000_000, "PNG": 125_000_000, "WEBP": 64_000_000}
"""Pixels of the largest picture that is unpacked. Phones write JPEG of 108 and 200 million pixels; PNG takes four bytes
for each pixel in memory, WebP up to sixteen."""
LONGEST_SIDE = 4096
"""Pixels that are kept of the longer side: a page of handwriting reads well at 300 dpi."""
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
_SAVING: dict[str, dict[str, int | bool]] = {
    "JPEG": {"quality": 85, "optimize": True},
    "PNG": {"optimize": False},
    "WEBP": {"quality": 85},
}
_SIXTEEN_BITS = "I;16"

Image.MAX_IMAGE_PIXELS = None  # MOST_PIXELS decides, by the header and before anything is unpacked


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
        with Image.open(io.BytesIO(content), formats=[kind]) as opened:
            if opened.width * opened.height > MOST_PIXELS[kind]:
                raise RejectedFileError(Rejection.TOO_MANY_PIXELS)
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            opened.load()
            return _upright(opened, keeps_transparency=kind != "JPEG")
    except (OSError, ValueError, SyntaxError, EOFError, OverflowError):
        raise RejectedFileError(Rejection.DAMAGED) from None


def _upright(opened: Image.Image, *, keeps_transparency: bool) -> Image.Image:
    """Return an unpacked picture as it is kept: of a bounded size, the right way up, 8 bits for each colour.

    It is made smaller first: each of the other steps copies it.
    """
    mode = "RGBA" if keeps_transparency and opened.has_transparency_data else "RGB"
    picture = _eight_bits(opened) if opened.mode.startswith("I") else opened
    if picture.mode not in ("L", "RGB", "RGBA"):
        picture = picture.convert(mode)
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return ImageOps.exif_transpose(picture).convert(mode)


def _eight_bits(grey: Image.Image) -> Image.Image:
    """Return a picture of 16-bit greys in 8 bits; Pillow's own conversion makes white of all but the darkest."""
    high_bytes = grey.convert(_SIXTEEN_BITS).tobytes()[1::2]  # little-endian
    picture = Image.frombytes("L", grey.size, high_bytes)
    picture.info = {
        name: note for name, note in grey.info.items() if name != "transparency"
    }  # it names a 16-bit grey
    return picture
