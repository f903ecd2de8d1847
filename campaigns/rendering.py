"""What a greeting says to one member: its text in their language, filled, signed, and with the way to say no."""

from collections.abc import Mapping
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from campaigns import festivals, placeholders
from campaigns.models import Greeting
from core.models import Programme
from members.models import Member
from messaging import unsubscribing
from messaging.models import Message
from messaging.texts import Text

Channel = Message.Channel


def words(
    greeting: Greeting, member: Member, programme: Programme, *, about: Mapping[str, Any], tier: str, points: int
) -> dict[str, str]:
    """What the placeholders are filled with, in the language that is active."""
    festival = festivals.FESTIVALS.get(about.get("festival", ""))
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
    }


def text(greeting: Greeting, channel: str, filling: Mapping[str, str]) -> Text:
    """The greeting's own words for CHANNEL, filled, in the language that is active. Raises EmptyPlaceholder."""
    if channel == Channel.SMS:
        return Text("", " ".join(placeholders.fill(greeting.sms, filling).split()))
    subject = " ".join(placeholders.fill(greeting.subject, filling).split())
    return Text(subject, placeholders.fill(greeting.body, filling).strip().replace("\r\n", "\n"))


def signed(said: Text, channel: str, programme: Programme, address: str) -> Text:
    """SAID with the sender's name and, on channels that ring, the ADDRESS by which it ends."""
    if channel == Channel.SMS:
        line = _("%(programme)s: %(text)s Stop: %(address)s")
        return Text("", line % {"programme": programme.name, "text": said.body, "address": address})
    body = f"{said.body}\n\n{programme.name}"
    if channel == Channel.EMAIL:
        footer = _("You get this because you said yes to news by e-mail. Unsubscribe: %(address)s")
        body = f"{body}\n\n{footer % {'address': address}}"
    return Text(said.subject, body)


def letter(greeting: Greeting, member: Member, channel: str, programme: Programme, **about: Any) -> Text:
    """All that MEMBER reads over CHANNEL. ABOUT as in `words`. Raises EmptyPlaceholder."""
    with translation.override(member.language):
        filling = words(greeting, member, programme, **about)
        return signed(text(greeting, channel, filling), channel, programme, unsubscribing.address(member.pk, channel))
