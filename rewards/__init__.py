"""Rewards: what members can have for their points, the vouchers they get, and how they prove that it is them."""

from pathlib import Path

SQL = Path(__file__).parent / "sql"
