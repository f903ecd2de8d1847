"""Whether beat and worker are alive, for supervisors."""

import io
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command

from loyalty_site import night, tasks

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)


def check(at: datetime, *arguments: str) -> str:
    out = io.StringIO()
    with time_machine.travel(at, tick=False):
        call_command("check_clock", *arguments, stdout=out)
    return out.getvalue().strip()


def test_a_recent_pulse_is_well() -> None:
    with time_machine.travel(AT, tick=False):
        tasks.heartbeat()

    assert night.last_pulse() == AT
    assert check(AT + timedelta(seconds=120)) == "Beat and worker were seen 120 seconds ago."


def test_an_old_pulse_is_not() -> None:
    night.feel_pulse(at=AT)

    with pytest.raises(CommandError, match=r"^Beat and worker were last seen 121 seconds ago\.$"):
        check(AT + timedelta(seconds=121))
    with pytest.raises(CommandError, match=r"^Beat and worker were last seen 31 seconds ago\.$"):
        check(AT + timedelta(seconds=31), "--seconds=30")


def test_no_pulse_is_not() -> None:
    with pytest.raises(CommandError, match=r"^Beat and worker have not been seen since the broker was emptied\.$"):
        check(AT)
