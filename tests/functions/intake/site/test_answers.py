"""Published answers as a browser without JavaScript gets them: the list, its search, and each answer's own page."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from chalicelib.intake import composition
from chalicelib.intake.petitions.addresses import page_address
from chalicelib.intake.site.guide.machine_files import PAGES
from shared.domain.errors import ActionNotPossibleError
from shared.domain.petition.change import Change
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.answer import Citation, Publication
from shared.domain.petition.values.attachments import Attachment, AttachmentState, BelongsTo
from shared.domain.petition.values.classification import Lane, Proposal
from tests.functions.intake.site.test_steps import MATTER, Visitor, heading
from tests.support.builders import a_petition
from tests.support.search_files import build_index
from tests.support.system import System

Publish = Callable[..., str]
ATOM = "{http://www.w3.org/2005/Atom}"


def parsed(xml: bytes) -> ET.Element:
    return ET.fromstring(xml)  # noqa: S314 - made by the system under test


@pytest.fixture
def publish(intake: System, officers_do: Callable[..., Petition]) -> Publish:
    """Publishes an answer to a new petition, and returns the address of its page."""

    def publish_one(
        subject: str, answer: str, *, content: str = "Xin hỏi Bộ.", field: str = "CCVC", unit: str = "VCCVC"
    ) -> str:
        number = len(intake.items("petitions"))
        key = f"k{number}"
        receipt = intake.http(
            "POST",
            "/v1/petitions",
            json={
                "content": f"{content} {key}",
                "petitioner": {"name": "An", "address": "Huế", "phone": f"0912 345 6{number:02d}"},
                "may_publish": True,
            },
            headers={"Idempotency-Key": key},
        ).json()
        at = intake.clock.now()
        shown = Publication(subject=subject, content=content, answer=answer, published_at=at)
        officers_do(
            receipt["reference"],
            lambda p: p.route(Change.by_router(at, "r"), Proposal(lane=Lane.ORDINARY, field=field), unit),
            lambda p: p.accept(Change.by_officer("minh.xuly", at, "a"), handler="minh.xuly"),
            lambda p: p.draft_answer(Change.by_officer("x", at, "d"), answer),
            lambda p: p.approve(Change.by_officer("y", at, "p")),
            lambda p: p.publish(Change.by_officer("y", at, "publish"), shown),
        )
        intake.clock.hold_at(at + timedelta(seconds=1))
        items = intake.http("GET", "/v1/published").json()["items"]
        return str(items[0]["url"])

    return publish_one


def searchable(intake: System) -> None:
    build_index(intake)
    intake.clock.hold_at(intake.clock.now() + timedelta(minutes=2))


def count_of(html: str, label: str) -> str:
    match = re.search(rf'<span>{label}</span> <span class="count">([\d.]+)</span>', html)
    assert match, label
    return match[1]


# --- one answer -----------------------------------------------------------------------------------------


def test_answer_has_a_page_of_its_own(intake, publish):
    address = publish("Xã sáp nhập có phải đổi sổ đỏ không?", "Không.\n\nGiấy tờ cũ vẫn dùng được.")

    shown = intake.http("GET", address)

    assert re.fullmatch(r"/cong-khai/[0-9a-z]{14}-xa-sap-nhap-co-phai-doi-so-do-khong", address)
    assert shown.status == 200
    assert '<h1 lang="vi">Xã sáp nhập có phải đổi sổ đỏ không?</h1>' in shown.text
    assert '<p class="short">Không.</p>' in shown.text
    assert "Giấy tờ cũ vẫn dùng được." in shown.text
    assert "Vụ Công chức - Viên chức" in shown.text
    site = composition.parts().settings.public_url
    assert f'<link rel="canonical" href="{site}{address}">' in shown.text
    assert f'<meta property="og:url" content="{site}{address}">' in shown.text


@pytest.mark.parametrize("slug", ["", "-sai-ten", "-xa"])
def test_wrong_slug_leads_to_the_right_one_for_good(intake, publish, slug):
    address = publish("Xã sáp nhập", "Không.")
    wrong = f"{address.split('-xa')[0]}{slug}"

    moved = intake.http("GET", wrong, query={"lang": "en"})

    assert (moved.status, moved.header("Location")) == (301, f"{address}?lang=en")


@pytest.mark.parametrize("part", ["zzzzzz0a1b2c3d-xa", "000000", "khong-co", "0000000a1b2c3d"])
def test_address_of_no_answer_is_a_page_that_helps(intake, part):
    shown = intake.http("GET", f"/cong-khai/{part}")

    assert shown.status == 404
    assert "/gui" in shown.text


def test_what_search_engines_read_is_a_question_with_its_answer(intake, publish):
    address = publish("Hỏi </script> & “sổ đỏ”?", "Trả lời <b>.", content="Nội dung </script><!-- hỏi.")

    html = intake.http("GET", address).text

    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert block
    data = json.loads(block[1])
    assert data["@type"] == "QAPage"
    question = data["mainEntity"]
    assert (question["@type"], question["name"]) == ("Question", "Hỏi </script> & “sổ đỏ”?")
    assert question["acceptedAnswer"]["text"] == "Trả lời <b>."
    assert question["acceptedAnswer"]["url"].endswith(address)
    assert html.count("<script") == html.count("</script>")


@pytest.fixture
def with_file(intake: System, officers_do: Callable[..., Petition]) -> Petition:
    """A petition whose answer was published with a legal document and a file of 1,500,000 bytes."""
    at = intake.clock.now()
    plain = a_petition(State.ANSWERED, received_at=at - timedelta(days=9), subject="Xã sáp nhập")
    file = Attachment(
        id="a" * 32,
        belongs_to=BelongsTo.ANSWER,
        filename="mau-don.pdf",
        content_type="application/pdf",
        size=1_500_000,
        sha256="0" * 64,
        state=AttachmentState.CLEAN,
        by="officer:minh.ccvc",
        declared_at=at,
    )
    assert plain.answer is not None
    answer = plain.answer.model_copy(update={"attachments": (file.id,)})
    composition.parts().petitions.add(plain.model_copy(update={"attachments": (file,), "answer": answer}))
    shown = Publication(
        subject="Xã sáp nhập",
        content="Có phải đổi sổ đỏ không?",
        answer="Không.",
        attachments=(file.id,),
        citations=(
            Citation(number="Nghị định 115/2020/NĐ-CP", article="Điều 7", link="https://vbpl.vn/115"),
        ),
        published_at=at,
    )
    return officers_do(plain.reference, lambda p: p.publish(Change.by_officer("y", at, "publish"), shown))


@pytest.mark.parametrize(
    ("lang", "heading", "size"),
    [("vi", "Căn cứ và tệp", "1,4 MB"), ("en", "Legal basis and files", "1.4 MB")],
)
def test_answer_names_its_legal_basis_and_files(
    intake, with_file: Petition, lang: str, heading: str, size: str
):
    address = str(intake.http("GET", "/v1/published").json()["items"][0]["url"])

    html = intake.http("GET", address, query={"lang": lang}).text

    law = html[html.index('id="law"') :].partition("</section>")[0]
    assert heading in law
    assert '<a href="https://vbpl.vn/115" rel="noreferrer">Nghị định 115/2020/NĐ-CP</a>, Điều 7' in law
    assert "mau-don.pdf" in law
    assert size in law


@pytest.mark.parametrize(("lang", "size"), [("vi", "1,4 MB"), ("en", "1.4 MB")])
def test_sizes_of_files_are_written_as_the_reader_does_wherever_an_answer_is_shown(
    intake, with_file: Petition, lang: str, size: str
):
    build_index(intake)
    intake.clock.hold_at(intake.clock.now() + timedelta(minutes=2))
    parts = composition.parts()
    own = intake.http("GET", page_address(parts.passes, with_file, "en" if lang == "en" else "vi"))
    visitor = Visitor(intake)
    similar = visitor.fill(visitor.get(f"/gui?lang={lang}"), content="Xã sáp nhập có phải đổi sổ đỏ không?")
    form = {"content": "Xã sáp nhập, đổi sổ đỏ", "name": "An", "address": "Huế", "phone": "0912 345 678"}
    review = intake.http("POST", f"/gui?lang={lang}", form={**form, "step": "review"})

    assert [size in page.text for page in (own, similar, review)] == [True] * 3


def test_text_that_was_corrected_or_opened_again_elsewhere_is_looked_up_again(intake, with_file: Petition):
    build_index(intake)
    intake.clock.hold_at(intake.clock.now() + timedelta(minutes=2))
    visitor = Visitor(intake)
    check = visitor.until_check()
    corrected = {"content": "Xã sáp nhập có phải đổi sổ đỏ không?"}
    link = re.search(r'value="http://localhost:8088(/gui/tiep[^"]+)"', visitor.get("/gui/lam-tiep").text)
    assert link

    same = visitor.fill(visitor.get("/gui?ve=1"), **MATTER)
    similar = visitor.fill(visitor.get("/gui?ve=1"), **corrected)
    other = Visitor(intake)
    elsewhere = other.fill(other.fill(other.get(unescape(link[1]), site="none")), **corrected)

    assert heading(check) == heading(same) == "Xem lại rồi gửi"
    assert [heading(page) for page in (similar, elsewhere)] == [
        "Có phải việc này đã có câu trả\u00a0lời?"
    ] * 2
    assert 'href="/gui/xem-lai">Chưa đúng, tiếp tục gửi' in similar.text
    assert 'href="/gui/nguoi-gui">Chưa đúng, tiếp tục gửi' in elsewhere.text


def test_english_visitor_stays_in_english_after_similar_answers(intake, with_file: Petition):
    build_index(intake)
    intake.clock.hold_at(intake.clock.now() + timedelta(minutes=2))
    visitor = Visitor(intake)

    similar = visitor.fill(visitor.get("/gui?lang=en"), content="Xã sáp nhập có phải đổi sổ đỏ không?")

    assert 'href="/gui/nguoi-gui?lang=en">' in similar.text
    assert "formmethod" not in similar.text, (
        "a form that asks with GET would drop the language from its address"
    )


def test_what_the_sender_wrote_is_folded_and_printed(intake, publish):
    address = publish("Xã sáp nhập", "Không.", content="Ngân hàng bảo tôi đổi.")

    html = intake.http("GET", address).text

    folded = html[html.index('<details class="block printed">') :]
    assert "Ngân hàng bảo tôi đổi." in folded
    assert '<p class="short">Không.</p>' not in folded


def test_related_answers_are_those_to_questions_like_it_without_itself(intake, publish):
    first = publish("Trợ cấp thôi việc khi sáp nhập thôn", "Có.", content="Phó trưởng thôn thôi việc.")
    publish(
        "Trợ cấp thôi việc do sáp nhập thôn bao lâu nhận",
        "30 ngày.",
        content="Phó trưởng thôn thôi việc chờ.",
    )
    publish("Điều lệ hội", "Sửa.", content="Hội chúng tôi.")
    searchable(intake)

    html = intake.http("GET", first).text

    near = html[html.index('id="near"') :].split("</section>")[0]
    assert "bao lâu nhận" in near
    assert "Điều lệ hội" not in near
    assert near.count("<li>") == 1


def test_page_of_an_answer_that_was_taken_down_is_gone(intake, publish, officers_do):
    address = publish("Xã sáp nhập", "Không.")
    reference = intake.items("petitions")[0]["reference"]["S"]
    officers_do(
        reference, lambda p: p.unpublish(Change.by_officer("y", intake.clock.now(), "u"), reason="Sai.")
    )

    assert intake.http("GET", address).status == 404


def test_petitioner_takes_a_published_answer_down_and_nobody_publishes_it_again(intake, publish, officers_do):
    address = publish("Xã sáp nhập", "Không.")
    build_index(intake)
    reference = intake.items("petitions")[0]["reference"]["S"]
    petition = composition.parts().petitions.get(reference)
    assert petition is not None
    form = {"ma": reference, "pin": composition.parts().finder.pin_of(petition)}
    before = intake.http("POST", "/tra-cuu", form=form).text

    shown = [intake.http("POST", "/tra-cuu/thoi-cong-khai", form=form) for _click in range(2)]

    assert 'action="/tra-cuu/thoi-cong-khai"' in before
    assert [answer.status for answer in shown] == [200, 200]
    assert "Bộ không công khai câu trả lời này nữa." in shown[0].text
    assert 'action="/tra-cuu/thoi-cong-khai"' not in shown[1].text
    assert intake.http("GET", address).status == 404
    for place in (
        "/v1/published",
        "/v1/published?q=nhập",
        "/cong-khai",
        "/cong-khai?q=nhập",
        "/cong-khai.atom",
    ):
        assert "Không." not in intake.http("GET", place).text, place
    assert "sáp nhập" not in intake.http("GET", "/v1/open-data/answers.csv").text
    stored = composition.parts().petitions.get(reference)
    assert stored is not None
    assert [entry.action for entry in stored.history].count(Action.WITHDRAW_CONSENT) == 1
    assert (stored.state, stored.is_intact) == (State.ANSWERED, True)
    with pytest.raises(ActionNotPossibleError):
        stored.publish(
            Change.by_officer("y", intake.clock.now(), "p2"),
            Publication(subject="S", content="C", answer="A", published_at=intake.clock.now()),
        )


def test_answer_that_is_published_anew_keeps_its_address_and_what_readers_said(intake, publish, officers_do):
    address = publish("Xã sáp nhập", "Không.")
    react(intake, address, "also")
    before = intake.http("GET", "/v1/published").json()["items"][0]
    reference = intake.items("petitions")[0]["reference"]["S"]
    later = intake.clock.now() + timedelta(days=40)
    intake.clock.hold_at(later)
    anew = Publication(subject="Xã mới", content="Hỏi.", answer="Có, từ hôm nay.", published_at=later)
    officers_do(
        reference,
        lambda p: p.unpublish(Change.by_officer("y", later, "u"), reason="Sai."),
        lambda p: p.publish(Change.by_officer("y", later, "again"), anew),
    )

    led = intake.http("GET", address)
    shown = intake.http("GET", led.header("Location"))
    after = intake.http("GET", "/v1/published").json()["items"][0]
    build_index(intake)
    entry = parsed(intake.http("GET", "/cong-khai.atom").body)

    assert led.status == 301
    assert led.header("Location").partition("-xa-")[0] == address.partition("-xa-")[0]
    assert "Có, từ hôm nay." in shown.text
    assert re.search(r"<strong>1</strong>|1 người", shown.text)
    assert (after["id"] != before["id"], after["published_at"]) == (
        True,
        later.isoformat().replace("+00:00", "Z"),
    )
    instants = [entry.findtext(f"{ATOM}entry/{ATOM}{name}") for name in ("published", "updated")]
    assert instants == [before["published_at"], after["published_at"]]


def test_list_is_narrowed_to_a_kind_and_ordered_by_readers_who_have_the_matter(intake, three):
    shown = intake.http("GET", "/cong-khai", query={"sort": "also"}).text
    unknown = intake.http("GET", "/cong-khai", query={"kind": "NONE"})
    other = intake.http("GET", "/cong-khai", query={"kind": "INITIATIVE"}).text

    assert "<strong>nhiều người cũng gặp</strong>" in shown
    assert "mới nhất</a>" in shown
    assert unknown.status == 422
    assert "Chưa có câu trả lời nào được công khai với lựa chọn này." in other
    assert "Sáng kiến, đề xuất cải cách" in other


# --- what readers say -----------------------------------------------------------------------------------


def react(intake: System, address: str, reaction: str, cookie: str = "", **headers: str) -> Any:
    sent = {"Cookie": cookie, **headers} if cookie else headers
    return intake.http("POST", address, form={"reaction": reaction}, headers=sent)


def cookie_of(answer: Any) -> str:
    return str(answer.header("Set-Cookie")).partition(";")[0]


def test_reaction_is_counted_once_a_day_and_browser(intake, publish):
    address = publish("Xã sáp nhập", "Không.")

    first = react(intake, address, "also")
    again = react(intake, address, "also", cookie_of(first))
    useful = react(intake, address, "useful", cookie_of(first))
    changed_mind = react(intake, address, "not_useful", cookie_of(useful))

    assert first.status == 303
    assert first.header("Location") == f"{address}?y-kien=moi#y-kien"
    assert "y-kien=roi" in again.header("Location")
    assert "y-kien=roi" in changed_mind.header("Location")
    html = intake.http("GET", address, query={"y-kien": "moi"}).text
    assert "1 người cũng gặp" in html
    assert "1 người thấy có ích" in html
    assert "Cảm ơn bạn" in html
    assert "1 người cũng gặp" in intake.http("GET", "/cong-khai").text


def test_next_day_the_same_browser_counts_again(intake, publish):
    address = publish("Xã sáp nhập", "Không.")
    first = react(intake, address, "also")
    intake.clock.hold_at(intake.clock.now() + timedelta(days=1))

    react(intake, address, "also", cookie_of(first))

    assert "2 người cũng gặp" in intake.http("GET", address).text


@pytest.mark.parametrize(
    "cookie", ["pakn-today=x", "pakn-today=20261103.a.b", "pakn-today=", "other=1; pakn-today"]
)
def test_cookie_that_is_not_ours_is_no_obstacle(intake, publish, cookie):
    address = publish("Xã sáp nhập", "Không.")

    assert "y-kien=moi" in react(intake, address, "also", cookie).header("Location")


def test_cookie_tells_nothing_but_what_was_said_today(intake, publish):
    address = publish("Xã sáp nhập", "Không.")

    cookie = react(intake, address, "also").header("Set-Cookie")

    value = cookie.partition("=")[2].partition(";")[0]
    day, entries, signature = value.split(".")
    assert (day, entries) == ("20261103", f"{address.split('/')[2].split('-')[0]}c")
    assert re.fullmatch(r"[0-9a-f]{32}", signature)
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert react(intake, address, "also").header("Set-Cookie") == cookie, "two browsers keep the same"


def test_one_network_address_has_a_limit_and_leaves_no_trace(intake, publish, monkeypatch):
    monkeypatch.setenv("ADDRESSES_ARE_COUNTED", "true")
    intake.local.cold_start()
    address = publish("Xã sáp nhập", "Không.")
    most = composition.parts().settings.reactions_per_address

    answers = [react(intake, address, "also") for _ in range(most + 2)]

    outcomes = [answer.header("Location").partition("y-kien=")[2].partition("#")[0] for answer in answers]
    assert outcomes == ["moi"] * most + ["du"] * 2
    assert f"{most} người cũng gặp" in intake.http("GET", address).text
    stored = json.dumps(intake.items("throttle")) + json.dumps(intake.items("statistics"))
    assert "127.0.0.1" not in stored


def test_another_sites_page_cannot_speak_for_its_visitors(intake, publish):
    address = publish("Xã sáp nhập", "Không.")

    answer = react(intake, address, "also", **{"Sec-Fetch-Site": "cross-site"})

    assert answer.header("Location") == address
    assert "người cũng gặp" not in intake.http("GET", address).text


def test_reaction_that_there_is_not_is_refused(intake, publish):
    assert react(intake, publish("Xã sáp nhập", "Không."), "angry").status == 422


# --- the list -------------------------------------------------------------------------------------------


@pytest.fixture
def three(intake: System, publish: Publish) -> list[str]:
    """Three answers of two fields, in the index."""
    addresses = [
        publish("Nâng ngạch chuyên viên", "Thi nâng ngạch tháng 12. Điều kiện phù hợp."),
        publish("Phụ cấp công vụ", "Phụ cấp công vụ là 25%.", field="TL", unit="CTLBHXH"),
        publish("Nâng lương", "Đúng hạn.", field="TL", unit="CTLBHXH"),
    ]
    searchable(intake)
    return addresses


def test_words_are_marked_and_results_counted(intake, three):
    html = intake.http("GET", "/cong-khai", query={"q": "nang ngach"}).text

    assert "1 câu trả\u00a0lời khớp với “nang ngach”" in html
    assert "Thi <mark>nâng ngạch</mark> tháng 12" in html
    assert f'href="{three[0]}"' in html


def test_word_with_marks_finds_no_other_word(intake, three):
    html = intake.http("GET", "/cong-khai", query={"q": "phụ"}).text

    assert "Phụ cấp công vụ" in html
    assert "Nâng ngạch" not in html


def test_list_is_narrowed_by_links_with_numbers_and_widened_by_chips(intake, three):
    everything = intake.http("GET", "/cong-khai").text
    narrowed = intake.http("GET", "/cong-khai", query={"field": "TL"}).text
    field = composition.parts().answer_search.names("vi")[0]["TL"]

    assert "3 câu trả\u00a0lời" in everything
    assert count_of(everything, field) == "2"
    assert 'href="/cong-khai?field=TL"' in everything
    assert "Nâng ngạch chuyên viên" not in narrowed
    assert f'<a class="tag" href="/cong-khai">{field}' in narrowed
    assert count_of(narrowed, "Tất cả") == "3"
    nothing = intake.http("GET", "/cong-khai", query={"field": "TL", "q": "xyzzy"}).text
    assert 'class="tag"' in nothing
    assert 'class="filters' not in nothing


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        pytest.param({"unit": "CTLBHXH"}, {"Phụ cấp công vụ", "Nâng lương"}, id="a unit"),
        pytest.param({"year": "2026", "q": "nâng"}, {"Nâng ngạch chuyên viên", "Nâng lương"}, id="a year"),
        pytest.param({"year": "2025"}, set(), id="a year with nothing"),
        pytest.param({"month": "2026-11", "field": "TL"}, {"Phụ cấp công vụ", "Nâng lương"}, id="old"),
        pytest.param(
            {"page": "7"}, {"Nâng ngạch chuyên viên", "Phụ cấp công vụ", "Nâng lương"}, id="no empty page"
        ),
        pytest.param(
            {"page": "x"}, {"Nâng ngạch chuyên viên", "Phụ cấp công vụ", "Nâng lương"}, id="no number"
        ),
    ],
)
def test_list_has_what_was_asked_for(intake, three, query, titles):
    shown = intake.http("GET", "/cong-khai", query=query)

    assert shown.status == 200
    assert set(re.findall(r'<h3><a href="[^"]+" lang="vi">([^<]+)</a>', shown.text)) == titles


def test_pages_are_numbered_and_none_is_empty(intake, publish):
    for number in range(11):
        publish(f"Câu hỏi số {number}", "Trả lời.")
    searchable(intake)

    first = intake.http("GET", "/cong-khai", query={"q": "câu hỏi", "lang": "en"})
    second = intake.http("GET", "/cong-khai", query={"q": "câu hỏi", "page": "2"})
    by_old_link = intake.http("GET", "/cong-khai", query={"q": "câu hỏi", "cursor": "20"})

    assert first.text.count('class="found"') == 10
    assert "lang=en&amp;page=2" in first.text
    assert second.text.count('class="found"') == 1
    assert by_old_link.text.count('class="found"') == 1


def test_what_was_searched_for_goes_along_to_sending(intake, three):
    html = intake.http("GET", "/cong-khai", query={"q": "thủ tục đất đai"}).text

    assert 'href="/gui?q=th%E1%BB%A7%20t%E1%BB%A5c%20%C4%91%E1%BA%A5t%20%C4%91ai"' in html
    form = intake.http("GET", "/gui", query={"q": "thủ tục đất đai"})
    assert ">thủ tục đất đai</textarea>" in form.text
    assert 'class="error-summary"' not in form.text


# --- for programs ---------------------------------------------------------------------------------------


def test_feed_holds_the_newest_answers_and_is_not_sent_twice(intake, three):
    feed = intake.http("GET", "/cong-khai.atom", query={"field": "TL"})
    again = intake.http("GET", "/cong-khai.atom?field=TL", headers={"If-None-Match": feed.header("ETag")})

    root = parsed(feed.body)
    site = composition.parts().settings.public_url
    assert feed.header("Content-Type") == "application/atom+xml; charset=utf-8"
    assert [entry.findtext(f"{ATOM}title") for entry in root.iter(f"{ATOM}entry")] == [
        "Nâng lương",
        "Phụ cấp công vụ",
    ]
    assert root.findtext(f"{ATOM}id") == f"{site}/cong-khai.atom?field=TL"
    assert [link.get("rel") for link in root.findall(f"{ATOM}link")] == ["self", "alternate"]
    (entry, _other) = root.findall(f"{ATOM}entry")
    assert [link.get("href") for link in entry.findall(f"{ATOM}link")] == [f"{site}{three[2]}"]
    assert re.fullmatch(rf"{re.escape(site)}/cong-khai/[0-9a-z]{{14}}", entry.findtext(f"{ATOM}id", ""))
    for each in (root, entry):
        assert re.fullmatch(r"2026-11-03T\d\d:\d\d:\d\dZ", each.findtext(f"{ATOM}updated", ""))
    assert again.status == 304


@pytest.mark.parametrize(
    ("query", "count"),
    [({}, 3), ({"q": "nâng"}, 2), ({"unit": "VCCVC"}, 1), ({"year": "2020"}, 0), ({"q": "\x02<&"}, 0)],
)
def test_there_is_a_feed_of_whatever_can_be_asked_for(intake, three, query, count):
    feed = intake.http("GET", "/cong-khai.atom", query=query)

    root = parsed(feed.body)
    assert len(root.findall(f"{ATOM}entry")) == count
    for required in ("id", "title", "updated"):
        assert root.findtext(f"{ATOM}{required}")
    assert root.find(f"{ATOM}author/{ATOM}name") is not None


def test_feed_without_an_index_says_when_to_come_back(intake, publish):
    publish("Xã sáp nhập", "Không.")

    refused = intake.http("GET", "/cong-khai.atom")

    assert refused.status == 503
    assert refused.header("Retry-After")


def test_site_map_names_every_answer_after_the_pages_and_the_answers_own_map_leads_there(intake, three):
    led = intake.http("GET", "/cong-khai/sitemap.xml")
    answer = intake.http("GET", "/sitemap.xml")

    site = composition.parts().settings.public_url
    assert (led.status, led.header("Location")) == (301, "/sitemap.xml")
    places = [
        url.text for url in parsed(answer.body).iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")
    ]
    assert places[: 2 * len(PAGES) : 2] == [f"{site}{page.address}" for page in PAGES]
    assert places[2 * len(PAGES) :] == [f"{site}{address}" for address in reversed(three)]


def test_answers_are_suggested_for_what_is_being_typed(intake, three):
    begun = intake.http("GET", "/cong-khai/goi-y", query={"q": "phụ c"}).json()
    nothing = intake.http("GET", "/cong-khai/goi-y", query={"q": "đất đai"}).json()
    too_short = intake.http("GET", "/cong-khai/goi-y", query={"q": "p"}).json()

    assert [each["title"] for each in begun["answers"]] == ["Phụ cấp công vụ"]
    assert begun["answers"][0]["address"] == three[1]
    assert begun["status"] == "1 câu trả lời, ở ngay dưới ô tìm"
    assert nothing == {"answers": [], "status": "Chưa có câu trả lời khớp"}
    assert too_short["answers"] == []
