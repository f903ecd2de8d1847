"""How a greeting reads to one member, and sending it to oneself to see it arrive."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.models import User
from campaigns import rendering
from campaigns.models import Greeting
from campaigns.placeholders import EmptyPlaceholder
from core import programme as programmes
from core.errors import LoyaltyError
from core.models import Programme
from members.models import Member
from messaging import outbox
from messaging.models import Message
from messaging.outbox import Draft
from messaging.texts import Text
from points.models import Account
from tiers.models import Standing, Tier

Channel = Greeting.Channel


class NoAddressOfYours(LoyaltyError):
    """Staff without an e-mail address asked for a test."""

    code = "no_address_of_yours"
    sentence = gettext_lazy("Your user has no e-mail address to send a test to.")


@dataclass(frozen=True, slots=True)
class Preview:
    """What a member would read over a channel; `empty` names the placeholder that keeps it from being sent."""

    channel: str
    text: Text
    empty: str = ""


def previews(greeting: Greeting, member: Member) -> list[Preview]:
    """The greeting as MEMBER would read it, over each channel that it may take."""
    programme = programmes.current()
    return [_preview(greeting, member, channel, programme) for channel in channels(greeting)]


def channels(greeting: Greeting) -> list[str]:
    """The channels that a greeting may take."""
    if greeting.channel != Channel.BEST:
        return [greeting.channel]
    return [Message.Channel.EMAIL, Message.Channel.SMS, Message.Channel.IN_APP]


def send_test(greeting: Greeting, member: Member, *, to: User, at: datetime) -> str:
    """Send the greeting, as MEMBER would read it, to a colleague's own e-mail address; answer which.

    Nothing is given with it, and nobody's consent can be ended by it. Raises NoAddressOfYours.
    """
    if not to.email:
        raise NoAddressOfYours
    shown = "\n\n– – –\n\n".join(preview.text.body for preview in previews(greeting, member))
    subject = _("Test: %(name)s") % {"name": greeting.name}
    outbox.queue(
        [
            Draft(
                kind="greeting_test",
                reference=f"greeting_test:{greeting.pk}:{to.pk}:{at.isoformat()}",
                channel=Message.Channel.EMAIL,
                address=to.email,
                language=member.language,
                text=Text(subject, shown),
            )
        ],
        at=at,
    )
    return to.email


def _preview(greeting: Greeting, member: Member, channel: str, programme: Programme) -> Preview:
    with translation.override(member.language):
        filling = rendering.words(greeting, member, programme, about=_about(greeting), tier=_tier(member),
                                  points=_points(member) + (greeting.bonus_points or 0))  # fmt: skip
        try:
            said = rendering.text(greeting, channel, filling)
        except EmptyPlaceholder as error:
            return Preview(channel, Text("", ""), empty=f"{{{error}}}")
        # No link of the member's own: whoever tries it out would unsubscribe them.
        return Preview(channel, rendering.signed(said, channel, programme, _("(the member's own link)")))


def _about(greeting: Greeting) -> dict[str, object]:
    if greeting.kind == Greeting.Kind.HOLIDAY:
        return {"festival": greeting.festivals[0]}
    return {"years": 1} if greeting.kind == Greeting.Kind.ANNIVERSARY else {}


def _tier(member: Member) -> str:
    held = Standing.objects.filter(member=member).select_related("tier").first()
    tier = held.tier if held else Tier.objects.order_by("rank").first()
    return tier.name if tier else ""


def _points(member: Member) -> int:
    account = Account.objects.filter(member=member, point_type__is_default=True).first()
    return account.available if account else 0
