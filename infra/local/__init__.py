"""The whole system on one machine: `python -m infra.local` (design §7)."""
