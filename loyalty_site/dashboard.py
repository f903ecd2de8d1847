"""The first page of the staff site: what happened on this business day, and whether the books balance."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zlib import crc32

from django.core.cache import cache
from django.db.models import Aggregate, Count, Q, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core import clock, db, once, words
from core.models import JobRun
from members.models import Member
from messaging.models import Message
from points.models import PointType
from pos.models import Settlement
from sales.models import Purchase


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of the day, and of the day before. `is_bad`: somebody should look. `link`: where more is told."""

    name: str | Promise
    value: str
    before: str = ""
    link: str = ""
    is_bad: bool = False


@dataclass(frozen=True, slots=True)
class Days:
    """When yesterday began, and when today did."""

    yesterday: datetime
    today: datetime

    def each(self, name: str, what: Aggregate, moment: str) -> dict[str, Aggregate]:
        """WHAT of each of the two days, by the time that stands in MOMENT: {name}_today and {name}_yesterday."""
        is_today = Q(**{f"{moment}__gte": self.today})
        sources = what.get_source_expressions()
        return {
            f"{name}_today": type(what)(sources[0], filter=is_today),
            f"{name}_yesterday": type(what)(sources[0], filter=~is_today),
        }


BOOKS = """
    select t.code, t.name_plural_en, t.name_plural_zh_hans,
           a.accounts, a.pending, a.available, a.held, a.debt, l.points as in_lots
    from points_pointtype t
    cross join lateral (
        select count(*) as accounts, coalesce(sum(pending), 0)::bigint as pending,
               coalesce(sum(available), 0)::bigint as available, coalesce(sum(held), 0)::bigint as held,
               coalesce(sum(debt), 0)::bigint as debt
        from points_account where point_type_id = t.id
    ) a
    cross join lateral (
        select coalesce(sum(l.remaining + l.reserved), 0)::bigint as points
        from points_lot l join points_account o on o.id = l.account_id
        where o.point_type_id = t.id and (l.is_open or l.reserved > 0)
    ) l
    order by t.is_default desc, t.code
"""
BOOKS_SECONDS = 300
# A later release that asks something else must not read the answers of this one.
BOOKS_KEY = f"staff.books.{crc32(BOOKS.encode())}"


@dataclass(frozen=True, slots=True)
class Book:
    """The totals of one point type. They balance when what accounts hold is what their lots hold."""

    code: str
    name_plural_en: str | None
    name_plural_zh_hans: str | None
    accounts: int
    pending: int
    available: int
    held: int
    debt: int
    in_lots: int

    @property
    def name(self) -> str:
        return words.in_language({"en": self.name_plural_en or "", "zh-hans": self.name_plural_zh_hans or ""})

    @property
    def difference(self) -> int:
        return self.pending + self.available + self.held - self.in_lots


def today(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The figures that whoever asks may see."""
    programme = once.programme_or_none()
    if programme is None:
        return {**context, "figures": [], "books": []}
    day = clock.business_date(clock.now(), programme)
    days = Days(clock.start_of(day - timedelta(days=1), programme), clock.start_of(day, programme))
    figures = [
        *_sales(request, days, programme.currency),
        *_members(request, days),
        *_operations(request, days.today),
    ]
    return {**context, "figures": figures, "books": books(request), "day": day}


def books(request: HttpRequest) -> list[Book]:
    """What members have, by point type: as accounts say and as their lots add up. Read anew every five minutes."""
    if not request.user.has_perm("points.view_account"):
        return []
    rows = cache.get_or_set(BOOKS_KEY, lambda: db.rows(BOOKS), BOOKS_SECONDS)
    return [Book(**row) for row in rows or []]


def _sales(request: HttpRequest, days: Days, currency: str) -> list[Figure]:
    if not request.user.has_perm("sales.view_purchase"):
        return []
    sold = Purchase.objects.filter(occurred_at__gte=days.yesterday).aggregate(
        **days.each("count", Count("pk"), "occurred_at"), **days.each("amount", Sum("amount"), "occurred_at")
    )
    main = PointType.objects.filter(is_default=True).values("pk")
    settled = Settlement.objects.filter(purchase__occurred_at__gte=days.yesterday, point_type_id__in=main)
    accrued = settled.aggregate(**days.each("points", Sum("posting__points"), "purchase__occurred_at"))
    link = reverse("admin:sales_purchase_changelist")

    def money(day: str) -> str:
        return words.amount(sold[f"amount_{day}"] or Decimal(0), currency)

    return [
        Figure(_("Purchases"), f"{sold['count_today']:,}", f"{sold['count_yesterday']:,}", link),
        Figure(_("Sales"), money("today"), money("yesterday"), link),
        Figure(
            _("Points accrued by them"),
            f"{accrued['points_today'] or 0:,}",
            f"{accrued['points_yesterday'] or 0:,}",
            link,
        ),
    ]


def _members(request: HttpRequest, days: Days) -> list[Figure]:
    if not request.user.has_perm("members.view_member"):
        return []
    found = Member.objects.filter(enrolled_at__gte=days.yesterday)
    new = found.aggregate(**days.each("count", Count("pk"), "enrolled_at"))
    link = reverse("admin:members_member_changelist")
    return [Figure(_("New members"), f"{new['count_today']:,}", f"{new['count_yesterday']:,}", link)]


def _operations(request: HttpRequest, since: datetime) -> list[Figure]:
    found = []
    if request.user.has_perm("core.view_jobrun"):
        failed = JobRun.objects.filter(state=JobRun.State.FAILED, started_at__gte=since).count()
        link = reverse("admin:core_jobrun_changelist")
        found.append(Figure(_("Failed jobs"), f"{failed:,}", link=link, is_bad=failed > 0))
    if request.user.has_perm("messaging.view_message"):
        lost = Message.objects.filter(state=Message.State.FAILED, created_at__gte=since).count()
        link = f"{reverse('admin:messaging_message_changelist')}?state__exact=failed"
        found.append(Figure(_("Failed messages"), f"{lost:,}", link=link, is_bad=lost > 0))
    return found
