"""Actions that show an officer who petitioned: open the seal, open a file. Each is recorded first."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from typing_extensions import override

from chalicelib.casework.access.permissions import Relation
from chalicelib.casework.actions.input import ActionContext, ActionInput
from chalicelib.casework.actions.officer_action import OfficerAction
from chalicelib.casework.form_fields import FOR_OFFICERS, FormField
from shared.domain.access.roles import Role
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.domain.petition.submission import Text
from shared.web.i18n import N_


class OpenSeal(ActionInput):
    """Ask who the petitioner is, and give the reason; the answer has `identity`, the history has the opening."""

    reason: Annotated[Text, Field(min_length=5, max_length=1_000)]

    @override
    def apply(self, petition: Petition, context: ActionContext) -> Petition:
        return petition.record_opening(context.change, self.reason)


ROWS = (
    OfficerAction(
        action=Action.OPEN_SEAL,
        may={
            Role.INTAKE_OFFICER: Relation.UNIT,
            Role.HANDLER: Relation.HANDLER,
            Role.HOTLINE_OPERATOR: Relation.ENTERED,
            Role.INSPECTOR: Relation.ANY,
        },
        input=OpenSeal,
        example={"reason": "Cần hỏi thêm qua điện thoại."},
        button=N_("Xem người gửi là ai"),
        warning=N_("Việc mở được ghi vào lịch sử cùng tên bạn và lý do."),
        fields=(FormField("reason", N_("Vì sao cần biết người gửi là ai"), hint=FOR_OFFICERS),),
    ),
    OfficerAction(
        action=Action.OPEN_ATTACHMENT,
        may={
            Role.INTAKE_OFFICER: Relation.UNIT,
            Role.HANDLER: Relation.HANDLER,
            Role.UNIT_HEAD: Relation.UNIT,
            Role.APPROVER: Relation.ANY,
            Role.INSPECTOR: Relation.ANY,
        },
        input=None,  # taken by opening a file: casework.desk.files
    ),
)
