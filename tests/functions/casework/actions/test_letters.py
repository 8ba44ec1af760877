"""A letter with gaps, or under another's name, does not leave: by page or by program, in any action that writes."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest

from chalicelib.casework import composition
from tests.support.desk_pages import Browser, form_to
from tests.support.people import Citizen, Officer
from tests.support.system import System

GAP = "Theo Nghị định số /2024/NĐ-CP, kết quả công bố trước ngày [ngày]."
WHOLE = "Theo Nghị định số 138/2020/NĐ-CP [1], kết quả công bố trước ngày 30/11, v.v..."


@pytest.fixture
def citizen(system: System) -> Citizen:
    citizen = Citizen(system)
    citizen.send()
    Officer(system, "minh.ccvc").do("accept", citizen.reference)
    return citizen


def rules(problem: Any) -> list[tuple[str, str]]:
    return [(error["field"], error["rule"]) for error in problem["errors"]]


def test_draft_with_gaps_is_refused_with_the_place_of_each(system: System, citizen: Citizen):
    minh = Officer(system, "minh.ccvc")

    refused = minh.try_to("draft-answer", citizen.reference, text=GAP)

    assert refused.status == 422
    errors = refused.json()["errors"]
    assert [(e["field"], e["rule"], GAP[e["start"] : e["end"]]) for e in errors] == [
        ("text", "number-missing", "Nghị định số /2024"),
        ("text", "placeholder", "[ngày]"),
    ]
    assert minh.petition(citizen.reference)["state"] == "IN_PROGRESS"


@pytest.mark.parametrize(
    ("citation", "field"),
    [
        pytest.param({"number": "Nghị định số /2024/NĐ-CP"}, "citations.0.number", id="number"),
        pytest.param({"number": "Thông tư của Bộ Nội vụ"}, "citations.0.number", id="no number at all"),
        pytest.param({"number": "Luật Viên chức", "article": "Điều …"}, "citations.0.article", id="article"),
    ],
)
def test_cited_document_without_its_number_is_refused(
    system: System, citizen: Citizen, citation: dict[str, str], field: str
):
    refused = Officer(system, "minh.ccvc").try_to(
        "draft-answer", citizen.reference, text=WHOLE, citations=[citation]
    )

    assert (refused.status, rules(refused.json())) == (422, [(field, "number-missing")])


def test_whole_answer_leaves(system: System, citizen: Citizen):
    Officer(system, "minh.ccvc").do(
        "draft-answer", citizen.reference, text=WHOLE, citations=[{"number": "Luật Viên chức 2010"}]
    )

    Officer(system, "binh.vanphong").do("approve", citizen.reference)

    assert citizen.look()["answer"]["text"] == WHOLE


@pytest.mark.parametrize(
    ("greeting", "status"),
    [
        pytest.param("Kính gửi bà Trần Thị Mùa,", 200, id="whole name"),
        pytest.param("Kính gửi bà Mùa,", 200, id="attributes name"),
        pytest.param("Kính gửi Ông/Bà,", 200, id="no name"),
        pytest.param("Kính gửi ông Nguyễn Văn Bình,", 422, id="another petitioner"),
        pytest.param("Kính gửi ông Nguyễn Văn A,", 422, id="a template's sample"),
        pytest.param("Trả lời phản ánh của bà Hoàng Thị Lan:", 422, id="not a greeting"),
    ],
)
def test_letter_is_under_the_petitioners_name_or_under_none(
    system: System, citizen: Citizen, greeting: str, status: int
):
    minh = Officer(system, "minh.ccvc")
    minh.do("open-seal", citizen.reference, reason="Viết thư trả lời")

    answered = minh.try_to(
        "draft-answer", citizen.reference, text=f"{greeting}\nKết quả công bố trước 30/11."
    )

    assert answered.status == status
    if status != 200:
        assert rules(answered.json()) == [("text", "name-of-another")]
        assert "Mùa" not in answered.text, "the petitioner's own name stays sealed"


@pytest.mark.parametrize(
    ("username", "action", "field", "body"),
    [
        pytest.param("minh.ccvc", "draft-answer", "text", {}, id="handler"),
        pytest.param("minh.ccvc", "note", "progress", {}, id="handler, of progress"),
        pytest.param(
            "lan.tiepnhan", "request-information", "question", {}, id="intake, who may not open the seal"
        ),
        pytest.param("lan.tiepnhan", "refuse", "text", {"reason": "UNCLEAR"}, id="intake, who refuses"),
    ],
)
def test_letter_does_not_confirm_a_guessed_name(
    system: System, citizen: Citizen, username: str, action: str, field: str, body: dict[str, Any]
):
    """An officer who did not open the seal gets one answer for the right name and a wrong one."""
    officer = Officer(system, username)
    guesses = ("Trần Thị Mùa", "Phạm Thị Mùa")

    refused = [
        officer.try_to(action, citizen.reference, **{**body, field: f"Kính gửi bà {name},\nHẹn 30/11."})
        for name in guesses
    ]

    assert [(answer.status, rules(answer.json())) for answer in refused] == [
        (422, [(field, "name-not-opened")])
    ] * 2


def test_letter_to_several_names_nobody(system: System, citizen: Citizen):
    other = Citizen(
        system, petitioner={**citizen.body["petitioner"], "name": "Lê Văn Tám", "email": "t@thu.example"}
    )
    other.send()
    Officer(system, "lan.tiepnhan").do("merge", other.reference, parent=citizen.reference)

    refused = Officer(system, "minh.ccvc").try_to(
        "draft-answer", citizen.reference, text="Kính gửi bà Trần Thị Mùa,\nKết quả công bố trước 30/11."
    )

    assert (refused.status, rules(refused.json())) == (422, [("text", "name-of-one-of-many")])


def test_petitioners_own_words_may_be_repeated(system: System):
    words = "Tôi hỏi về Quyết định số /QĐ-BNV mà xã gửi cho ông Đỗ Văn Tư, trong đó ghi ngày ...... tháng 9 năm nay."
    citizen = Citizen(system, content=f"{words} Đề nghị Bộ cho biết kết quả thi nâng ngạch công chức.")
    citizen.send()
    Officer(system, "lan.tiepnhan").do("assign", citizen.reference, unit="VCCVC", field="CCVC")
    minh = Officer(system, "minh.ccvc")
    minh.do("accept", citizen.reference)

    minh.do("draft-answer", citizen.reference, text=f"Ông/Bà viết: “{words}” Chúng tôi đã kiểm tra.")

    assert minh.petition(citizen.reference)["state"] == "AWAITING_APPROVAL"


def with_a_gap_from_before(system: System, citizen: Citizen) -> None:
    """Hand in a draft, and store it as code without this check would have."""
    Officer(system, "minh.ccvc").do("draft-answer", citizen.reference, text="Kết quả công bố trước 30/11.")
    petitions = composition.parts().petitions
    petition = petitions.get(citizen.reference)
    assert petition is not None
    assert petition.draft is not None
    draft = petition.draft.model_copy(update={"text": GAP})
    petitions.save(petition.model_copy(update={"draft": draft}), petition.version)


def test_approval_of_a_draft_with_gaps_is_refused(system: System, citizen: Citizen):
    with_a_gap_from_before(system, citizen)
    binh = Officer(system, "binh.vanphong")

    refused = binh.try_to("approve", citizen.reference)

    assert refused.status == 422
    assert rules(refused.json()) == [("draft.text", "number-missing"), ("draft.text", "placeholder")]
    assert not [message for message in system.outbox(citizen.reference) if "[ngày]" in message.text]
    assert binh.petition(citizen.reference)["state"] == "AWAITING_APPROVAL"


@pytest.mark.parametrize(
    ("username", "action", "body", "field"),
    [
        ("lan.tiepnhan", "guide", {"text": "Gửi đơn đến [cơ quan] trước ngày [ngày]."}, "text"),
        ("lan.tiepnhan", "refuse", {"reason": "UNCLEAR", "text": "Theo Nghị định số /2024/NĐ-CP."}, "text"),
        ("lan.tiepnhan", "forward", {"body": "[cơ quan]"}, "body"),
        ("lan.tiepnhan", "forward", {"body": "Bộ Y tế", "text": "Đã chuyển ngày …… cho Bộ Y tế."}, "text"),
        ("minh.ccvc", "request-information", {"question": "Xin gửi {{ document }}."}, "question"),
        ("minh.ccvc", "note", {"progress": "Kính gửi ông Nguyễn Văn Bình, đang xử lý."}, "progress"),
    ],
)
def test_every_letter_of_an_officer_is_looked_through(
    system: System, citizen: Citizen, username: str, action: str, body: dict[str, Any], field: str
):
    refused = Officer(system, username).try_to(action, citizen.reference, **body)

    assert refused.status == 422
    assert {name for name, _rule in rules(refused.json())} == {field}


def test_note_for_officers_alone_may_have_gaps(system: System, citizen: Citizen):
    Officer(system, "minh.ccvc").do("note", citizen.reference, note="Hỏi lại số Nghị định: [số], ông Bình?")


# --- on the page ------------------------------------------------------------------------------------------


class Marks(HTMLParser):
    """The marks of a page that a link may lead to, the links of its summary, and identifiers that appear twice.

    The checks of a draft mark its places once more, to be read only: these have no identifier.
    """

    def __init__(self, page: str) -> None:
        super().__init__()
        self.marks: dict[str, dict[str, str | None]] = {}
        self.links: list[str] = []
        self.twice: set[str] = set()
        self._ids: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if name := attributes.get("id"):
            self.twice |= {name} & self._ids
            self._ids.add(name)
        if tag == "mark" and name and (attributes.get("class") or "") == "gap":
            self.marks[name] = attributes
        if tag == "a" and (attributes.get("href") or "").startswith("#gap-"):
            self.links.append((attributes["href"] or "").removeprefix("#"))


def test_page_marks_each_place_leads_there_and_keeps_what_was_written(system: System, citizen: Citizen):
    browser = Browser(system, "minh.ccvc")
    page = browser.get(f"/desk/petitions/{citizen.reference}")
    action = f"/desk/petitions/{citizen.reference}/draft-answer"

    refused = browser.fill(page, action, text=GAP, citation_1_number="Nghị định", citation_1_article="Điều 5")

    assert refused.status == 422
    marks = Marks(refused.text)
    assert list(marks.marks) == marks.links == ["gap-1", "gap-2", "gap-3"]
    assert all(mark["tabindex"] == "-1" for mark in marks.marks.values())
    assert marks.twice == set()
    assert 'aria-invalid="true"' in refused.text
    form = dict(form_to(refused.text, action).fields)
    assert (form["text"], form["citation_1_number"], form["citation_1_article"]) == (
        GAP,
        "Nghị định",
        "Điều 5",
    )


def test_page_shows_the_approver_the_places_before_and_after_they_try(system: System, citizen: Citizen):
    with_a_gap_from_before(system, citizen)
    browser = Browser(system, "binh.vanphong")

    page = browser.get(f"/desk/petitions/{citizen.reference}")
    refused = browser.fill(page, f"/desk/petitions/{citizen.reference}/approve")

    assert list(Marks(page.text).marks) == ["draft-gap-1", "draft-gap-2"]
    assert "Dự thảo này chưa gửi đi được" in page.text
    assert refused.status == 422
    assert list(Marks(refused.text).marks) == Marks(refused.text).links == ["gap-1", "gap-2"]


def test_template_that_nobody_filled_in_is_refused(system: System, citizen: Citizen):
    browser = Browser(system, "minh.ccvc")
    page = browser.get(f"/desk/petitions/{citizen.reference}?template=ccvc-tuyen-dung")
    action = f"/desk/petitions/{citizen.reference}/draft-answer"

    refused = browser.fill(page, action)

    assert refused.status == 422
    assert len(Marks(refused.text).marks) == 3
