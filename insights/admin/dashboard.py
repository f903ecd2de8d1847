"""The first page of the staff site: the figures of a period against the one before, for whoever may see them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core import clock, once
from core.models import Programme
from insights import books, claims, metrics, queries
from insights.admin import cards, pictures
from insights.admin.cards import Alarm, Card
from insights.admin.pictures import Picture, Share
from insights.forms import CHOICES, CUSTOM, PeriodForm, chosen_type
from insights.metrics import Metric, Span
from points.models import PointType

TOP_STORES = 10
TOP_REWARDS = 8


@dataclass(frozen=True, slots=True)
class Section:
    """Cards that belong together."""

    title: str | Promise
    cards: Sequence[Card]


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, about what, and what was already read for it."""

    request: HttpRequest
    programme: Programme
    span: Span
    reach: queries.Reach | None

    def may(self, *permissions: str) -> bool:
        return all(self.request.user.has_perm(permission) for permission in permissions)

    def cards(self, found: Sequence[Metric]) -> list[Card]:
        return [cards.card(metric, self.programme.currency) for metric in found]


def show(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What whoever asks may see, of the period that the address names."""
    programme = once.programme_or_none()
    if programme is None:
        return context
    form = PeriodForm(request.GET, today=clock.business_date(clock.now(), programme))
    asked = Asked(request, programme, Span.of(form.days), _reach(request, programme))
    points = _points(asked)
    found = {**_members(asked), **_sales(asked), **points}
    sections = [found[name] for name in ("members", "sales", "points") if name in found]
    return {
        **context,
        "form": form,
        "choices": [(code, name, code == form.chosen) for code, name in CHOICES if code != CUSTOM],
        "is_custom": request.GET.get("period") == CUSTOM,
        "since": request.GET.get("since") or f"{asked.span.period.first}",
        "until": request.GET.get("until") or f"{asked.span.period.last}",
        "period": cards.days(asked.span.period),
        "before": cards.days(asked.span.before),
        "has_figures": bool(sections),
        "address": _address(request),
        "sections": sections,
        **{name: found[name] for name in ("stores", "hidden_stores", "pictures", "types", "type") if name in found},
        "tiers": pictures.tiers(queries.tiers()) if asked.may("tiers.view_standing", "members.view_member") else [],
        "rewards": _rewards(asked),
        "books": books.now() if asked.may("points.view_account") else [],
        "shows_worth": asked.may("points.view_pointtype"),
        "may_see_month": asked.may("insights.export_month"),
        "alarms": _alarms(asked),
    }


def _address(request: HttpRequest) -> str:
    """The period in the address, so that another type of points can be asked for beside it."""
    kept = request.GET.copy()
    kept.pop("points", None)
    return f"?{kept.urlencode()}&" if kept else "?"


def _reach(request: HttpRequest, programme: Programme) -> queries.Reach | None:
    """What the kept days cover, when something is to be read from them."""
    may = any(request.user.has_perm(name) for name in ("sales.view_purchase", "insights.view_pointsday"))
    return queries.reach(programme) if may else None


def _members(asked: Asked) -> dict[str, Any]:
    if not asked.may("members.view_member"):
        return {}
    found = metrics.members(asked.span, asked.programme)
    return {"members": Section(_("Members"), asked.cards(found))}


def _sales(asked: Asked) -> dict[str, Any]:
    if asked.reach is None or not asked.may("sales.view_purchase"):
        return {}
    rows = queries.sold(asked.span.whole, asked.reach, asked.programme)
    shown = metrics.sales(rows, asked.span)
    if asked.may("sales.view_return"):
        shown.append(metrics.returned(rows, asked.span))
    found: dict[str, Any] = {"sales": Section(_("Sales"), asked.cards(shown))}
    if asked.may("sales.view_store"):
        sold = metrics.stores(rows, asked.span)
        found["stores"] = pictures.stores(sold[:TOP_STORES], asked.programme.currency)
        found["hidden_stores"] = pictures.stores(sold[TOP_STORES:], asked.programme.currency)
    return found


def _points(asked: Asked) -> dict[str, Any]:
    if asked.reach is None or not asked.may("insights.view_pointsday"):
        return {}
    types = list(PointType.objects.order_by("-is_default", "code"))
    point_type = chosen_type(asked.request.GET.get("points", ""), types)
    if point_type is None:
        return {}
    rows = queries.moved(asked.span.whole, asked.reach, asked.programme)
    flows = metrics.flows(rows, asked.span, point_type)
    shown = [*metrics.balances(rows, asked.span, point_type), *flows]
    drawn: list[Picture] = [pictures.points(flows, asked.span)]
    if asked.may("points.view_pointtype", "points.view_account"):
        liability = metrics.liability(rows, asked.span, {each.pk: each.worth for each in types})
        shown.insert(0, liability)
        if any(each.worth for each in types):
            drawn.append(pictures.over_time(liability, asked.span, _("Liability over time"), asked.programme.currency))
    return {
        "points": Section(_("Points"), _with_month(asked, asked.cards(shown))),
        "pictures": drawn,
        "types": types if len(types) > 1 else [],
        "type": point_type,
    }


def _rewards(asked: Asked) -> list[Share]:
    if not asked.may("rewards.view_reward", "rewards.view_voucher"):
        return []
    since = clock.start_of(asked.span.period.first, asked.programme)
    until = clock.start_of(asked.span.period.day_after, asked.programme)
    return pictures.rewards(claims.claimed(since, until, most=TOP_REWARDS))


def _with_month(asked: Asked, shown: list[Card]) -> list[Card]:
    """The liability leads to the month for the accountant."""
    if not asked.may("insights.export_month"):
        return shown
    return [replace(card, link=reverse("admin:month")) if card.code == "liability" else card for card in shown]


def _alarms(asked: Asked) -> list[Alarm]:
    """What failed today."""
    of_jobs, of_messages = asked.may("core.view_jobrun"), asked.may("messaging.view_message")
    if not (of_jobs or of_messages):
        return []
    jobs, messages = queries.failures(
        clock.start_of(clock.business_date(clock.now(), asked.programme), asked.programme)
    )
    found = []
    if of_jobs:
        found.append(Alarm(_("Failed jobs today"), jobs, reverse("admin:core_jobrun_changelist")))
    if of_messages:
        link = f"{reverse('admin:messaging_message_changelist')}?state__exact=failed"
        found.append(Alarm(_("Failed messages today"), messages, link))
    return found
