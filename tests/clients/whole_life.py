"""The whole life of a petition, played by the generated Python clients: `python whole_life.py http://localhost:8088`.

It knows the two OpenAPI documents and nothing else of this repository; its libraries are those of the generated code.
"""

from __future__ import annotations

import sys
import time
from base64 import b64encode
from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

import httpx
from pakn_desk_client import AuthenticatedClient as DeskClient
from pakn_desk_client import Client as OpenDeskClient
from pakn_desk_client.api.directory import put_row
from pakn_desk_client.api.machines import add_machine_secret
from pakn_desk_client.api.petitions import (
    accept,
    approve,
    draft_answer,
    list_petitions,
    publish,
    show_petition,
)
from pakn_desk_client.api.proposals import confirm_proposal
from pakn_desk_client.api.session import sign_in, sign_out
from pakn_desk_client.api.token import give_token
from pakn_desk_client.models import (
    Accept,
    Approve,
    DeskView,
    DirectoryKind,
    DraftAnswer,
    IssuedSecret,
    LinePage,
    MachineTokenView,
    ProposalView,
    ProposedView,
    Publish,
    RowInput,
    SignedIn,
    SignInInput,
    TokenInput,
    TokenInputGrantType,
)
from pakn_desk_client.models import (
    Problem as DeskProblem,
)
from pakn_petitions_client import AuthenticatedClient as PinClient
from pakn_petitions_client import Client
from pakn_petitions_client.api.petitions import (
    attach_file,
    rate_petition,
    receive_petition,
    reopen_petition,
    supplement_petition,
    track_petition,
)
from pakn_petitions_client.models import (
    AttachmentInput,
    ExpectedView,
    PetitionInput,
    PetitionView,
    RatingInput,
    ReceiptView,
    ReopeningInput,
    SupplementInput,
)

T = TypeVar("T")
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cfc0f01f00050001ff56c7d2e70000000049454e44ae426082"
)
WAIT_SECONDS = 30
MACHINE = "may-khach"


def expected(kind: type[T], answer: Any) -> T:
    """Return an answer that is of a kind; anything else ends the program with what came instead."""
    if not isinstance(answer, kind):
        sys.exit(f"expected {kind.__name__}, got {answer}")
    return answer


def waited_for(read: Callable[[], T], wanted: Callable[[T], bool]) -> T:
    """Read until the value is as wanted, and return it: functions work on a petition one after the other."""
    until = time.monotonic() + WAIT_SECONDS
    while not wanted(value := read()):
        if time.monotonic() > until:
            sys.exit(f"never came: {value}")
        time.sleep(0.2)
    return value


class Petitioner:
    """Somebody whose program sends a petition and follows it."""

    def __init__(self, host: str) -> None:
        self._client = Client(base_url=host)
        petition = PetitionInput.from_dict(
            {
                "content": "Tôi dự thi nâng ngạch chuyên viên chính đợt tháng 9 nhưng đến nay chưa có thông báo kết "
                "quả. Đề nghị Bộ cho biết thời hạn công bố kết quả thi nâng ngạch công chức theo quy định.",
                "petitioner": {
                    "type": "CITIZEN",
                    "name": "Trần Thị Mùa",
                    "address": "Thôn Hạ, xã Đông Sơn, Thanh Hóa",
                    "email": "mua.tran@thu.example",
                },
                "reply_by": ["EMAIL"],
                "may_publish": True,
            }
        )
        receipt = receive_petition.sync(
            client=self._client, body=petition, idempotency_key=f"python-{time.time_ns()}"
        )
        self.receipt = expected(ReceiptView, receipt)
        self._mine = PinClient(
            base_url=host, token=self.receipt.pin, prefix="", auth_header_name="X-Petition-Pin"
        )

    def look(self) -> PetitionView:
        return expected(PetitionView, track_petition.sync(self.receipt.reference, client=self._mine))

    def supplement(self) -> None:
        body = SupplementInput(content="Tôi thi ở hội đồng thi Hà Nội.")
        answer = supplement_petition.sync(self.receipt.reference, client=self._mine, body=body)
        expected(PetitionView, answer)

    def attach(self) -> None:
        body = AttachmentInput(filename="giay-bao.png", content_type="image/png", size=len(PICTURE))
        declared = expected(
            ExpectedView, attach_file.sync(self.receipt.reference, client=self._mine, body=body)
        )
        form = declared.upload
        sent = httpx.post(form.url, data=form.fields.to_dict(), files={"file": PICTURE})
        if sent.status_code != httpx.codes.NO_CONTENT:
            sys.exit(f"the file was not taken: {sent.status_code} {sent.text}")
        waited_for(self.look, lambda view: view.attachments[0].state == "CLEAN")

    def rate(self) -> None:
        body = RatingInput(score=1, comment="Chưa rõ thời hạn.")
        expected(PetitionView, rate_petition.sync(self.receipt.reference, client=self._mine, body=body))

    def reopen(self) -> PetitionView:
        body = ReopeningInput(reason="Câu trả lời chưa nêu thời hạn.")
        return expected(
            PetitionView, reopen_petition.sync(self.receipt.reference, client=self._mine, body=body)
        )


def signed_in(host: str, username: str) -> DeskClient:
    """Return a client with the token of an officer."""
    credentials = SignInInput(username=username, password=f"Local-{username}-2026")
    session = expected(
        SignedIn, sign_in.sync(client=OpenDeskClient(base_url=f"{host}/desk"), body=credentials)
    )
    if not session.refresh_token:
        sys.exit("a session came without its refresh token")
    return DeskClient(base_url=f"{host}/desk", token=session.access_token)


def answered(host: str, reference: str) -> None:
    """Take a petition, draft its answer, approve and publish it."""
    handler, approver = signed_in(host, "minh.ccvc"), signed_in(host, "binh.vanphong")

    def seen() -> int:
        view = show_petition.sync(reference, client=handler)
        return view.version if isinstance(view, DeskView) else 0

    version = waited_for(seen, bool)
    taken = expected(DeskView, accept.sync(reference, client=handler, body=Accept(version=version)))
    draft = DraftAnswer(version=taken.version, text="Kết quả được công bố chậm nhất 30 ngày sau ngày thi.")
    draft_answer.sync(reference, client=handler, body=draft)
    view = expected(DeskView, show_petition.sync(reference, client=approver))
    approved = approve.sync(reference, client=approver, body=Approve(version=view.version))
    shown = Publish(
        version=expected(DeskView, approved).version,
        subject="Kết quả thi nâng ngạch",
        content="Hỏi về thời hạn công bố kết quả thi nâng ngạch.",
        answer="Kết quả được công bố chậm nhất 30 ngày sau ngày thi.",
    )
    expected(DeskView, publish.sync(reference, client=approver, body=shown))
    sign_out.sync(client=handler)


def machine_reads(host: str) -> None:
    """Give a machine account, and read a queue with its token."""
    first, second = signed_in(host, "quantri"), signed_in(host, "hien.quantri")
    row = RowInput.from_dict(
        {
            "valid_from": date.today().isoformat(),  # noqa: DTZ011 - any day that has come
            "name": "Máy khách thử",
            "unit": "VCCVC",
            "roles": ["handler"],
            "scopes": ["petitions:read"],
            "contact": "van-hanh@bnv.example",
        }
    )
    proposed = put_row.sync(DirectoryKind.MACHINE, MACHINE, client=first, body=row)
    confirm_proposal.sync(expected(ProposedView, proposed).id, client=second)
    issued = expected(IssuedSecret, add_machine_secret.sync(MACHINE, client=first))
    confirmed = confirm_proposal.sync(str(issued.proposal_id), client=second)
    expected(ProposalView, confirmed)
    wanted = TokenInput(grant_type=TokenInputGrantType.CLIENT_CREDENTIALS)
    credentials = b64encode(f"{issued.client_id}:{issued.client_secret}".encode()).decode()
    asking = DeskClient(base_url=f"{host}/desk", token=credentials, prefix="Basic")
    answer = expected(MachineTokenView, give_token.sync(client=asking, body=wanted))
    machine = DeskClient(base_url=f"{host}/desk", token=answer.access_token)
    expected(LinePage, list_petitions.sync(client=machine))
    refused = put_row.sync(DirectoryKind.MACHINE, MACHINE, client=machine, body=row)
    if expected(DeskProblem, refused).code != "scope-needed":
        sys.exit(f"a machine changed the directory: {refused}")


def main(host: str) -> None:
    """Play it."""
    petitioner = Petitioner(host)
    petitioner.supplement()
    petitioner.attach()
    answered(host, petitioner.receipt.reference)
    waited_for(petitioner.look, lambda view: view.state == "PUBLISHED")
    petitioner.rate()
    reopened = petitioner.reopen()
    if reopened.state == "PUBLISHED":
        sys.exit("the petition was not taken up again")
    machine_reads(host)


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
