"""The share of the e-mails that SES sends in 24 hours is measured once an hour."""

from __future__ import annotations

from chalicelib.sla_timer.hourly.mail_quota import used_share
from infra.local.emulation import moto_insides
from tests.support.system import System


def test_the_hourly_schedule_measures_the_share_that_is_used(system: System):
    moto_insides.count_mails(170)
    system.local.functions.metrics.clear()
    system.local.pumps.hourly.fire()

    (line,) = [line for line in system.local.functions.metrics if "MailQuotaUsed" in line]
    assert '"MailQuotaUsed":[85.0]' in line.replace(" ", "")


def test_an_account_without_a_limit_uses_nothing_up():
    assert used_share({"SentLast24Hours": 170.0, "Max24HourSend": -1.0}) == 0
