"""The fixed values of the sandbox: whoever builds a client makes each outcome happen by writing to one of them.

No network can connect the numbers: none of the prefixes 050, 051, 053, 054 and 057 is allotted (the national
numbering plan of 2018 and the ranges given out since), while the plan's form holds, so the doors take them. The e-mail
addresses are those of Amazon SES's mailbox simulator, so they do the same on the local stack and on SES:
https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html
The keys are no secrets. docs/api.md, "Sandbox", describes all of them; a test compares.
"""

from __future__ import annotations

from datetime import timedelta

PHONE_BOUNCES = "+84570000001"
"""The provider takes each SMS, and its receipt says that it could not be delivered."""
PHONE_IS_SLOW = "+84570000002"
"""The receipt of each SMS comes `RECEIPT_COMES_AFTER` later."""
PHONE_FAILS_FIRST = "+84570000003"
"""The provider refuses the first request for each SMS for the moment (503), and takes and delivers the second."""
EMAIL_BOUNCES = "bounce@simulator.amazonses.com"
"""Each e-mail comes back: a permanent bounce."""
EMAIL_COMPLAINS = "complaint@simulator.amazonses.com"
"""Each e-mail arrives, and its reader reports it as spam."""
RECEIPT_COMES_AFTER = timedelta(minutes=10)

SANDBOX_CLIENT = "sandbox"
"""The client that `API_KEY` belongs to on the local stack, as histories name it."""
API_KEY = "pakn-sandbox-key"
"""A key that the local stack knows, also where it asks for keys."""
API_KEY_OVER_LIMIT = "pakn-sandbox-over-limit"
"""A key that is always over its limit: 429, where the setting `SANDBOX` is on."""
OVER_LIMIT_FOR_SECONDS = 60
