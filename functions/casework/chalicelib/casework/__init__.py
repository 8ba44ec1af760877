"""The officers' desk: sign in, see what is due, act, approve, publish, report, administer."""
