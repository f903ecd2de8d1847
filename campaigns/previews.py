"""How a greeting reads to one member, and sending it to oneself to see it arrive."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.models import User
from campaigns import rendering
from campaigns.models import Greeting
from campaigns.placeholders import EmptyPlaceholder
from campaigns.rendering import Letter
from core import clock
from core import programme as programmes
from core.errors import LoyaltyError
from core.models import Programme
from members.models import Member
from messaging import letters, markup, outbox
from messaging.models import Message
from messaging.outbox import Draft
from messaging.texts import Text
from points import rules
from points.models import Account
from sales.models import Store
from tiers.models import Scheme, Standing, Tier

Channel, Kind = Greeting.Channel, Greeting.Kind
NOTHING = Letter(Text("", ""))


class NoAddressOfYours(LoyaltyError):
    """Staff without an e-mail address asked for a test."""

    code = "no_address_of_yours"
    sentence = gettext_lazy("Your user has no e-mail address to send a test to.")


@dataclass(frozen=True, slots=True)
class Preview:
    """What a member would read over a channel; `empty` names the placeholder that keeps it from being sent."""

    channel: str
    language: str
    letter: Letter = NOTHING
    empty: str = ""

    @property
    def html(self) -> str:
        """What an e-mail shows inside the layout."""
        return self.letter.html or markup.paragraphs(self.letter.text.body)


def previews(greeting: Greeting, member: Member, *, at: datetime) -> list[Preview]:
    """The greeting as MEMBER would read it, over each channel that it may take, in each language, their own first."""
    programme = programmes.current()
    languages = sorted(settings.MODELTRANSLATION_LANGUAGES, key=lambda code: code != member.language)
    return [
        _preview(greeting, member, channel, language, programme, at)
        for language in languages
        for channel in channels(greeting)
    ]


def page(greeting: Greeting, member: Member, language: str, *, at: datetime) -> str:
    """The whole e-mail as HTML, as MEMBER would read it in LANGUAGE; "" where it could not be sent."""
    programme = programmes.current()
    shown = _preview(greeting, member, Message.Channel.EMAIL, language, programme, at)
    return (
        "" if shown.empty else letters.dressed(shown.letter.text.subject, shown.html, language, letters.look(programme))
    )


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
    shown = [each for each in previews(greeting, member, at=at) if each.language == member.language]
    emails = [each.html for each in shown if each.channel == Message.Channel.EMAIL]
    subject = _("Test: %(name)s") % {"name": greeting.name}
    outbox.queue(
        [
            Draft(
                kind="greeting_test",
                reference=f"greeting_test:{greeting.pk}:{to.pk}:{at.isoformat()}",
                channel=Message.Channel.EMAIL,
                address=to.email,
                language=member.language,
                text=Text(subject, "\n\n– – –\n\n".join(each.letter.text.body for each in shown)),
                html="".join(emails),
            )
        ],
        at=at,
    )
    return to.email


def _preview(
    greeting: Greeting, member: Member, channel: str, language: str, programme: Programme, at: datetime
) -> Preview:
    with translation.override(language):
        points = _points(member) + (greeting.bonus_points or 0)
        about = _about(greeting, programme, at)
        filling = rendering.words(greeting, member, programme, about=about, tier=_tier(member), points=points)
        try:
            said = rendering.read(greeting, channel, filling)
        except EmptyPlaceholder as error:
            return Preview(channel, language, empty=f"{{{error}}}")
        # No link of the member's own: whoever tries it out would unsubscribe them.
        signed = rendering.signed(greeting, said, channel, programme, _("(the member's own link)"))
        return Preview(channel, language, signed)


def _about(greeting: Greeting, programme: Programme, at: datetime) -> dict[str, Any]:
    """An occasion that the member might have. Its figures are made up."""
    until = clock.business_date(at, programme) + timedelta(days=greeting.days_before)
    main = rules.rulebook(programme).main
    scheme = Scheme.objects.first()
    store = Store.objects.order_by("id").first()
    found: dict[str, dict[str, Any]] = {
        Kind.HOLIDAY: {"festival": next(iter(greeting.festivals), "")},
        Kind.ANNIVERSARY: {"years": 1},
        Kind.MISSED: {"days": greeting.days_without},
        Kind.EXPIRY: {"points": 120, "type": main, "until": until} if main else {},
        Kind.AT_RISK: {"missing": Decimal(3), "basis": scheme.basis, "until": until} if scheme else {},
        Kind.FIRST_PURCHASE: {"store": store.name if store else ""},
        Kind.RETURNED: {"store": store.name if store else ""},
    }
    return found.get(greeting.kind, {})


def _tier(member: Member) -> str:
    held = Standing.objects.filter(member=member).select_related("tier").first()
    tier = held.tier if held else Tier.objects.order_by("rank").first()
    return tier.name if tier else ""


def _points(member: Member) -> int:
    account = Account.objects.filter(member=member, point_type__is_default=True).first()
    return account.available if account else 0
