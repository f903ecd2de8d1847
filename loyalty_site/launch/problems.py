"""What goes wrong in a way that the person at the terminal can mend."""

DISK_FULL = "The disk is full. Free some space (about 500 MB) and run the same command again."


class Problem(Exception):
    """Its text is all that the person reads: what is wrong and what to do about it."""


def with_log(sentence: str, tail: str) -> Problem:
    """The problem of a program that failed: the sentence, the reason if its output names one, its last lines."""
    if "No space left on device" in tail:
        sentence = f"{sentence} {DISK_FULL}"
    shown = "\n".join(f"    {line}" for line in tail.splitlines())
    return Problem(f"{sentence}\n{shown}" if shown else sentence)
