"""The contact policy: quiet hours, daily limit, opt-outs, suppressed addresses."""
