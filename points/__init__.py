"""The points ledger and the rules by which points are earned."""

from pathlib import Path

SQL = Path(__file__).parent / "sql"
