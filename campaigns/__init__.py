"""Campaigns: greetings that staff plan, to the right members, on the right day, at their own hour, once."""

from pathlib import Path

SQL = Path(__file__).parent / "sql"
