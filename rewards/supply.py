"""What there is of a reward: pieces put into stock and taken out, codes of suppliers."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from access import audit
from access.models import User
from core.errors import InvalidInput, LoyaltyError
from rewards.models import CodePool, Reward, Unit

MOST_AT_ONCE = 100_000
LONGEST_CODE = 80


class NotSoMuchLeft(LoyaltyError):
    """More pieces were to be taken out of stock than are left. `left`: how many are."""

    code = "not_so_much_left"
    sentence = _("Only %(left)s are left: no more can be taken out of stock.")


class OtherSupply(LoyaltyError):
    """The reward is not given out of stock, or not for supplied codes."""

    code = "other_supply"
    sentence = _("This reward is supplied in another way: change that first.")


class CodesUnusable(InvalidInput):
    """A file of codes that can't be taken. `problem`: what is wrong with which line."""

    code = "unusable_codes"
    sentence = _("These codes can't be taken: %(problem)s")


def change_stock(reward: Reward, by: int, *, actor: User | None, reason: str = "") -> int:
    """Put BY pieces into stock, or take so many free ones out (BY < 0); answer how many are left. Audited.

    Raises OtherSupply, NotSoMuchLeft.
    """
    if reward.supply != Reward.Supply.STOCK:
        raise OtherSupply
    if abs(by) > MOST_AT_ONCE:
        raise ValueError("so much at once is a mistake")
    with transaction.atomic():
        if by > 0:
            Unit.objects.bulk_create((Unit(reward=reward) for _number in range(by)), batch_size=5000)
        elif by < 0:
            _take_out(reward, -by)
        audit.record(
            "reward.stock_changed",
            subject=f"reward:{reward.pk}",
            actor=actor,
            reason=reason,
            changes={"stock": by},
        )
    return left(reward)


def left(reward: Reward) -> int:
    """How many pieces or codes of the reward are free."""
    return Unit.objects.filter(reward=reward, voucher=None, code__isnull=reward.supply != Reward.Supply.CODES).count()


def _take_out(reward: Reward, count: int) -> None:
    free = Unit.objects.filter(reward=reward, voucher=None, code=None).order_by("-id").select_for_update()
    found = list(free.values_list("pk", flat=True)[:count])
    if len(found) < count:
        raise NotSoMuchLeft(left=len(found))
    with connection.cursor() as cursor:
        cursor.execute("delete from rewards_unit where id = any(%s)", [found])


def add_codes(reward: Reward, name: str, given: Sequence[str], *, at: datetime, actor: User | None) -> CodePool:
    """Add codes of a supplier to a reward, all of them or none: each goes to one voucher. Audited.

    Raises OtherSupply; CodesUnusable for codes that are empty, too long, twice there, or known already.
    """
    if reward.supply != Reward.Supply.CODES:
        raise OtherSupply
    wanted = _checked(given)
    try:
        with transaction.atomic():
            pool = CodePool.objects.create(
                reward=reward, name=name, size=len(wanted), uploaded_at=at, uploaded_by=actor
            )
            Unit.objects.bulk_create((Unit(reward=reward, pool=pool, code=code) for code in wanted), batch_size=5000)
            audit.record(
                "reward.codes_added",
                subject=f"reward:{reward.pk}",
                actor=actor,
                changes={"pool": pool.pk, "codes": len(wanted)},
            )
    except IntegrityError as error:
        known = Unit.objects.filter(reward=reward, code__in=wanted).values_list("code", flat=True).first()
        if known is None:
            raise
        raise CodesUnusable(
            problem=_("the code ending in %(end)s is here already.") % {"end": known[-4:]}, pointer="/file"
        ) from error
    return pool


def read_codes(data: bytes) -> list[str]:
    """The codes of a file: one a line, in its first column; a first line "code" and empty lines are left out.

    Raises CodesUnusable.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CodesUnusable(problem=_("the file is not in UTF-8."), pointer="/file") from error
    try:
        found = [row[0].strip() for row in csv.reader(io.StringIO(text)) if row and any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise CodesUnusable(problem=_("the file can't be read as CSV."), pointer="/file") from error
    return found[1:] if found and found[0].lower() == "code" else found


def _checked(given: Sequence[str]) -> list[str]:
    wanted = [code.strip() for code in given]
    if not wanted:
        raise CodesUnusable(problem=_("there are none."), pointer="/file")
    if len(wanted) > MOST_AT_ONCE:
        raise CodesUnusable(problem=_("there are more than %(most)s.") % {"most": MOST_AT_ONCE}, pointer="/file")
    seen: set[str] = set()
    for line, code in enumerate(wanted, start=1):
        if not code or len(code) > LONGEST_CODE or not code.isprintable():
            raise CodesUnusable(
                problem=_("line %(line)s is empty, too long or not readable.") % {"line": line}, pointer="/file"
            )
        if code in seen:
            raise CodesUnusable(problem=_("line %(line)s repeats a code.") % {"line": line}, pointer="/file")
        seen.add(code)
    return wanted
