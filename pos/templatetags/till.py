"""How the till page writes money, points, quantities and times, and draws icons."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from django import template
from django.template.context import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core import money as monies
from core import words
from members import numbers
from points import rules
from points.models import PointType
from pos.till import drafts
from rewards import codes
from tiers.models import Scheme

register = template.Library()


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """An icon of the till's own set; decoration only, the words stand beside it."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        static("till/icons.svg"),
        name,
    )


@register.simple_tag(takes_context=True)
def money(context: Context, value: Decimal | None) -> str:
    """An amount in the programme's currency: £25.40; nothing for none."""
    return "" if value is None else monies.shown(value, context["seat"].programme.currency)


@register.simple_tag(takes_context=True)
def entered(context: Context, value: Decimal | None) -> str:
    """An amount as it stands in a box to type into: 25.40."""
    return "" if value is None else f"{monies.rounded(value, context['seat'].programme.currency):f}"


@register.simple_tag(takes_context=True)
def points(context: Context, value: int, point_type: PointType | None = None) -> str:
    """So many points in words: "1,250 points"; of the main point type unless another is named."""
    named = point_type or rules.rulebook(context["seat"].programme).main
    if named is None:
        return figure(value)
    return _("%(number)s %(unit)s") % {
        "number": figure(value),
        "unit": named.name if abs(value) == 1 else named.name_plural,
    }


@register.simple_tag(takes_context=True)
def missing(context: Context, value: Decimal, basis: str) -> str:
    """What a tier asks for beyond what there is: money, points or purchases."""
    if basis == Scheme.Basis.AMOUNT:
        return money(context, value)
    if basis == Scheme.Basis.POINTS:
        return points(context, int(value))
    return _("%(number)s purchases") % {"number": figure(int(value))}


@register.simple_tag(takes_context=True)
def lines_total(context: Context, item: drafts.Item) -> str:
    """What is to be paid for an item."""
    return money(context, item.amount(context["seat"].programme.currency))


@register.filter
def figure(value: int) -> str:
    """12,345; with a true minus."""
    return f"{value:,}".replace("-", words.MINUS)


@register.filter
def signed(value: int) -> str:
    """+25 or −25."""
    return words.signed(value)


@register.filter
def quantity(value: Decimal) -> str:
    """2 or 0.75, without needless zeros."""
    return words.quantity(value)


@register.filter
def left(line: Any) -> Decimal:
    """What of a line was not brought back."""
    found: Decimal = line.quantity - line.returned
    return found


@register.filter
def card_number(value: str) -> str:
    """A member number in groups of four."""
    return numbers.written(value)


@register.filter
def phone_end(value: str) -> str:
    """The last four digits of a phone: enough to be sure whose it is."""
    return f"···{value[-4:]}" if value else ""


@register.filter
def said(kept: Mapping[str, str]) -> str:
    """A text kept in both languages, in the reader's."""
    return words.in_language(kept)


@register.filter
def day(value: date | datetime) -> str:
    """A date in full, by the store's clock."""
    local = timezone.localtime(value) if isinstance(value, datetime) else value
    return date_format(local, "DATE_FORMAT")


@register.filter
def last_day(expires_at: datetime) -> str:
    """The last date at which something can be used that is gone from EXPIRES_AT on, often the first moment of a day."""
    return day(expires_at - timedelta(microseconds=1))


@register.filter
def voucher_code(code: str) -> str:
    """A voucher's code in groups of four."""
    return codes.written(code)


@register.filter
def moment(value: datetime) -> str:
    """Date and time, by the store's clock."""
    return words.moment(value)


@register.filter
def at(mapping: Mapping[Any, Any], key: Any) -> Any:
    """What a mapping holds under a key."""
    return mapping.get(key)
