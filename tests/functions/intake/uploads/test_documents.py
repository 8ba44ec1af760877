"""A PDF is written anew: what its pages show stays, and nothing that acts, hides or tells of its making."""

from __future__ import annotations

import io
import zlib

import pikepdf
import pytest

from chalicelib.intake.uploads.documents import MOST_PAGES, rewrite_document
from chalicelib.intake.uploads.errors import RejectedFileError
from shared.domain.petition.values.attachments import Rejection
from tests.support import files
from tests.support.pdf_files import DRAWING, SCRIPT, packed, pdf, predicted, stream, with_script_in

R = Rejection
HEAD = b"20 0 "
PACKED = b"/Type /ObjStm /N 1 /First 5 "
FILE = b"<< /Type /Filespec /F (virus.exe) /EF << /F 7 0 R >> >>"
TRACES = (
    "JavaScript", "Launch", "EmbeddedFile", "Filespec", "URI", "SubmitForm", "GoToR", "RichMedia", "XFA", "Metadata",
    "PieceInfo", "OpenAction", "/AA", "virus", "evil.example", "Nguyen Van A",
)  # fmt: skip


def everything_in(content: bytes) -> str:
    """All that a file says outside and inside of its packed streams."""
    with pikepdf.open(io.BytesIO(content)) as document:
        objects = [each.unparse(resolved=True) for each in document.objects]
        streams = [each.read_bytes() for each in document.objects if isinstance(each, pikepdf.Stream)]
        trailer = document.trailer.unparse()
    return b" ".join([content, trailer, *objects, *streams]).decode("latin-1")


def drawn_in(content: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(content)) as document:
        contents = document.pages[0].obj.Contents
        parts = contents.as_list() if isinstance(contents, pikepdf.Array) else [contents]
        return b"".join(part.read_bytes() for part in parts)


def rejected(content: bytes) -> R:
    with pytest.raises(RejectedFileError) as refusal:
        rewrite_document(content)
    return refusal.value.reason


OBJECTS = HEAD + SCRIPT
HIDDEN_SCRIPTS = [
    pytest.param(
        stream(zlib.compress(zlib.compress(OBJECTS)), PACKED + b"/Filter [/FlateDecode /FlateDecode]"),
        id="packed twice",
    ),
    pytest.param(
        stream(
            zlib.compress(predicted(OBJECTS, 8)),
            PACKED + b"/Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns 8 >>",
        ),
        id="packed with a predictor",
    ),
    pytest.param(packed(OBJECTS, b"/N 1 /First 5 "), id="packed objects that do not say what they are"),
    pytest.param(
        stream(zlib.compress(OBJECTS), PACKED + b"/Filter /FlateDecode", after=b" \n"),
        id="a blank after the word stream",
    ),
    pytest.param(
        stream(zlib.compress(OBJECTS), PACKED + b"/Filter /FlateDecode", after=b"\r"),
        id="a lone carriage return after the word stream",
    ),
]


@pytest.mark.parametrize("objects", HIDDEN_SCRIPTS)
def test_a_script_that_hides_from_a_search_of_the_bytes_is_not_in_the_new_file(objects):
    hostile = with_script_in(objects)
    assert "JavaScript" in everything_in(hostile)

    clean = rewrite_document(hostile)

    assert not [trace for trace in TRACES if trace in everything_in(clean)]
    assert drawn_in(clean).strip() == DRAWING


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(pdf(catalog=b"/OpenAction " + SCRIPT), id="a script on opening"),
        pytest.param(pdf(catalog=b"/AA << /WC " + SCRIPT + b">> "), id="a script on closing"),
        pytest.param(pdf(page=b"/AA << /O " + SCRIPT + b">> "), id="a script of a page"),
        pytest.param(
            pdf(catalog=b"/Names << /JavaScript << /Names [(x) " + SCRIPT + b"] >> >> "), id="a named script"
        ),
        pytest.param(
            pdf(catalog=b"/OpenAction << /S /J#61vaScript /JS (x) >>"), id="a script, its name escaped"
        ),
        pytest.param(pdf(catalog=b"/OpenAction << /S /Launch /F (virus.exe) >>"), id="starts a program"),
        pytest.param(
            pdf(
                FILE,
                stream(b"virus", b"/Type /EmbeddedFile"),
                catalog=b"/Names << /EmbeddedFiles << /Names [(a) 6 0 R] >> >> ",
            ),
            id="a file inside",
        ),
        pytest.param(
            pdf(
                b"<< /Type /Annot /Subtype /FileAttachment /Rect [0 0 9 9] /FS 7 0 R >>",
                FILE,
                page=b"/Annots [6 0 R] ",
            ),
            id="a file pinned to the page",
        ),
        pytest.param(
            pdf(
                b"<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (https://evil.example) >> >>",
                page=b"/Annots [6 0 R] ",
            ),
            id="a link",
        ),
        pytest.param(
            pdf(
                b"<< /Type /Annot /Subtype /RichMedia /Rect [0 0 9 9] /RichMediaContent << >> >>",
                page=b"/Annots [6 0 R] ",
            ),
            id="a film",
        ),
        pytest.param(
            pdf(
                b"<< /Type /Annot /Subtype /Highlight /Rect [0 0 9 9] /Contents (xin xem) /T (Nguyen Van A) "
                b"/AA << /E " + SCRIPT + b">> /A << /S /URI /URI (https://evil.example) >> >>",
                page=b"/Annots [6 0 R] ",
            ),
            id="a note that acts, with its writer",
        ),
        pytest.param(
            pdf(
                b"<< /FT /Tx /Subtype /Widget /Rect [0 0 9 9] /AA << /K " + SCRIPT + b">> >>",
                catalog=b"/AcroForm << /Fields [6 0 R] /XFA (x) >> ",
                page=b"/Annots [6 0 R] ",
            ),
            id="a form with scripts",
        ),
        pytest.param(
            pdf(
                stream(
                    b"",
                    b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /F (https://evil.example/x) /Metadata 7 0 R",
                ),
                stream(b"Nguyen Van A", b"/Type /Metadata /Subtype /XML"),
                resources=b"/XObject << /A 6 0 R >> ",
            ),
            id="content that lies elsewhere",
        ),
        pytest.param(
            pdf(
                stream(b"", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Ref << /F (virus) /Page 0 >>"),
                resources=b"/XObject << /X 6 0 R >> ",
            ),
            id="a page of another file",
        ),
        pytest.param(
            pdf(resources=b"/Properties << /P << /Type /OCG /Name (x) /Do " + SCRIPT + b">> >> "),
            id="a script among the resources",
        ),
        pytest.param(pdf(page=b"/PieceInfo << /a (Nguyen Van A) >> "), id="notes of a program"),
        pytest.param(
            pdf(
                b"<< /Author (Nguyen Van A) /Title (virus) >>",
                stream(b"<x>Nguyen Van A</x>", b"/Type /Metadata /Subtype /XML"),
                catalog=b"/Metadata 7 0 R ",
                trailer=b"/Info 6 0 R ",
            ),
            id="who wrote it",
        ),
        pytest.param(pdf(SCRIPT), id="a script that nothing refers to"),
    ],
)  # fmt: skip
def test_what_acts_leads_outwards_or_tells_of_its_making_is_not_in_the_new_file(content):
    clean = rewrite_document(content)

    assert not [trace for trace in TRACES if trace in everything_in(clean)]
    assert DRAWING in drawn_in(clean)


def test_notes_and_marks_stay():
    written = (
        b"<< /Type /Annot /Subtype /Text /Rect [0 0 9 9] /Contents (xin xem trang 2) /T (Nguyen Van A) >>"
    )

    clean = rewrite_document(pdf(written, page=b"/Annots [6 0 R] "))

    with pikepdf.open(io.BytesIO(clean)) as document:
        [note] = document.pages[0].obj.Annots.as_list()
        assert (str(note.Contents), "/T" in note) == ("xin xem trang 2", False)


FIELD = b"<< /FT /Tx /Subtype /Widget /Rect [0 0 99 9] /V (Le Binh) %s>>"
FORM = b"/AcroForm << /Fields [6 0 R] %s>> "


def test_a_field_is_drawn_as_it_was_filled_in():
    drawn = stream(b"BT (Le Binh) Tj ET", b"/Type /XObject /Subtype /Form /BBox [0 0 99 9]")
    content = pdf(FIELD % b"/AP << /N 7 0 R >> ", drawn, catalog=FORM % b"", page=b"/Annots [6 0 R] ")

    clean = rewrite_document(content)

    assert "BT (Le Binh) Tj ET" in everything_in(clean)
    assert "Widget" not in everything_in(clean)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(pdf()[:-20], R.DAMAGED, id="cut off"),
        pytest.param(pdf() + b"PK\x03\x04 a zip", R.DAMAGED, id="a second file behind it"),
        pytest.param(b"%PDF-1.7\nnothing\n%%EOF", R.DAMAGED, id="no page"),
        pytest.param(
            pdf(FIELD % b"", catalog=FORM % b"", page=b"/Annots [6 0 R] "),
            R.ACTIVE_CONTENT,
            id="a field whose words are not drawn",
        ),
        pytest.param(
            pdf(
                FIELD % b"/AP << /N 7 0 R >> ",
                stream(b"", b"/Subtype /Form /BBox [0 0 9 9]"),
                catalog=FORM % b"/NeedAppearances true ",
                page=b"/Annots [6 0 R] ",
            ),
            R.ACTIVE_CONTENT,
            id="a field that a viewer is to draw anew",
        ),
        pytest.param(
            pdf(catalog=b"/NeedsRendering true "), R.ACTIVE_CONTENT, id="a form that a script draws"
        ),
        pytest.param(pdf(catalog=b"/Collection << >> "), R.ACTIVE_CONTENT, id="a cover with files inside"),
        pytest.param(
            pdf(b"<< /Filter /Own /V 1 >>", trailer=b"/Encrypt 6 0 R /ID [(a) (a)] "),
            R.ENCRYPTED,
            id="locked in a way nobody knows",
        ),
        pytest.param(
            pdf(drawing=packed(bytes(300_000_000))), R.TOO_LARGE, id="a drawing that unpacks to 300 MB"
        ),
        pytest.param(
            pdf(
                drawing=stream(
                    zlib.compress(zlib.compress(bytes(300_000_000))), b"/Filter [/FlateDecode /FlateDecode]"
                )
            ),
            R.TOO_LARGE,
            id="the same, packed twice",
        ),
        pytest.param(
            pdf(
                packed(b"", b"/Type /XObject /Subtype /Image /Width 50000 /Height 50000"),
                resources=b"/XObject << /X 6 0 R >> ",
            ),
            R.TOO_MANY_PIXELS,
            id="a picture of 2.5 thousand million pixels",
        ),
    ],
)
def test_what_cannot_be_written_anew_is_refused_with_the_reason(content, reason):
    assert rejected(content) is reason


def saved(document: pikepdf.Pdf, encryption: pikepdf.Encryption | None = None) -> bytes:
    out = io.BytesIO()
    document.save(out, encryption=encryption)
    return out.getvalue()


def test_a_document_with_a_password_is_refused_and_one_that_anybody_may_read_is_taken():
    document = pikepdf.open(io.BytesIO(pdf()))

    locked = saved(document, encryption=pikepdf.Encryption(owner="a", user="b"))
    open_to_all = saved(document, encryption=pikepdf.Encryption(owner="a", user=""))

    assert rejected(locked) is R.ENCRYPTED
    assert DRAWING in drawn_in(rewrite_document(open_to_all))


def test_a_document_of_too_many_pages_is_refused():
    document = pikepdf.Pdf.new()
    for _page in range(MOST_PAGES + 1):
        document.add_blank_page()

    assert rejected(saved(document)) is R.TOO_LARGE


def test_where_a_photo_on_a_page_was_taken_is_gone_and_its_pixels_are_the_same():
    photo = files.picture_with_place()
    image = stream(
        photo,
        b"/Type /XObject /Subtype /Image /Width 64 /Height 48 /ColorSpace /DeviceRGB /BitsPerComponent 8 "
        b"/Filter /DCTDecode",
    )

    clean = rewrite_document(pdf(image, resources=b"/XObject << /X 6 0 R >> "))

    with pikepdf.open(io.BytesIO(clean)) as document:
        after = document.pages[0].obj.Resources.XObject.X.read_raw_bytes()
    assert files.GPS_NOTE in photo
    assert files.GPS_NOTE not in clean
    assert files.pixels(after) == files.pixels(photo)


def test_the_same_file_is_written_the_same_twice():
    assert rewrite_document(pdf()) == rewrite_document(pdf())
