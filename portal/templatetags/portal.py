"""How pages write numbers, money and points, and draw icons."""

import re
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.template.context import Context
from django.template.loader import render_to_string, select_template
from django.templatetags.static import static
from django.utils.formats import date_format
from django.utils.html import escape, format_html, format_html_join, linebreaks
from django.utils.safestring import SafeString
from django.utils.text import Truncator, capfirst
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from core import branding
from core.models import JobRun, Programme
from core.revisions import PerRevision
from members import birthdays, numbers
from members.birthdays import Birthday
from messaging import kinds
from messaging.models import Message
from points.rules import Rule
from portal import disclosure, figures, overview, wares
from rewards import codes as voucher_codes
from rewards.models import Reward

register = template.Library()

LINK = re.compile(r"(https?://[^\s<>\"'，。）]+)")
LONGEST_LINK = 32


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """An icon of the house's own set; decoration only, the words stand beside it."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        static("portal/icons.svg"),
        name,
    )


@register.simple_tag
@cache
def styles(*names: str) -> SafeString:
    """The style sheets of these names, in this order."""
    links = [(static(f"portal/{name}.css"),) for name in names]
    return format_html_join("\n", '<link rel="stylesheet" href="{}">', links)


@register.simple_tag(takes_context=True)
def looks(context: Context) -> SafeString:
    """The colours of the night, as the reader wants them, and the colour of the window around the page."""
    return _looks(context.get("look", "auto"))


@cache
def _looks(look: str) -> SafeString:
    return render_to_string("portal/_looks.html", {"look": look})


def _identity(programme: Programme) -> SafeString:
    return _drawn("portal/_identity.html", programme)


def _emblem(programme: Programme) -> SafeString:
    return _drawn("portal/_emblem.html", programme)


def _drawn(name: str, programme: Programme | None) -> SafeString:
    logo = branding.logo(programme) if programme else None
    return render_to_string(name, {"programme": programme, "logo": logo})


# The same on every page: drawn once, until the programme changes.
_identity_of = PerRevision(_identity)
_emblem_of = PerRevision(_emblem)


@register.simple_tag(takes_context=True)
def identity(context: Context) -> SafeString:
    """The programme's colours and icons, for the head of a page."""
    return _identity_of(context["programme"])


@register.simple_tag(takes_context=True)
def emblem(context: Context) -> SafeString:
    """The programme's logo, or our seal in its colour."""
    programme = context.get("programme")
    return _emblem_of(programme) if programme else _drawn("portal/_emblem.html", None)


@register.simple_tag(takes_context=True)
def nav(context: Context) -> SafeString:
    """The way around, with the page that is open marked."""
    here = context["request"].resolver_match
    return _nav(get_language() or "", here.url_name if here else "")


@lru_cache(maxsize=64)
def _nav(language: str, here: str) -> SafeString:
    # The same on every page of a language: drawn once, kept by each process.
    return render_to_string("portal/_nav.html", {"here": here})


@register.filter
def day(value: date) -> str:
    """A date in full, as the reader's language writes it."""
    return _day(get_language() or "", value)


@lru_cache(maxsize=4096)
def _day(language: str, value: date) -> str:
    # Pages are full of the same few dates. A date stays on one line.
    return date_format(value, "DATE_FORMAT").replace(" ", "\u00a0")


@register.filter
def number(value: int) -> str:
    """12,345."""
    return figures.number(value)


@register.filter
def whole(value: Decimal) -> int:
    """An amount that counts points or purchases, as a whole number."""
    return int(value)


@register.filter
def signed(value: int) -> str:
    """+25 or −25."""
    return figures.signed(value)


@register.filter
def card_number(value: str) -> str:
    """A member number in groups of four."""
    return numbers.written(value)


@register.filter
def rule_name(rule: Rule) -> str:
    """What an earning rule is called, in the reader's language."""
    return rule.names.get(get_language() or "en") or rule.names["en"]


@register.filter
def birthday_words(birthday: Birthday) -> str:
    """A birthday as it was entered: by its own calendar, with the year where it is known."""
    return birthdays.written(birthday)


@register.simple_tag(takes_context=True)
def money(context: Context, value: Decimal) -> str:
    """An amount in the programme's currency: £25.40."""
    return figures.amount(value, context["programme"].currency)


@register.simple_tag(takes_context=True)
def whole_money(context: Context, value: Decimal) -> str:
    """An amount in the programme's currency, without .00: £500."""
    return figures.amount(value, context["programme"].currency, whole=True)


@register.simple_tag(takes_context=True)
def unit(context: Context, value: int) -> str:
    """What so many points are called: "point", "points"."""
    return _unit(context["programme"], value)


def _unit(programme: Programme, value: int) -> str:
    one, many = overview.units(programme)[get_language() or settings.LANGUAGE_CODE]
    return one if abs(value) == 1 else many


@register.simple_tag(takes_context=True)
def points(context: Context, value: int) -> str:
    """So many points in words: "1,250 points"."""
    return _("%(number)s %(unit)s") % {"number": figures.number(value), "unit": _unit(context["programme"], value)}


WAYS = {
    "inbox": gettext_lazy("Inbox"),
    "vouchers": gettext_lazy("My vouchers"),
    "tiers": gettext_lazy("Tiers"),
    "activity": gettext_lazy("Activity"),
    "details": gettext_lazy("Your details"),
    "letters": gettext_lazy("What we may write to you"),
    "security": gettext_lazy("Sign-in and devices"),
    "data": gettext_lazy("Your data"),
}


@register.simple_tag
def way_name(address: str) -> str:
    """What a page of the member's own is called."""
    return str(WAYS[address])


@register.filter
def letter_title(letter: Message) -> str:
    """What a message is about: its subject, or its kind where it has none."""
    return letter.subject or capfirst(kinds.title(letter.kind))


@register.filter
def letter_text(body: str) -> SafeString:
    """The text of a message in paragraphs; what was a bare address in a mail can be followed here."""
    parts = LINK.split(body)
    words = [escape(part) if number % 2 == 0 else _followed(part) for number, part in enumerate(parts)]
    return SafeString(linebreaks("".join(words)))


def _followed(address: str) -> SafeString:
    shown = address.partition("://")[2]
    return format_html('<a href="{}">{}</a>', address, Truncator(shown).chars(LONGEST_LINK))


@register.filter
def channel_icon(channel: str) -> str:
    """The icon of the way that a message went."""
    return {"email": "mail", "sms": "phone"}.get(channel, "bell")


@register.simple_tag
def drawing(reward: Reward) -> SafeString:
    """A reward's drawing, decoration only."""
    return _drawing(reward.drawing)


@cache
def _drawing(name: str) -> SafeString:
    found: SafeString = select_template([f"rewards/art/{name}.svg", "portal/art/reward.svg"]).render()
    return found


@register.filter
def voucher_code(code: str) -> str:
    """A voucher's code in groups of four."""
    return voucher_codes.written(code)


@register.filter
def days_left(days: int) -> str:
    """How long something can still be used."""
    return wares.days_left(days)


@register.filter
def told_parts(told: dict[str, Any]) -> list[disclosure.Part]:
    """What we know about a member, part by part."""
    return disclosure.parts(told)


@register.filter
def demo_sentence(run: JobRun) -> str:
    """How far the demo is loaded."""
    done, total = run.done.get("receipts", 0), run.total
    if not total:
        return _("The demo is still loading.")
    return _("The demo is still loading: %(done)s of %(total)s receipts") % {
        "done": figures.number(done),
        "total": figures.number(total),
    }
