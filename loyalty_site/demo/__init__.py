"""The demo: a part of a real shop's year, moved to end yesterday, with invented people. See docs/import.md."""
