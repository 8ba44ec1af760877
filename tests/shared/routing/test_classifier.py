"""Decisions of the router about texts; the documentation states the figures that are measured."""

import json
import subprocess
import sys
import time
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.layout import ROOT
from shared.routing import bargains, speech
from shared.routing.classifier import Decision, Lane, RoutingRules, decide, look_through
from shared.routing.rules import RoutingRulesError
from shared.routing.text import joined, read
from tests.bench import routing, routing_figures

ROWS: list[dict[str, Any]] = json.loads((ROOT / "infra/seed/routing_rules.json").read_text(encoding="utf-8"))
TODAY = date(2026, 11, 2)
BEFORE = date(2020, 6, 1)


def a_decision(
    text: str, *, on: date = TODAY, chosen_field: str | None = None, chosen_kind: str | None = None
) -> Decision:
    return decide(
        text,
        routing.rules_on(on),
        chosen_field=chosen_field,
        chosen_kind=chosen_kind,
        fields_in_force=routing.fields_on(on),
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Cán bộ công chức xã phường thi nâng ngạch có được không", id="with accents"),
        pytest.param("can bo cong chuc xa phuong thi nang ngach co duoc khong", id="without accents"),
        pytest.param("cbcc xp thi nang ngach co dc ko", id="in SMS short forms"),
        pytest.param("CBCC XP THI NÂNG NGHẠCH CÓ ĐC KHÔGN", id="shouted, with slips of spelling"),
    ],
)
def test_one_question_goes_to_one_field_however_it_is_typed(text):
    decision = a_decision(text)

    assert (decision.lane, decision.field, decision.speaks) == (Lane.ORDINARY, "CCVC", True)


@pytest.mark.parametrize(
    ("spelling", "other"),
    [
        pytest.param("hoà", "hòa", id="old and new tone placement"),
        pytest.param("nghĩ việc", "nghỉ việc", id="hỏi and ngã"),
        pytest.param("kỹ luật", "kỉ luật", id="y and i"),
        pytest.param("nghạch", "ngạch", id="ngh and ng"),
    ],
)
def test_spellings_of_one_word_are_one_word(spelling, other):
    assert read(spelling).spelled == read(other).spelled


@pytest.mark.parametrize(
    ("text", "lane"),
    [
        pytest.param(
            "toi to cao ong nguyen van teo ct xa an chan tien ho ngheo",
            Lane.RESTRICTED,
            id="a denunciation by SMS",
        ),
        pytest.param(
            "Kế toán xã lập danh sách ma để lĩnh tiền, xin giấu tên tôi",
            Lane.RESTRICTED,
            id="an anonymous but specific one",
        ),
        pytest.param(
            "The district officer asked me for a bribe", Lane.RESTRICTED, id="a denunciation in English"
        ),
        pytest.param(
            "Tôi không đồng ý quyết định số 21/QĐ-UBND kỷ luật tôi, đề nghị hủy",
            Lane.GUIDANCE,
            id="one's own decision",
        ),
        pytest.param("Nhà tôi làm sổ đỏ hai năm chưa xong", Lane.FORWARDING, id="another ministry's matter"),
        pytest.param("Sim số đẹp giá rẻ liên hệ zalo", Lane.SPAM, id="an advertisement"),
        pytest.param("!!! ... ???", Lane.SPAM, id="no word at all"),
        pytest.param("How can I extend my work permit, please?", Lane.FOREIGN, id="English"),
        pytest.param("请问如何办理工作许可", Lane.FOREIGN, id="Chinese"),
        pytest.param(
            "Luật Tố cáo quy định thời hạn giải quyết tố cáo mấy ngày",
            Lane.ORDINARY,
            id="a question on the law",
        ),
        pytest.param(
            "Cán bộ một cửa quát mắng dân, hẹn đi hẹn lại", Lane.ORDINARY, id="bad manners are no crime"
        ),
    ],
)
def test_each_kind_of_letter_takes_its_lane(text, lane):
    assert a_decision(text).lane is lane


def test_a_field_is_given_only_where_an_ordinary_or_forwarded_petition_needs_one():
    for petition in routing.petitions():
        decision = routing.decision_on(petition)
        if decision.lane is Lane.ORDINARY:
            assert (decision.field is not None) == decision.speaks
        elif decision.lane is Lane.FORWARDING:
            assert decision.field == "KHAC"
            assert decision.body
        else:
            assert decision.field is None
            assert decision.body is None
        if decision.field is not None:
            assert decision.field in routing.fields_on(date.fromisoformat(petition["on"]))


def test_a_decision_explains_itself_by_the_rules_own_phrases():
    decision = a_decision("toi muon hoi ve thi tuyen va nang ngach cong chuc")

    assert decision.because[0] == "thi tuyển, nâng ngạch, công chức → CCVC"


def test_an_explanation_never_repeats_the_name_that_was_denounced():
    decision = a_decision("Tôi tố cáo bà Hoàng Thị Quyên nhận hối lộ")

    assert "Quyên" not in " ".join(decision.because)


def test_the_senders_choice_decides_where_the_text_says_nothing():
    decision = a_decision("Nhờ quý cơ quan xem giúp trường hợp này", chosen_field="TL")

    assert (decision.field, decision.speaks, decision.because) == ("TL", True, ("người gửi chọn → TL",))


def test_the_senders_choice_does_not_win_over_a_clear_text():
    decision = a_decision("Thủ tục xét tặng huân chương lao động, bằng khen", chosen_field="TL")

    assert decision.field == "TDKT"


def test_the_senders_choice_of_a_field_that_is_not_in_force_counts_for_nothing():
    assert a_decision("Nhờ xem giúp", chosen_field="TG").speaks is False


def test_silence_gives_no_field_but_what_is_most_probable():
    decision = a_decision("Người có công là công chức thì thi đua và lương tính thế nào")

    assert (decision.speaks, decision.field) == (False, None)
    assert len(decision.best) <= 3
    assert {"NCC", "TDKT"} <= dict(decision.best).keys()


@pytest.mark.parametrize(
    ("text", "before", "since"),
    [
        pytest.param(
            "Xin phép xây chùa làng ở đâu",
            ("TG", None),
            ("KHAC", "Bộ Dân tộc và Tôn giáo"),
            id="religion left",
        ),
        pytest.param(
            "Hưởng trợ cấp thất nghiệp mấy tháng",
            ("KHAC", "Bộ Lao động - Thương binh và Xã hội"),
            ("VLAM", None),
            id="employment came",
        ),
        pytest.param(
            "Sổ bảo hiểm xã hội sai tên thì sửa ở đâu",
            ("KHAC", "Bảo hiểm xã hội Việt Nam"),
            ("TL", None),
            id="social insurance came",
        ),
    ],
)
def test_a_matter_goes_to_whoever_had_it_on_the_day_of_receipt(text, before, since):
    earlier, now = a_decision(text, on=BEFORE), a_decision(text)

    assert (earlier.field, earlier.body) == before
    assert (now.field, now.body) == since


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        pytest.param("Xin hỏi quy định về hệ số lương", "REGULATION", id="a question on a rule"),
        pytest.param("Bộ phận một cửa hách dịch, gây phiền hà", "CONDUCT", id="manners"),
        pytest.param("Tôi đề xuất sáng kiến bỏ bớt tờ khai", "INITIATIVE", id="an idea"),
    ],
)
def test_the_kind_is_read_from_the_text(text, kind):
    assert a_decision(text).kind == kind


def test_phrases_without_their_accents_do_not_make_single_syllables_ambiguous():
    assert a_decision("toi cho hoai khong co ai").lane is Lane.ORDINARY
    assert "khống" not in " ".join(a_decision("can bo khong lam viec").because)


def test_any_change_of_a_rule_changes_the_version():
    changed = [
        *ROWS,
        {
            "id": "field-X",
            "valid_from": "2018-06-18",
            "type": "field",
            "field": "TL",
            "terms": {"3": ["ăn trưa"]},
        },
    ]

    assert RoutingRules.from_rows(changed).version != RoutingRules.from_rows(ROWS).version


def test_the_version_is_the_same_whether_numbers_come_from_json_or_from_dynamodb():
    text = json.dumps(ROWS)

    assert (
        RoutingRules.from_rows(json.loads(text, parse_float=Decimal, parse_int=Decimal)).version
        == RoutingRules.from_rows(ROWS).version
    )


def test_of_two_versions_of_a_row_the_one_in_force_on_the_day_is_used():
    row = {"id": "field-TL", "type": "field", "field": "TL"}
    rows = [
        {**row, "valid_from": "2018-06-18", "terms": {"3": ["cơm trưa"]}},
        {**row, "valid_from": "2025-03-01", "terms": {"3": ["cơm tối"]}},
    ]
    fields = frozenset({"TL"})

    def field(text: str, on: date) -> str | None:
        rules = RoutingRules.from_rows(rows, on=on)
        return decide(text, rules, chosen_field=None, chosen_kind=None, fields_in_force=fields).field

    assert (field("cơm trưa", BEFORE), field("cơm trưa", TODAY)) == ("TL", None)
    assert (field("cơm tối", BEFORE), field("cơm tối", TODAY)) == (None, "TL")


def test_without_a_day_the_rules_are_those_that_have_no_end():
    rules = RoutingRules.from_rows(ROWS)

    assert "Bộ Tài nguyên và Môi trường" not in rules.bodies.values()
    assert "Bộ Nông nghiệp và Môi trường" in rules.bodies.values()


@pytest.mark.parametrize(
    "row",
    [
        pytest.param({"type": "field", "terms": {"1": ["x"]}}, id="a field without its code"),
        pytest.param(
            {"type": "field", "field": "TL", "terms": {"heavy": ["x"]}}, id="a weight that is no number"
        ),
        pytest.param(
            {"type": "lane", "lane": "SPAM", "order": 1, "when": [{"needs": ["nothing"], "confidence": 1}]},
            id="a lane that needs an unknown signal",
        ),
        pytest.param({"type": "limits", "limits": {"speek_from": 1}}, id="a misspelt limit"),
    ],
)
def test_a_row_that_cannot_be_used_is_refused_with_its_name(row):
    with pytest.raises(RoutingRulesError):
        RoutingRules.from_rows([{"id": "mine", "valid_from": "2018-06-18", **row}])


@given(st.text(max_size=400))
def test_every_text_gets_a_decision(text):
    decision = a_decision(text)

    assert 0 <= decision.confidence <= 1
    assert decision.rules_version == routing.rules_on(TODAY).version


def test_a_decision_takes_under_five_milliseconds():
    texts = [petition["text"] for petition in routing.petitions("unseen")]
    a_decision(texts[0])
    started = time.process_time()
    for text in texts:
        a_decision(text)

    assert (time.process_time() - started) / len(texts) < 0.005


def test_a_text_is_decided_alike_in_every_process():
    code = (
        "import sys; sys.path.insert(0, '.'); from tests.bench import routing;"
        " print([routing.decision_on(petition) for petition in routing.petitions('unseen')])"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }

    assert len(outputs) == 1


def test_importing_the_classifier_brings_in_no_aws():
    heavy = "{'boto3', 'botocore', 'chalice', 'pydantic'}"
    code = f"import sys; import shared.routing.classifier; print({heavy} & {{*sys.modules}})"

    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == "set()"


def test_there_are_thirty_labelled_texts_for_every_field_and_lane_and_no_text_twice():
    petitions = routing.petitions()
    counts: dict[str, int] = {}
    for petition in petitions:
        counts[routing.expected(petition)] = counts.get(routing.expected(petition), 0) + 1

    assert len({petition["text"] for petition in petitions}) == len(petitions)
    assert counts.keys() == routing.FIELDS_2018 | routing.FIELDS_2025 | {*map(str, Lane)} - {"ORDINARY"}
    assert min(counts.values()) >= 30


def test_no_denunciation_that_the_models_were_trained_on_reaches_a_unit():
    rules = routing.rules_on(TODAY)
    denunciations = [text for text in routing_figures.texts() if text.denounces]

    leaks = [text.text for text in denunciations if routing_figures.judge(text, rules).place == "unit"]

    assert leaks == []


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        pytest.param("xin hoi bi thu chi bo duoc phu cap bao nhieu", "CQDP", id="a secretary, no envelope"),
        pytest.param(
            "hop dong 111 bao ve co phai ky khong", "TCBM", id="to sign or not, no signing in blank"
        ),
        pytest.param("ngo nha toi ngap nuoc, de nghi lam cong", "KHAC", id="an alley, no NGO"),
        pytest.param(
            "Cảm ơn anh Dũng đã giúp tôi làm giấy tờ rất nhanh, không nhận quà",
            "TTRA",
            id="thanks",
        ),
        pytest.param(
            "Đề nghị xem lại việc điều chỉnh địa giới hành chính xã Bình Minh.", "CQDP", id="a proposal"
        ),
    ],
)
def test_harmless_texts_that_were_taken_for_secrets_go_where_a_person_would_send_them(text, outcome):
    decision = a_decision(text)

    assert decision.suspicion == ()
    assert decision.best[0][0] == outcome
    assert decision.lane in {Lane.ORDINARY, Lane.FORWARDING}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "Ông phó phòng mang máy phát điện của xã về nhà dùng mấy năm nay", id="a plain statement"
        ),
        pytest.param(
            "Phòng tôi có chuyện khuất tất về tiền nong, xin giữ kín cho tôi", id="who asks for secrecy"
        ),
        pytest.param("xa toi cap gao cuu doi thieu, ai cung ky du ma nhan co mot nua", id="no person at all"),
    ],
)
def test_what_may_be_a_denunciation_goes_to_no_unit_and_says_why(text):
    decision = a_decision(text)

    assert decision.lane is not Lane.ORDINARY or not decision.speaks
    assert decision.suspicion or decision.lane is Lane.RESTRICTED


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Xin hỏi thủ tục thi nâng ngạch chuyên viên chính năm nay", id="a question"),
        pytest.param("Cán bộ một cửa thái độ hách dịch, hẹn đi hẹn lại", id="manners"),
        pytest.param("Hệ số lương của tôi chưa được nâng theo thông tư mới", id="one's own matter"),
    ],
)
def test_what_denounces_nobody_is_not_held_up(text):
    decision = a_decision(text)

    assert (decision.speaks, decision.suspicion) == (True, ())


def test_an_advertisement_is_no_suspected_denunciation():
    decision = a_decision("Vay tiền nhanh lãi suất 0%, giải ngân trong 5 phút, liên hệ zalo")

    assert (decision.lane, decision.suspicion) == (Lane.SPAM, ())


@pytest.mark.parametrize("unit", ["1", "12 ", "hai ba ", "nộp 5 ", "co duoc ", "ai thì ", "có được ", "x."])
def test_nobody_can_write_a_text_that_takes_long_to_read(unit):
    """A pattern that tries every split of a long number would not return in time."""
    assert a_decision((unit * 10_000)[:10_000]).rules_version


@pytest.mark.parametrize(
    ("text", "done"),
    [
        pytest.param("Xin hỏi nâng bậc lương mấy năm một lần", {"asking"}, id="a question"),
        pytest.param("toi muon hoi thu tuc nang ngach the nao", {"asking"}, id="a question without accents"),
        pytest.param("Nên gộp hai thủ tục này làm một cho dân đỡ đi lại", {"proposing"}, id="an idea"),
        pytest.param("Đề nghị thanh tra việc thu chi của quỹ thôn tôi từ năm ngoái", set(), id="no idea"),
        pytest.param("Tiền không về quỹ đồng nào", set(), id="what looks like a question and denies"),
    ],
)
def test_what_a_sender_does_is_seen_clause_by_clause(text, done):
    assert set(speech.see(text, lambda _: False)) == done


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        pytest.param("nop 5tr moi ky nhan xet", {"sum", "priced"}, id="in figures"),
        pytest.param("cứ đóng tám trăm khỏi học", {"sum", "priced"}, id="in words"),
        pytest.param("lương cơ sở 2,34 triệu", {"sum"}, id="a sum that nobody hands over"),
        pytest.param("ai không nộp thì bị trả hồ sơ", {"condition"}, id="a condition without a sum"),
        pytest.param("nhà tôi có tám người con", set(), id="a number that is no sum"),
    ],
)
def test_what_is_to_be_had_at_a_price_is_seen(text, signs):
    assert {*bargains.see(read(text))} - {"money"} == signs


def test_the_documentation_states_the_figures_of_the_rules_in_force():
    text = (ROOT / "docs/routing.md").read_text(encoding="utf-8")

    assert f"rules `{routing.rules_on(TODAY).version}`" in text, "run `make train-routing`"


def test_the_models_stay_small():
    models = [row for row in ROWS if row["type"] == "model"]

    assert {row["purpose"] for row in models} == {"field", "denunciation"}
    for row in models:
        assert row["weights"].count("|") < 4000
        assert len(json.dumps(row, ensure_ascii=False).encode()) <= 64_000


def test_a_phrase_that_decides_wins_over_the_model():
    text = "Xin hỏi cách tính lương hưu cho giáo viên"
    decides = {
        "id": "mine",
        "valid_from": "2018-06-18",
        "type": "decides",
        "field": "DTBD",
        "terms": ["giáo viên"],
    }
    rules = RoutingRules.from_rows([*ROWS, decides], on=TODAY)

    decision = decide(
        text, rules, chosen_field=None, chosen_kind=None, fields_in_force=routing.fields_on(TODAY)
    )

    assert a_decision(text).field == "TL"
    assert (decision.field, decision.because[0]) == ("DTBD", "giáo viên → DTBD")


def test_a_subject_that_only_repeats_the_beginning_counts_once():
    content = "Tôi hỏi về cách tính phụ cấp thâm niên của nhà giáo chuyển sang làm công chức"

    assert joined("Tôi hỏi về cách tính phụ cấp…", content) == content
    assert joined("Phụ cấp", content) == f"Phụ cấp\n{content}"


@pytest.mark.parametrize(
    "text",
    [
        "Số báo danh 0123.",
        "Toi thi o hoi dong thi Ha Noi",
        "Số điện thoại của tôi là 0912.",
        "Tôi bổ sung bản chụp quyết định.",
        "Tôi gửi ảnh chụp thẻ đảng viên.",
        "Quyết định số 12/QĐ-UBND ngày 3/4/2026",
        "Đã nộp tại bộ phận một cửa huyện",
        "Con tôi tên là Nguyễn Văn Bình, sinh 2001",
        "Hệ số lương hiện nay của tôi là 3.33",
    ],
)
def test_an_added_line_that_tells_of_no_wrong_is_not_held(text):
    assert look_through(text, routing.rules_on(TODAY)).because == ()


@pytest.mark.parametrize(
    "text",
    [
        "Ông Hùng vòi tôi 5 triệu",
        "Ho doi 3 trieu moi lam",
        "Bà ấy sửa điểm cho người nhà",
        "Có người nhận hối lộ trong vụ này",
        "Chúng nó làm giả giấy tờ để hưởng chế độ",
        "Cán bộ địa chính lấy đất công",
    ],
)
def test_an_added_line_that_tells_of_a_wrong_is_held_for_a_person(text):
    assert look_through(text, routing.rules_on(TODAY)).because
