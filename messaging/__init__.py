"""All that leaves the building: messages made of events, and their delivery."""

from pathlib import Path

SQL = Path(__file__).parent / "sql"
