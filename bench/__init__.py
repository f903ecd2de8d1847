"""Measurements against floors: what Django and PostgreSQL can do at most, in the same run, on the same machine."""
