"""The command of whoever is on call: what lies where, why, and the few changes that are safe (`docs/runbook.md`)."""
