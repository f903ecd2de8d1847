"""The Chinese catalogue: collected from the source, checked against it. Needs no gettext tools.

`manage.py translations collect`, `compile` and `check`; how to work with it is in docs/translations.md.
"""
