"""Posting what a file of old receipts amounts to, as history: each thing booked for the moment it happened.

Every batch is one transaction, and everything in it is known by a natural key: after a kill, or on a second run, what
was posted answers as a repeat, and only the rest is written.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import TypeVar

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from core import clock, money
from core.db import value
from core.errors import LoyaltyError
from members import bulk_enrolment
from members.bulk_enrolment import Newcomer
from members.models import Member
from points import ledger, rules
from points.models import Account, EarningRuleVersion
from pos import purchases, returns
from pos.history import lines, plan
from pos.history.lines import FileLine, Survey
from pos.history.place import ACTOR, Known, Place
from pos.history.plan import NAME_LENGTH, SERVICE, Back, Event, Reason, Rest, Sale
from pos.history.report import Report
from pos.receipts import Brought, Receipt, waves
from sales.models import Category, Product, Purchase, Return

BATCH = 1000
# One import at a time: any number that nobody else uses as an advisory lock.
ONE_AT_A_TIME = 70_002

Progress = Callable[[int, Report], None]
Thing = TypeVar("Thing")


class ServicesEarn(LoyaltyError):
    """A rule gives points for postage, fees and corrections, and what is posted is posted for good."""

    code = "services_earn"
    sentence = _("The rule “%(rule)s” gives points for the category “service”. First publish a version without it.")


def import_file(path: Path, place: Place, *, batch: int = BATCH, dry_run: bool = False, progress: Progress) -> Report:
    """Post all that the file holds, in batches of so many receipts; answer where every line went.

    PROGRESS is told the last line done after each batch. A repeat changes nothing and answers the same report.
    With DRY_RUN nothing is written. Raises UnreadableFile and ServicesEarn before anything is posted.
    """
    survey = lines.survey(path)
    if survey.first_at and survey.last_at and not dry_run:
        _require_rules(place, survey.first_at, survey.last_at)
    report = Report(survey=survey)
    for events, rest in _ahead(_planned(path, survey, place.programme.currency, batch)):
        for each in rest:
            report.leave(each)
        if not events:
            continue
        if dry_run:
            report.plan(
                [event for event in events if isinstance(event, Sale)],
                [event for event in events if isinstance(event, Back)],
            )
        else:
            post(events, place, report)
        progress(_last_line(events[-1]), report)
    return report


def _planned(path: Path, survey: Survey, currency: str, size: int) -> Iterator[tuple[list[Event], list[Rest]]]:
    """Batches of events, each with what was found on the way to it that is none; what is left at the end, with none."""
    rest: list[Rest] = []
    for events in batches(plan.events(lines.read(path), survey, currency=currency, rest=rest.append), size):
        yield events, rest.copy()
        rest.clear()
    yield [], rest


def _ahead(things: Iterator[Thing]) -> Iterator[Thing]:
    """THINGS, each made while the one before it is in use: the file is read while the database works."""
    with ThreadPoolExecutor(max_workers=1) as reader:
        following = reader.submit(next, things, None)
        while (thing := following.result()) is not None:
            following = reader.submit(next, things, None)
            yield thing


def _require_rules(place: Place, first: datetime, last: datetime) -> None:
    """Raise ServicesEarn when any rule would give points for services, at any moment of the file."""
    book = rules.rulebook(place.programme)
    begin, end = place.moment(first), place.moment(last)
    changes = EarningRuleVersion.objects.filter(begins_at__gt=begin, begins_at__lte=end)
    moments = [begin, *changes.values_list("begins_at", flat=True)]
    for rule in (rule for moment in moments for rule in book.valid(moment)):
        if rule.covers(SERVICE):
            raise ServicesEarn(rule=rule.code)


def batches(things: Iterable[Thing], size: int) -> Iterator[list[Thing]]:
    """THINGS in lists of SIZE, the last one shorter."""
    iterator = iter(things)
    while found := list(islice(iterator, size)):
        yield found


def post(events: Sequence[Event], place: Place, report: Report) -> None:
    """Post one batch in one transaction, and add to the report what stands in the database of it afterwards.

    What one customer did is posted one after another; what several did, together.
    """
    sales: list[tuple[Sale, int]] = []
    backs: list[tuple[Back, int]] = []
    left: list[Rest] = []
    with transaction.atomic():
        value("select pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        _enrol(events, place)
        _lock(events, place)
        _list_products(events, place)
        for wave in waves(events, lambda event: [event.customer or None]):
            sales += _sell([event for event in wave if isinstance(event, Sale)], place, left)
            backs += _bring_back([event for event in wave if isinstance(event, Back)], place, left)
        booked = _total(Purchase, [pk for _event, pk in sales]) - _total(Return, [pk for _event, pk in backs])
        given = dict(Return.objects.filter(pk__in=[pk for _back, pk in backs]).values_list("pk", "amount"))
    returned = [(back, money.rounded(given[pk], place.programme.currency)) for back, pk in backs]
    for rest in [*left, *_rounded_off(returned)]:
        report.leave(rest)
    report.add([sale for sale, _pk in sales], returned, booked)


def _rounded_off(returned: Sequence[tuple[Back, Decimal]]) -> Iterator[Rest]:
    """What was given back for goods with a price finer than a coin differs by less than one from what the file says."""
    for back, amount in returned:
        if difference := amount - back.amount:
            yield plan.rest_of(back.parts[-1][1], Reason.ROUNDING, 0, difference)


def _lock(events: Sequence[Event], place: Place) -> None:
    """Take the locks of the batch in the order in which everybody takes them: purchases by id, then accounts by id.

    Later ones come wave by wave, and would meet those of a till or a sweep in another order. It comes after enrolling,
    as only then is it known who of an earlier run's members buys again.
    """
    sold = [place.purchases.get(event.sale) for event in events if isinstance(event, Back)]
    purchased = Purchase.objects.filter(pk__in={known.pk for known in sold if isinstance(known, Known)})
    list(purchased.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    doing = [(place.members.get(event.customer), place.moment(event.at)) for event in events]
    members = [(member, at) for member, at in doing if member]
    had = Account.objects.filter(member_id__in={member for member, _at in members})
    earning = purchases.accounts(members, place.programme)
    ledger.hold_accounts([*had.values_list("member_id", "point_type_id"), *earning])


def _total(model: type[Purchase] | type[Return], keys: Sequence[int]) -> Decimal:
    """What the rows say in the database, so that the report does not repeat what it was told."""
    total: Decimal | None = model.objects.filter(pk__in=keys).aggregate(total=Sum("amount"))["total"]
    return total or Decimal(0)


def _enrol(events: Sequence[Event], place: Place) -> None:
    """Enrol the customers who buy for the first time, at the moment of their first receipt."""
    first: dict[str, datetime] = {}
    for event in events:
        if isinstance(event, Sale) and event.customer and event.customer not in place.members:
            first.setdefault(event.customer, place.moment(event.at))
    if not first:
        return
    people = [Newcomer(place.external_id(customer), at) for customer, at in first.items()]
    found = bulk_enrolment.enrol_all(people, via=f"file:{place.code}")
    for customer in first:
        member = found[place.external_id(customer)]
        place.members[customer] = member.pk if member.status == Member.Status.ACTIVE else None


def _list_products(events: Sequence[Event], place: Place) -> None:
    """List the products that are sold for the first time, under the name that their first line gives them."""
    new: dict[str, FileLine] = {}
    for event in events:
        if isinstance(event, Sale):
            for sold in event.lines:
                if sold.line.sku not in place.skus:
                    new.setdefault(sold.line.sku, sold.line)
    place.skus |= new.keys()
    for sku in Product.objects.filter(sku__in=new).values_list("sku", flat=True):
        del new[sku]
    if not new:
        return
    service, _ = Category.objects.get_or_create(
        code=SERVICE, defaults={"name_en": "Services and charges", "name_zh_hans": "服务与费用"}
    )
    Product.objects.bulk_create(
        (
            Product(
                sku=line.sku,
                name=line.name[:NAME_LENGTH] or line.sku,
                price=money.rounded(line.price, place.programme.currency),
                category=None if line.is_goods else service,
            )
            for line in new.values()
        ),
        ignore_conflicts=True,
    )


def _sell(sales: Sequence[Sale], place: Place, left: list[Rest]) -> list[tuple[Sale, int]]:
    """Record sales; left out: of members who take no part, what is too large, what is recorded otherwise."""
    done = []
    wanted = []
    for sale in sales:
        if sale.customer and place.members[sale.customer] is None:
            left += _unsold(sale, place, Reason.NOT_ACTIVE)
        elif sale.amount > place.programme.most_of_a_purchase:
            left += _unsold(sale, place, Reason.TOO_LARGE)
        else:
            wanted.append(sale)
    receipts = [_receipt(sale, place) for sale in wanted]
    found = purchases.record(receipts, programme=place.programme, actor=ACTOR) if receipts else []
    for sale, receipt, recorded in zip(wanted, receipts, found, strict=True):
        if recorded.is_conflict:
            left += _unsold(sale, place, Reason.CONFLICT)
            continue
        if sale.comes_back:
            place.purchases[sale.number] = Known(recorded.purchase_id, receipt.occurred_at)
        done.append((sale, recorded.purchase_id))
    return done


def _unsold(sale: Sale, place: Place, reason: Reason) -> list[Rest]:
    if sale.comes_back:
        place.purchases[sale.number] = reason
    return [plan.rest_of(sold.line, reason, amount=sold.amount) for sold in sale.lines]


def _receipt(sale: Sale, place: Place) -> Receipt:
    at = place.moment(sale.at)
    terminal = place.terminal(sale.customer, sale.number)
    return Receipt(
        store_id=terminal.store_id,
        store_code=terminal.store.code,
        terminal_id=terminal.pk,
        terminal_code=terminal.code,
        business_on=clock.business_date(at, place.programme),
        number=sale.number,
        occurred_at=at,
        at=at,
        currency=place.programme.currency,
        lines=tuple(sold.goods for sold in sale.lines),
        member_id=place.members[sale.customer] if sale.customer else None,
    )


def _bring_back(backs: Sequence[Back], place: Place, left: list[Rest]) -> list[tuple[Back, int]]:
    """Record returns as a set; where one of them is refused, one by one, leaving out the refused."""
    brought = []
    for back in backs:
        known = place.purchases[back.sale]
        if isinstance(known, Reason):
            left += _kept(back, known)
        else:
            brought.append((back, _brought(back, known, place)))
    try:
        return _record_returns(brought, place) if brought else []
    except (returns.ReturnConflict, returns.MoreThanBought):
        if len(brought) == 1:
            left += _kept(brought[0][0], Reason.CONFLICT)
            return []
        return [done for back, _goods in brought for done in _bring_back([back], place, left)]


def _record_returns(brought: Sequence[tuple[Back, Brought]], place: Place) -> list[tuple[Back, int]]:
    with transaction.atomic():
        done = returns.record([goods for _back, goods in brought], programme=place.programme, actor=ACTOR)
    return [(back, returned.return_id) for (back, _goods), returned in zip(brought, done, strict=True)]


def _kept(back: Back, reason: Reason) -> list[Rest]:
    return [
        plan.rest_of(line, reason, quantity=-part.quantity, amount=-part.quantity * part.price)
        for part, line in back.parts
    ]


def _brought(back: Back, known: Known, place: Place) -> Brought:
    goods: dict[int, Decimal] = {}
    for part, _line in back.parts:
        goods[part.position] = goods.get(part.position, Decimal(0)) + part.quantity
    # The file is in order by the shop's clock; in the hour that this skips in spring, a sale may seem to come later.
    at = max(place.moment(back.at), known.at)
    return Brought(
        purchase_id=known.pk,
        number=back.number,
        goods=tuple(sorted(goods.items())),
        terminal_id=place.terminal(back.customer, back.sale).pk,
        occurred_at=at,
        at=at,
    )


def _last_line(event: Event) -> int:
    return event.lines[-1].line.number if isinstance(event, Sale) else event.parts[-1][1].number
