"""Lives of petitions in which every operation of both APIs is called: their requests and answers become examples."""

from __future__ import annotations

from urllib.parse import urlencode

from tests.campaigns.faults.injection import Fault
from tests.support.administration import FIRST, SECOND
from tests.support.files import picture
from tests.support.people import CITIZEN, CONTENT, Citizen, Officer, answer_petition
from tests.support.programs import NAME, Receiver, subscribe
from tests.support.system import System

PUBLIC = (
    *("fields", "published", "published/changes", "statistics", "roots", "open-data/statistics.json"),
    *("open-data/datapackage.json", "open-data/catalogue.jsonld"),
)


def play(driver: System) -> None:
    """Play them all, one after the other, and a night at the end."""
    citizen = Citizen(driver, may_publish=True)
    citizen.send()
    _of_the_petitioner(driver, citizen)
    _of_officers(driver, citizen)
    _of_what_is_public(driver)
    _of_administrators(driver)
    _of_an_answer_with_a_file(driver)
    _of_a_petition_that_goes_around(driver)
    _of_other_ends(driver)
    _of_a_unit(driver)
    _of_callers(driver)
    _of_a_provider_that_is_silent(driver)
    _of_programs(driver)
    _of_too_many(driver)
    _of_the_next_day(driver)


def _of_the_petitioner(driver: System, citizen: Citizen) -> None:
    pin = {"X-Petition-Pin": citizen.pin}
    path = f"/v1/petitions/{citizen.reference}"
    citizen.add("supplements", content="Tôi thi ở hội đồng thi Hà Nội.")
    citizen.attach(picture())
    citizen.add("contact", email="mua.tran.khac@thu.example")
    citizen.add("channels", reply_by=["SMS"])
    citizen.add("channels", reply_by=["EMAIL"])
    driver.http("POST", f"{path}/unlock", json={"contact": CITIZEN["phone"]})
    driver.http("GET", f"{path}/record", headers=pin)
    driver.http("GET", path, headers={"X-Petition-Pin": "00000000"})
    driver.http("POST", "/v1/petitions", json={"content": ""})
    citizen.add("rating", score=5)
    other = Citizen(driver, content=f"{CONTENT} Lần khác.", may_publish=True)
    other.send()
    other.add("withdrawal", reason="Đã có kết quả.")
    other.add("withdrawal/undo")
    other.add("consent/withdrawal")
    renewed = other.add("renewal")
    assert renewed.status == 200, renewed.text


def _of_officers(driver: System, citizen: Citizen) -> None:
    reference = citizen.reference
    session = driver.http(
        "POST", "/desk/v1/session", json={"username": "lan.tiepnhan", "password": "Local-lan.tiepnhan-2026"}
    )
    form = urlencode({"grant_type": "refresh_token", "refresh_token": session.json()["refresh_token"]})
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    driver.http("POST", "/desk/v1/token", body=form, headers=headers)
    driver.http("POST", "/desk/v1/session", json={"username": "nobody", "password": "not one"})
    intake, handler = Officer(driver, "lan.tiepnhan"), Officer(driver, "minh.ccvc")
    intake.post("/v1/session/renewal")
    intake.get("/v1/sessions")
    intake.post("/v1/sessions/end-others")
    driver.http("GET", "/desk/v1/petitions")
    intake.get("/v1/petitions")
    handler.do("note", reference, progress="Đang xin ý kiến hội đồng thi.")
    handler.do("accept", reference)
    handler.do("open-seal", reference, reason="Gọi hỏi thêm.")
    handler.try_to("publish", reference, subject="Hỏi", content="Hỏi", answer="Trả lời")
    file = handler.petition(reference)["attachments"][0]["id"]
    handler.post(f"/v1/petitions/{reference}/attachments/{file}")
    handler.attach(reference, picture(), "bang.jpg", "image/jpeg")
    handler.do("draft-answer", reference, text="Kết quả công bố trước 30/11.")
    approver = Officer(driver, "binh.vanphong")
    approver.do("approve", reference)
    approver.do(
        "publish",
        reference,
        subject="Kết quả thi nâng ngạch",
        content="Hỏi về thời hạn công bố kết quả thi nâng ngạch.",
        answer="Kết quả công bố trước 30/11.",
    )
    citizen.add("rating", score=1, comment="Chưa rõ thời hạn.")
    citizen.add("reopening", reason="Câu trả lời chưa nêu thời hạn.")
    operator = Officer(driver, "tong.dai")
    operator.enter_call("call-0001")
    operator.post("/v1/callers", call_id="call-0002", phone=CITIZEN["phone"])
    operator.get("/v1/calls")
    approver.get("/v1/reports/workload")
    approver.get("/v1/reports/timeliness/cases")
    Officer(driver, "kiemtoan").get("/v1/openings")
    handler.post("/v1/session/end")


def _of_what_is_public(driver: System) -> None:
    for path in PUBLIC:
        driver.http("GET", f"/v1/{path}")
    driver.http("GET", "/v1/statistics?month=never")
    driver.http("POST", "/v1/published/similar", json={"content": CONTENT})
    driver.http("GET", "/health")


def _of_administrators(driver: System) -> None:
    first, second = Officer(driver, FIRST), Officer(driver, SECOND)
    account = {
        "valid_from": "2026-11-03",
        "name": "Quy trình Bộ Nội vụ",
        "unit": "VCCVC",
        "roles": ["handler"],
        "scopes": ["petitions:read", "petitions:act"],
        "contact": "van-hanh@bnv.example",
    }
    bearer = first._bearer
    proposed = driver.http(
        "PUT", "/desk/v1/directory/machine/quy-trinh-bnv", json=account, headers=bearer
    ).json()
    first.get("/v1/proposals")
    first.get(f"/v1/proposals/{proposed['id']}")
    first.post(f"/v1/proposals/{proposed['id']}/confirm")
    second.post(f"/v1/proposals/{proposed['id']}/confirm")
    first.get("/v1/directory/machine/quy-trinh-bnv")
    first.post("/v1/machines/quy-trinh-bnv/secrets")
    again = driver.http("PUT", "/desk/v1/directory/machine/kho-du-lieu", json=account, headers=bearer).json()
    first.post(f"/v1/proposals/{again['id']}/withdraw")
    third = driver.http("PUT", "/desk/v1/directory/machine/bao-chi", json=account, headers=bearer).json()
    second.post(f"/v1/proposals/{third['id']}/reject", reason="Chưa có người chịu trách nhiệm.")
    first.get("/v1/in-doubt")
    Officer(driver, "binh.vanphong").get("/v1/contradicted-receipts")


def _contacts(number: int) -> dict[str, str]:
    """Return the telephone and address of another person."""
    return {"phone": f"0912 345 {100 + number}", "email": f"so{number}@thu.example"}


def _another(driver: System, number: int, **petition: object) -> str:
    """Send another petition, and return its reference."""
    facts = {"petitioner": CITIZEN | _contacts(number), **petition}
    citizen = Citizen(driver, content=f"{CONTENT} Việc thứ {number}.", **facts)
    citizen.send()
    return citizen.reference


def _of_an_answer_with_a_file(driver: System) -> None:
    citizen = Citizen(driver, content=f"{CONTENT} Xin văn bản.", may_publish=True)
    citizen.send()
    handler, approver = Officer(driver, "minh.ccvc"), Officer(driver, "binh.vanphong")
    handler.do("accept", citizen.reference)
    draft = f"/desk/v1/petitions/{citizen.reference}/drafts/draft-answer"
    seen = {**handler._bearer, "If-Match": '"0"'}
    for fields in ({"text": "Kết quả"}, {"text": "Kết quả ở"}):
        driver.http("PUT", draft, json={"fields": fields}, headers=seen)
    handler.get(draft.removeprefix("/desk"))
    driver.http("DELETE", draft, headers=handler._bearer)
    file = handler.attach(citizen.reference, picture(), "bang.jpg", "image/jpeg")
    handler.do("draft-answer", citizen.reference, text="Kết quả ở đâu đó.")
    approver.do("return-draft", citizen.reference, reason="Nói rõ kết quả ở đâu.")
    handler.get(f"/v1/petitions/{citizen.reference}/draft-review")
    text = "Theo Nghị định 115/2020/NĐ-CP, kết quả ở […]."
    handler.post(f"/v1/petitions/{citizen.reference}/draft-checks", text=text)
    handler.do("draft-answer", citizen.reference, text="Kết quả ở văn bản kèm theo.", attachments=[file])
    approver.do("approve", citizen.reference)
    pin = {"X-Petition-Pin": citizen.pin}
    driver.http("GET", f"/v1/petitions/{citizen.reference}/attachments/{file}", headers=pin)
    shown = {"subject": "Kết quả thi", "content": "Hỏi về kết quả thi.", "answer": "Ở văn bản kèm theo."}
    approver.do("publish", citizen.reference, **shown)
    handler.get(f"/v1/petitions/{citizen.reference}/similar-answers")
    approver.do("unpublish", citizen.reference, reason="Còn thông tin cá nhân.")
    approver.do("close", citizen.reference)
    approver.do("reopen", citizen.reference, reason="Văn bản đã được thay.")


def _of_a_petition_that_goes_around(driver: System) -> None:
    intake, handler = Officer(driver, "lan.tiepnhan"), Officer(driver, "minh.ccvc")
    reference = _another(driver, 1)
    handler.do("return-to-intake", reference, reason="Thuộc Vụ khác.")
    intake.do("classify", reference, field="CCHC")
    intake.do("assign", reference, unit="VCCVC", note="Vẫn là việc của Vụ.")
    intake.do("request-information", reference, question="Ông/Bà thi ở hội đồng nào?")
    parent, child = _another(driver, 2), _another(driver, 3)
    intake.do("merge", child, parent=parent)
    intake.do("split", child, reason="Là hai việc.")
    chosen = [
        {"reference": each, "version": handler.petition(each)["version"]} for each in (parent, reference)
    ]
    handler.post("/v1/petitions/bulk", action="accept", petitions=chosen)


def _of_other_ends(driver: System) -> None:
    intake = Officer(driver, "lan.tiepnhan")
    forwarded = _another(driver, 4)
    intake.do("forward", forwarded, body="Bộ Y tế")
    intake.do("send-letter", forwarded, body="Bộ Y tế", sent_by="POST", letter_number="4/BNV-VP")
    intake.do("guide", _another(driver, 5), text="Ông/Bà gửi đơn khiếu nại đến Sở Nội vụ Thanh Hóa.")
    intake.do("refuse", _another(driver, 6), reason="UNCLEAR")
    intake.do("restrict", _another(driver, 7))


def _of_a_unit(driver: System) -> None:
    references = [_another(driver, number) for number in (12, 13)]
    head = Officer(driver, "huong.ccvc")
    picked = [{"reference": name, "version": head.petition(name)["version"]} for name in references]
    head.get("/v1/board")
    head.post("/v1/board", petitions=picked, handler="minh.ccvc")
    head.do("reassign", references[0], handler="huong.ccvc", reason="Nghỉ ốm.")
    away = {"valid_from": "2026-11-10", "valid_to": "2026-11-12", "stand_in": "huong.ccvc"}
    head.put("/v1/absences/minh.ccvc", **away)
    head.get("/v1/absences")
    head.post("/v1/absences/minh.ccvc/end", valid_from="2026-11-10")


def _of_callers(driver: System) -> None:
    operator = Officer(driver, "tong.dai")
    caller = CITIZEN | {"phone": _contacts(8)["phone"], "email": ""}
    reference = _another(driver, 8, petitioner=caller, reply_by=["PHONE"])
    answer_petition(driver, reference)
    call = next(each for each in operator.get("/v1/calls").json()["calls"] if each["reference"] == reference)
    operator.post(f"/v1/calls/{reference}/dial", notice=call["notice"])
    outcome = {"notice": call["notice"], "attempt": call["attempt"], "outcome": "REACHED"}
    operator.post(f"/v1/calls/{reference}/outcome", **outcome)
    operator.post(
        f"/v1/callers/{reference}",
        call_id="call-0003",
        phone=_contacts(8)["phone"],
        wish="supplement",
        text="Tôi thi ở Hà Nội.",
    )


def _of_a_provider_that_is_silent(driver: System) -> None:
    administrator = Officer(driver, FIRST)
    driver.local.pumps.receipts.is_silent = True
    with driver.faults.broken("SendEmail", Fault.LOST_REQUEST):
        _another(driver, 9)
    driver.local.pumps.receipts.is_silent = False
    delivery = administrator.get("/v1/in-doubt").json()["in_doubt"][0]
    finding = {"notice": delivery["notice"], "finding": "TAKEN"}
    administrator.post(f"/v1/in-doubt/{delivery['reference']}", **finding)


def _of_programs(driver: System) -> None:
    receiver = Receiver()
    try:
        subscribe(driver, receiver)
        reference = _another(driver, 10)
        answer_petition(driver, reference)
        administrator = Officer(driver, FIRST)
        administrator.get("/v1/subscriptions")
        administrator.get(f"/v1/subscriptions/{NAME}/keys")
        listed = administrator.get(f"/v1/subscriptions/{NAME}/deliveries").json()["deliveries"][0]
        again = {"reference": listed["reference"], "delivery": listed["delivery"]}
        administrator.post(f"/v1/subscriptions/{NAME}/deliveries", **again)
        administrator.post(f"/v1/subscriptions/{NAME}/test")
        receiver.status = 410
        _another(driver, 11)
        administrator.post(f"/v1/subscriptions/{NAME}/resumption")
        receiver.status = 204
        driver.settle()
    finally:
        receiver.close()


def _of_too_many(driver: System) -> None:
    body = {"content": CONTENT, "petitioner": CITIZEN | _contacts(12)}
    for number in range(11):
        driver.http("POST", "/v1/petitions", json=body, headers={"Idempotency-Key": f"many-{number}"})


def _of_the_next_day(driver: System) -> None:
    driver.travel(days=1)
    root = driver.http("GET", "/v1/roots?month=2026-11").json()["roots"][0]
    driver.http("GET", f"/v1/roots/{root['day']}")
    driver.http("GET", "/v1/signing-key")
    approver = Officer(driver, "binh.vanphong")
    approver.get("/v1/search?q=thi+n%C3%A2ng+ng%E1%BA%A1ch")
    approver.get("/v1/changes?after=2026-11-03T00:00:00Z")
    driver.http("GET", "/desk/health")
