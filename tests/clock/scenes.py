"""What the stories of the clock begin with: a programme at noon, accounts whose points have lapsed, a code to send."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

from django.db import transaction
from django.db.models import Sum

from core import clock
from core.db import value
from core.models import JobRun, Programme
from messaging.outbox import Draft
from points import ledger
from points.ledger import Accrual, Grant
from points.models import Account, Lot, Movement, PointType, Posting
from tests import factories

GRANTED_AT = datetime(2025, 1, 10, 12, tzinfo=UTC)
WORDS = {"en": "A gift", "zh-hans": "礼物"}


def at_noon() -> Programme:
    """A programme where it is noon now, so that no business day ends during a test."""
    return factories.programme(time_zone=f"Etc/GMT{datetime.now(UTC).hour - 12:+d}")


def yesterday() -> date:
    return clock.business_date(clock.now(), Programme.objects.get()) - timedelta(days=1)


def run_of(job: str) -> JobRun | None:
    return JobRun.objects.filter(job=job, period=yesterday().isoformat()).first()


def is_done(job: str) -> bool:
    run = run_of(job)
    return run is not None and run.state == JobRun.State.DONE


def done_by(job: str) -> dict[str, int]:
    run = run_of(job)
    return run.done if run else {}


def lapsed(of: PointType, lots: int, *, day: int) -> Account:
    """An account with LOTS lots of 1, 2, 3 … points, which expired one a second, DAY days after they were granted.

    A sweep takes what expired first first: the account of day 1, then that of day 2.
    """
    member = factories.member()
    first = GRANTED_AT + timedelta(days=day)
    gifts = [
        Grant(number + 1, "gift", 1, WORDS, GRANTED_AT, first + timedelta(seconds=number)) for number in range(lots)
    ]
    with transaction.atomic():
        account = ledger.open_accounts([(member.id, of.id, GRANTED_AT)])[member.id, of.id]
        ledger.accrue([Accrual(account.account_id, "gift", gifts, GRANTED_AT, GRANTED_AT, "test")])
    return Account.objects.get(id=account.account_id)


@contextmanager
def held(account: Account) -> Iterator[None]:
    """We have a lot of ACCOUNT: who wants to change it waits for us."""
    with transaction.atomic():
        Lot.objects.select_for_update().filter(account=account).latest("id")
        yield


def waiting_for_us() -> list[int]:
    """The database connections that wait right now for what our transaction holds."""
    found: list[int] = value(
        """
        select coalesce(array_agg(pid), '{}') from pg_locks
        where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))
        """
    )
    return found


def is_connected(pid: int) -> bool:
    return bool(value("select exists (select from pg_stat_activity where pid = %s)", [pid]))


def assert_everything_expired_once(accounts: list[Account], lots: int) -> None:
    total = sum(range(1, lots + 1))
    for account in accounts:
        account.refresh_from_db()
        assert (account.pending, account.available, account.held, account.debt) == (0, 0, 0, 0)
        assert account.last_number == 1 + lots
        expired = Posting.objects.filter(account=account, kind="expire")
        assert expired.aggregate(Sum("points"), Sum("moved")) == {"points__sum": -total, "moved__sum": total}
    out = Movement.objects.filter(from_bucket="available", to_bucket="expired")
    assert Counter(out.values_list("lot_id", "points")) == Counter(Lot.objects.values_list("id", "granted"))
    assert Lot.objects.filter(remaining=0, is_open=False).count() == lots * len(accounts)


def draft(number: int) -> Draft:
    return Draft(
        kind="sign_in_code",
        reference=f"sign_in_code:{number}",
        channel="sms",
        address=f"+4477009{number:05d}",
        language="en",
        words={"code": f"{480000 + number}"},
    )
