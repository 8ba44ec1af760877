"""When, how often and whether at all an address is written to: quiet hours, daily limit, opt-outs, suppressions."""
