"""When and how often people are contacted: quiet hours, daily limit, opt-outs."""
