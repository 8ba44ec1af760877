"""The stage that the commands work on: reached, looked at, changed, and each change recorded."""
