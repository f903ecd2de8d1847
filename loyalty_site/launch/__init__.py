"""`make run` and its sisters: from a bare Python to a running site, and back to nothing.

`bootstrap` runs under the system's Python and makes `.venv`; everything else runs inside it. The servers come out of
Python wheels and live in `.data/`; nothing is installed on the machine.
"""
