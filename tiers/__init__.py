"""The ladder: what members hold, how they rise, when they step down."""

from pathlib import Path

SQL = Path(__file__).parent / "sql"
