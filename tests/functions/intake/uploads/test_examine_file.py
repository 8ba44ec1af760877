"""The content that is kept of an upload, file by file: only its bytes count."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from chalicelib.intake.uploads.errors import RejectedFileError
from chalicelib.intake.uploads.examine_file import examine
from chalicelib.intake.uploads.images import LONGEST_SIDE
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
        pytest.param(files.picture("JPEG"), None, JPEG, id="a page's upload, whose type nobody said"),
        pytest.param(files.document(), PDF, PDF, id="pdf"),
        pytest.param(files.document(behind=b"\r\n\r\n"), PDF, PDF, id="pdf with empty lines behind it"),
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
        pytest.param(files.picture("PNG"), JPEG, R.WRONG_TYPE, id="a png said to be a jpeg"),
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
            files.png_bomb(9_000, 9_000), PNG, R.TOO_MANY_PIXELS, id="a bomb below Pillow's own limit"
        ),
        pytest.param(files.document()[:-20], PDF, R.DAMAGED, id="a pdf that was cut off"),
        pytest.param(b"\n" + files.document(), PDF, R.WRONG_TYPE, id="a pdf with something before it"),
        pytest.param(
            files.document(behind=b"\nPK\x03\x04 a zip"), PDF, R.DAMAGED, id="a pdf and a zip in one"
        ),
        pytest.param(files.document(trailer=b"/Encrypt 9 0 R "), PDF, R.ENCRYPTED, id="a locked pdf"),
        pytest.param(
            files.document(b"<< /S /JavaScript /JS (app.alert(1)) >>"), PDF, R.ACTIVE_CONTENT, id="a script"
        ),
        pytest.param(
            files.document(b"<< /S /J#61vaScript /JS 5 0 R >>"), PDF, R.ACTIVE_CONTENT, id="a script, escaped"
        ),
        pytest.param(
            files.document(b"<< /S /Launch /F (cmd.exe) >>"), PDF, R.ACTIVE_CONTENT, id="starts a program"
        ),
        pytest.param(
            files.document(b"<< /Names << /EmbeddedFiles 5 0 R >> >>"),
            PDF,
            R.ACTIVE_CONTENT,
            id="files inside",
        ),
        pytest.param(files.document(b"<< /XFA 5 0 R >>"), PDF, R.ACTIVE_CONTENT, id="an XFA form"),
        pytest.param(
            files.document(files.object_stream(b"1 0 << /S /JavaScript /JS (x) >>")),
            PDF,
            R.ACTIVE_CONTENT,
            id="a script among packed objects",
        ),
        pytest.param(
            files.document(files.object_stream(b"", packed=b"no deflate")),
            PDF,
            R.ACTIVE_CONTENT,
            id="packed objects that cannot be looked into",
        ),
        pytest.param(
            files.document(files.object_stream(b" " * 40_000_000)),
            PDF,
            R.ACTIVE_CONTENT,
            id="packed objects that unpack to 40 MB",
        ),
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
