"""The content that is kept of an upload, file by file: only its bytes count."""

from __future__ import annotations

import io
import struct

import pytest
from PIL import Image

from chalicelib.intake.uploads.errors import RejectedFileError
from chalicelib.intake.uploads.examine_file import examine
from chalicelib.intake.uploads.images import LONGEST_SIDE
from chalicelib.intake.uploads.renew_apart import renew
from shared.domain.petition.values.attachments import Rejection
from tests.support import files

MOST = 1_000_000
JPEG, PNG, WEBP, PDF = "image/jpeg", "image/png", "image/webp", "application/pdf"


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize(
    ("content", "declared", "kept_as"),
    [
        pytest.param(files.picture("JPEG"), JPEG, JPEG, id="jpeg"),
        pytest.param(files.picture("PNG"), PNG, PNG, id="png"),
        pytest.param(files.picture("WEBP"), WEBP, WEBP, id="webp"),
        pytest.param(files.picture("PNG"), JPEG, PNG, id="png that its ending says is a jpeg"),
        pytest.param(files.picture("JPEG"), None, JPEG, id="a page's upload, whose type nobody said"),
        pytest.param(files.document(), PDF, PDF, id="pdf"),
        pytest.param(files.document(behind=b"\r\n\r\n"), PDF, PDF, id="pdf with empty lines behind it"),
        pytest.param(files.document(behind=b"\n" * 17), PDF, PDF, id="pdf with 17 line ends behind it"),
        pytest.param(files.document(behind=b"\0" * 4096), PDF, PDF, id="pdf padded with zeros"),
        pytest.param(files.document(behind=b" \t\x1a"), PDF, PDF, id="pdf with an old system's end of file"),
        pytest.param(b"\xef\xbb\xbf" + files.document(), PDF, PDF, id="pdf with a byte order mark before it"),
        pytest.param(b"\r\n" + files.document(), PDF, PDF, id="pdf with a line end before it"),
        pytest.param(
            b"\n" * 900 + files.document(), None, PDF, id="pdf whose header is far, yet near enough"
        ),
        pytest.param(
            b"\xef\xbb\xbf\r\n " + files.document(behind=b"\r\n" * 40), PDF, PDF, id="pdf with all of these"
        ),
        pytest.param(
            files.document(b"<< /S /JavaScript /JS (app.alert(1)) >>"),
            PDF,
            PDF,
            id="pdf with a script, without it",
        ),
        pytest.param(
            files.document(files.object_stream(b"", packed=b"no deflate")),
            PDF,
            PDF,
            id="pdf with packed objects that nobody can look into, without them",
        ),
        pytest.param(
            files.document(files.object_stream(b"1 0 << /Type /Font >>")), PDF, PDF, id="pdf, packed objects"
        ),
        pytest.param(
            files.document(b"<< /S /URI /URI (https://moha.gov.vn) >>"), PDF, PDF, id="pdf with a web link"
        ),
    ],
)
def test_a_good_file_is_kept(content, declared, kept_as):
    clean = examine(content, declared, MOST)

    assert clean.content_type == kept_as
    assert clean.content


R = Rejection


@pytest.mark.parametrize(
    ("content", "declared", "reason"),
    [
        pytest.param(b"", JPEG, R.EMPTY, id="no byte"),
        pytest.param(files.picture() + b"\0" * MOST, JPEG, R.TOO_LARGE, id="over the limit"),
        pytest.param(files.picture("PNG"), PDF, R.WRONG_TYPE, id="a png said to be a pdf"),
        pytest.param(files.document(), JPEG, R.WRONG_TYPE, id="a pdf said to be a jpeg"),
        pytest.param(b"MZ\x90\x00" + b"\0" * 200, None, R.WRONG_TYPE, id="a program"),
        pytest.param(b"PK\x03\x04" + b"\0" * 200, PDF, R.WRONG_TYPE, id="a zip said to be a pdf"),
        pytest.param(b"<html><script>alert(1)</script>", PNG, R.WRONG_TYPE, id="a page said to be a png"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", None, R.WRONG_TYPE, id="svg"),
        pytest.param(b"GIF89a" + b"\0" * 100, None, R.WRONG_TYPE, id="gif"),
        pytest.param(b"\0\0\0\x18ftypheic" + b"\0" * 100, None, R.HEIC, id="an iPhone's own format"),
        pytest.param(
            b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic" + b"\0" * 100,
            JPEG,
            R.HEIC,
            id="the same, said to be a jpeg",
        ),
        pytest.param("Kính gửi Bộ Nội vụ".encode(), None, R.WRONG_TYPE, id="plain text"),
        pytest.param(files.picture()[:200], JPEG, R.DAMAGED, id="a jpeg that was cut off"),
        pytest.param(files.picture("PNG")[:60], PNG, R.DAMAGED, id="a png that was cut off"),
        pytest.param(b"\xff\xd8\xff" + b"\0" * 500, JPEG, R.DAMAGED, id="only the first bytes of a jpeg"),
        pytest.param(files.png_bomb(), PNG, R.TOO_MANY_PIXELS, id="a bomb of 2.5 thousand million pixels"),
        pytest.param(
            files.png_bomb(12_000, 12_000), PNG, R.TOO_MANY_PIXELS, id="a bomb below Pillow's own limit"
        ),
        pytest.param(
            files.png_bomb(9_000, 9_000), PNG, R.DAMAGED, id="a small file that says it is a large picture"
        ),
        pytest.param(files.document()[:-20], PDF, R.DAMAGED, id="a pdf that was cut off"),
        pytest.param(
            files.document(behind=b"\nPK\x03\x04 a zip"), PDF, R.DAMAGED, id="a pdf and a zip in one"
        ),
        pytest.param(
            files.document(b"<< /Filter /Own /V 1 >>", trailer=b"/Encrypt 4 0 R /ID [(a) (a)] "),
            PDF,
            R.ENCRYPTED,
            id="a locked pdf",
        ),
        pytest.param(
            b"\xef\xbb\xbf%PDF-1.7 and a text\n%%EOF", PDF, R.DAMAGED, id="a text that says it is a pdf"
        ),
        pytest.param(b" " * 1024 + files.document(), PDF, R.WRONG_TYPE, id="a pdf's header too far behind"),
    ],
)
def test_a_bad_file_is_not_kept(content, declared, reason):
    with pytest.raises(RejectedFileError) as rejected:
        examine(content, declared, MOST)

    assert rejected.value.reason is reason


def test_where_and_how_a_picture_was_taken_is_gone():
    taken = files.picture_with_place()
    assert files.GPS_NOTE in taken

    clean = examine(taken, JPEG, MOST).content

    assert files.GPS_NOTE not in clean
    assert not opened(clean).getexif()
    assert b"Exif" not in clean


def test_a_picture_lies_the_right_way_up_though_the_note_that_said_so_is_gone():
    """Orientation 6: the camera was turned, viewers turn the picture by 90°; red then stands upper right."""
    clean = opened(examine(files.picture_with_place(orientation=6), JPEG, MOST).content)

    assert clean.size == (48, 64)
    corner = clean.convert("RGB").crop((40, 8, 41, 9)).tobytes()
    assert corner[0] > 150 > corner[2]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_that_was_hidden_in_or_behind_a_picture_survives(kind):
    secret = b"<?php system('id'); ?>"
    shown = files.picture(kind, comment=secret) if kind == "JPEG" else files.picture(kind)

    clean = examine(shown + secret, f"image/{kind.lower()}", MOST).content

    assert secret not in clean


def test_a_transparent_picture_stays_transparent():
    drawn = files.encoded(Image.new("RGBA", (10, 10), (0, 0, 0, 0)), "PNG")

    clean = opened(examine(drawn, PNG, MOST).content)

    assert clean.mode == "RGBA"
    assert clean.getpixel((5, 5)) == (0, 0, 0, 0)


def test_a_huge_picture_is_made_smaller_not_refused():
    clean = opened(examine(files.picture(size=(6000, 1000)), JPEG, MOST).content)

    assert max(clean.size) == LONGEST_SIDE


def sixteen_bits(*, colour: int = 0, note: tuple[bytes, bytes] | None = None) -> bytes:
    """A PNG of four 16-bit greys from black to light."""
    greys = (0, 0x4000, 0x8000, 0xC000)
    row = b"".join(struct.pack("!H", grey) + (b"\xff\xff" if colour else b"") for grey in greys)
    return files.png(4, 2, 16, colour, (b"\0" + row) * 2, *([note] if note else []))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(sixteen_bits(), id="grey"),
        pytest.param(sixteen_bits(colour=4), id="grey and transparency"),
        pytest.param(sixteen_bits(note=(b"tRNS", b"\x40\x01")), id="grey, one of them transparent"),
    ],
)
def test_a_scan_in_16_bit_greys_keeps_its_picture(content):
    clean = opened(examine(content, PNG, MOST).content).convert("RGB")

    greys = [clean.getpixel((x, 0)) for x in range(4)]
    assert greys == [(0, 0, 0), (64, 64, 64), (128, 128, 128), (192, 192, 192)]


@pytest.mark.parametrize(
    ("kind", "size"),
    [
        pytest.param("JPEG", (12_000, 9_000), id="108 megapixels"),
        pytest.param("JPEG", (16_320, 12_240), id="200 megapixels"),
        pytest.param("PNG", (12_000, 9_000), id="108 megapixels as PNG"),
    ],
)
def test_a_large_phones_picture_is_made_smaller_not_refused(kind, size):
    photo = files.encoded(Image.new("L", size, 90), kind)

    clean = opened(examine(photo, f"image/{kind.lower()}", 10 * MOST).content)

    assert clean.size == (4096, 3072)


def test_a_file_that_takes_its_process_too_long_is_refused_and_the_check_goes_on():
    photo = files.encoded(Image.new("RGB", (11_000, 11_000)), "PNG")

    with pytest.raises(RejectedFileError) as rejected:
        renew(photo, PNG, most_seconds=1)

    assert rejected.value.reason is Rejection.TOO_LARGE
    assert examine(files.picture("PNG"), PNG, MOST).content
