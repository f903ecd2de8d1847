"""What would come of it: a basket before it is paid, goods before they are taken back. Nothing is kept.

A basket is priced by what prices the sale (pos.pricing), so that the sale earns what was quoted, unless rules, tier or
clock have moved on between.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from django.db import OperationalError, transaction

from campaigns import offers
from campaigns.matching import Matched, Missed
from campaigns.offerbook import Visit
from core import clock, db
from core.clock import Hours
from core.errors import LoyaltyError
from core.models import Programme
from core.revisions import PerRevision
from members import identity
from points import queries as points
from points import rules
from points.earning import Context, Quote
from points.queries import Balance
from pos import assignment, discounts, idempotency, pricing, returns
from pos.discounts import Coupon
from pos.receipts import Brought, Line
from pos.returns import Returned
from pos.settling import Recorded
from rewards import vouchers
from rewards.models import Voucher
from sales.models import Product
from tiers import qualification
from tiers.models import Scheme, Tier
from tiers.qualification import Held, Progress

# Who is nobody yet: members without a standing hold the lowest tier.
NOBODY = 0

Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class Taken:
    """A voucher as it was named, and what it takes off; why it can't be used, when it can't."""

    given: str
    voucher: Voucher | None
    off: Decimal
    refusal: LoyaltyError | None


@dataclass(frozen=True, slots=True)
class Priced:
    """A basket with what vouchers take off it: `lines` as the purchase would be posted."""

    total: Decimal
    to_pay: Decimal
    lines: Sequence[Line]
    vouchers: Sequence[Taken]


def _ladder(_programme: Programme) -> list[Tier]:
    return list(Tier.objects.order_by("rank"))


ladder = PerRevision(_ladder)


@dataclass(frozen=True, slots=True)
class Quoted:
    """What a basket would earn, how the member stands before it, and where it leads.

    `points`: of the main point type. `rises_to`: the tier that it reaches, if any. `next_tier`, `missing`: what would
    come after it; none at the highest.
    """

    quote: Quote
    points: int
    balance: Balance
    progress: Progress
    rises_to: Tier | None
    next_tier: Tier | None
    missing: Decimal
    missed: Sequence[Missed] = ()


def quote(
    lines: Sequence[Line], member_id: int | None, *, programme: Programme, at: datetime, visit: Visit | None = None
) -> Quoted:
    """What LINES would earn for the member, sold AT; without member, what somebody who enrols now would get.

    VISIT says where, for the offers of that store; without it none count. Three queries, one more where there are
    offers; one fewer without member, and where every line names its category.
    """
    book, rungs = rules.rulebook(programme), ladder(programme)
    progress = qualification.progress(member_id or NOBODY, at, ladder=rungs)
    context = pricing.at_sale(book, programme, progress.held, occurred_at=at, at=at)
    goods = _goods(lines)
    matched = _offers(goods, visit, member_id or NOBODY, context, programme, progress.held)
    found = pricing.quote(goods, replace(context, bonuses=matched.bonuses), book)
    total = progress.total + _counts(found, bool(goods), progress.basis)
    reached = [tier for tier in rungs if tier.threshold <= total and tier.rank > progress.tier.rank]
    held_then = reached[-1] if reached else progress.tier
    above = next((tier for tier in rungs if tier.rank > held_then.rank), None)
    return Quoted(
        quote=found,
        points=found.points(book.main.pk) if book.main else 0,
        balance=points.balance(member_id, at) if member_id else Balance(),
        progress=progress,
        rises_to=reached[-1] if reached and goods else None,
        next_tier=above,
        missing=above.threshold - total if above else Decimal(0),
        missed=matched.missed,
    )


def here(store: str, hours: Hours, at: datetime) -> Visit:
    """AT in a store that keeps these HOURS, as offers ask."""
    return Visit(at, store, clock.business_date(at, hours))


def _offers(
    goods: Sequence[tuple[str, Decimal]],
    visit: Visit | None,
    member_id: int,
    context: Context,
    programme: Programme,
    held: Held,
) -> Matched:
    """What goods would win, and what not. One query where there is anything to win."""
    there = pricing.on_offer(programme, visit) if visit and goods else []
    standing = offers.standing(member_id, [terms.offer_id for terms in there])
    return pricing.match(goods, there, context, rules.rulebook(programme), held, standing)


def price(lines: Sequence[Line], given: Sequence[str], *, currency: str, at: datetime) -> Priced:
    """LINES less what the vouchers of the codes GIVEN take off, as the till page reckons it. One query a voucher."""
    total = sum((line.amount for line in lines), Decimal(0))
    found = [_usable(code, at) for code in given]
    usable = [voucher for voucher, refusal in found if voucher and not refusal]
    coupons = [Coupon(each.code, each.names, each.amount, each.percent) for each in usable]
    offs = dict(zip((each.pk for each in usable), discounts.taken_off(total, coupons, currency), strict=True))
    off = sum(offs.values(), Decimal(0))
    amounts = discounts.spread([line.amount for line in lines], off, currency)
    return Priced(
        total=total,
        to_pay=total - off,
        lines=[replace(line, amount=amount) for line, amount in zip(lines, amounts, strict=True)],
        vouchers=[
            Taken(code, voucher, offs.get(voucher.pk, Decimal(0)) if voucher else Decimal(0), refusal)
            for code, (voucher, refusal) in zip(given, found, strict=True)
        ],
    )


def _usable(code: str, at: datetime) -> tuple[Voucher | None, LoyaltyError | None]:
    voucher = None
    try:
        voucher = vouchers.find(code)
        vouchers.require_ready(voucher, at)
        identity.require_active(voucher.member)
    except LoyaltyError as refusal:
        return voucher, refusal
    return voucher, None


def _goods(lines: Sequence[Line]) -> list[tuple[str, Decimal]]:
    """Category and amount of each line: the till's word, else the product's, as the sale takes them."""
    unsaid = [line.sku for line in lines if line.category is None]
    products = Product.objects.filter(sku__in=unsaid, category__isnull=False).values_list("sku", "category__code")
    known: dict[str, str] = dict(products) if unsaid else {}
    return [(known.get(line.sku, "") if line.category is None else line.category, line.amount) for line in lines]


def _counts(found: Quote, is_something: bool, basis: str) -> Decimal:
    """What the basket would count towards tiers."""
    if basis == Scheme.Basis.AMOUNT:
        return found.qualifying_amount
    if basis == Scheme.Basis.POINTS:
        return Decimal(found.qualifying_points)
    return Decimal(is_something)


def of_return(brought: Brought, *, programme: Programme, actor: str) -> Returned:
    """What a return would take back, and how the member would stand. Raises what returns.record raises, and Busy."""
    return _undone(lambda: returns.record([brought], programme=programme, actor=actor)[0])


def of_giving(purchase_id: int, member_id: int, *, programme: Programme, at: datetime, actor: str) -> Recorded:
    """What a receipt would earn if it were given to the member. Raises what assignment.assign raises, and Busy."""
    return _undone(lambda: assignment.assign(purchase_id, member_id, programme=programme, at=at, actor=actor))


def _undone(work: Callable[[], Done]) -> Done:
    """What WORK answers, once all that it did is undone again.

    What goes by a member's lots, debts and tier as they are is told to the point by doing it, and by nothing else.
    """
    try:
        with transaction.atomic():
            db.value("select set_config('lock_timeout', %s, true)", [idempotency.PATIENCE])
            done = work()
            transaction.set_rollback(True)
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", None) in idempotency.PASSING:
            raise idempotency.Busy from error
        raise
    return done
