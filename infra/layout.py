"""Paths of the repository's parts, and the functions that it has."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build"
LOCK = ROOT / "requirements" / "dev.lock"
FUNCTIONS = ("casework", "intake", "notifier", "router", "sla_timer")
