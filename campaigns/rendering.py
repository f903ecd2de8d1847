"""What a greeting says to one member: its text in their language, filled, signed, and with the way to say no."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils import translation
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from modeltranslation.utils import build_localized_fieldname

from campaigns import festivals, placeholders
from campaigns.models import Greeting
from core import money
from core.models import Programme
from members.models import Member
from messaging import markup, unsubscribing
from messaging.models import Message
from messaging.texts import Text
from points import rules
from points.models import PointType
from tiers.models import Scheme

Channel = Message.Channel


class Letter(NamedTuple):
    """A text, and what an e-mail shows instead of its bare paragraphs; "" where those will do."""

    text: Text
    html: str = ""


def words(
    greeting: Greeting, member: Member, programme: Programme, *, about: Mapping[str, Any], tier: str, points: int
) -> dict[str, str]:
    """What the placeholders are filled with, in the language that is active. ABOUT: what `campaigns.facts` told."""
    festival = festivals.FESTIVALS.get(about.get("festival", ""))
    until = about.get("until")
    return {
        "name": member.name,
        "number": member.number,
        "programme": programme.name,
        "tier": tier,
        "points": f"{points:,}",
        "bonus": f"{greeting.bonus_points:,}" if greeting.bonus_points else "",
        "reward": greeting.reward.name if greeting.reward else "",
        "festival": str(festival.title) if festival else "",
        "years": str(about.get("years", "")),
        "expiring": _counted(about["points"], about["type"]) if "type" in about else "",
        "missing": _missing(about["missing"], about["basis"], programme) if "basis" in about else "",
        "until": date_format(until, "DATE_FORMAT") if until else "",
        "days": str(about.get("days", "")),
        "store": str(about.get("store", "")),
    }


def _counted(points: int, of_type: PointType) -> str:
    name = of_type.name if points == 1 else of_type.name_plural
    return _("%(points)s %(unit)s") % {"points": f"{points:,}", "unit": name}


def _missing(missing: Decimal, basis: str, programme: Programme) -> str:
    """What is missing to keep a tier, in what the scheme counts."""
    main = rules.rulebook(programme).main
    if basis == Scheme.Basis.AMOUNT:
        return money.shown(missing, programme.currency)
    if basis == Scheme.Basis.POINTS and main:
        return _counted(int(missing), main)
    return ngettext("%(count)d purchase", "%(count)d purchases", int(missing)) % {"count": missing}


def text(greeting: Greeting, channel: str, filling: Mapping[str, str]) -> Text:
    """The greeting's own words for CHANNEL, filled, in the language that is active. Raises EmptyPlaceholder."""
    if channel == Channel.SMS:
        return Text("", " ".join(placeholders.fill(greeting.sms, filling).split()))
    subject = " ".join(placeholders.fill(greeting.subject, filling).split())
    body = placeholders.fill(markup.plain(greeting.body), filling)
    return Text(subject, body.strip().replace("\r\n", "\n"))


def html(greeting: Greeting, filling: Mapping[str, str]) -> str:
    """What the e-mail shows, in the language that is active: the greeting's own HTML, else its text where that has
    marks, else "". What is filled in is escaped. Raises EmptyPlaceholder."""
    own = getattr(greeting, build_localized_fieldname("html", get_language() or ""))
    if not own and not markup.has_marks(greeting.body):
        return ""
    escaped = {name: escape(value) for name, value in filling.items()}
    return placeholders.fill(own or markup.paragraphs(greeting.body), escaped)


def signed(greeting: Greeting, said: Letter, channel: str, programme: Programme, address: str) -> Letter:
    """SAID with the sender's name and, on channels that ring for marketing, the ADDRESS by which it ends."""
    body = said.text.body
    if channel == Channel.SMS:
        line = _("%(programme)s: %(text)s")
        if greeting.is_marketing:
            line = _("%(programme)s: %(text)s Stop: %(address)s")
        return Letter(Text("", line % {"programme": programme.name, "text": body, "address": address}))
    end = programme.name
    if channel == Channel.EMAIL and greeting.is_marketing:
        footer = _("You get this because you said yes to news by e-mail. Unsubscribe: %(address)s")
        end = f"{end}\n\n{footer % {'address': address}}"
    return Letter(Text(said.text.subject, f"{body}\n\n{end}"), said.html and said.html + markup.paragraphs(end))


def read(greeting: Greeting, channel: str, filling: Mapping[str, str]) -> Letter:
    """The greeting's own words and look over CHANNEL. Raises EmptyPlaceholder."""
    return Letter(text(greeting, channel, filling), html(greeting, filling) if channel == Channel.EMAIL else "")


def letter(greeting: Greeting, member: Member, channel: str, programme: Programme, **about: Any) -> Letter:
    """All that MEMBER reads over CHANNEL. ABOUT as in `words`. Raises EmptyPlaceholder."""
    with translation.override(member.language):
        said = read(greeting, channel, words(greeting, member, programme, **about))
        return signed(greeting, said, channel, programme, unsubscribing.address(member.pk, channel))
