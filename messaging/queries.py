"""How members are reached, and when."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from members import consent
from members.models import Consent, Member
from messaging.daytime import Hours
from messaging.models import Message, SendingHours


@dataclass(frozen=True, slots=True)
class Contact:
    """Where service messages for a member go. `time_zone` is empty for the programme's."""

    member_id: int
    number: str
    name: str
    language: str
    time_zone: str
    channel: str
    address: str

    def in_inbox(self) -> "Contact":
        """The same member, reached in the inbox only."""
        return replace(self, channel=Message.Channel.IN_APP.value, address=self.number)


def contacts(member_ids: Collection[int], *, at: datetime) -> dict[int, Contact]:
    """How these members are reached by service messages: by e-mail, else by SMS, as far as they did not refuse it.

    Who refused both, or has neither address, finds them in the inbox, which disturbs nobody. Members who are
    suspended or closed are absent. Three queries.
    """
    willing = {
        channel: consent.allowing(member_ids, channel, Consent.Purpose.SERVICE, at=at)
        for channel in Consent.Channel.values
    }
    found = Member.objects.filter(id__in=member_ids, status=Member.Status.ACTIVE).only(
        "id", "number", "name", "language", "time_zone", "email", "phone"
    )
    return {member.id: _contact(member, willing) for member in found}


def _contact(member: Member, willing: dict[str, set[int]]) -> Contact:
    addresses = {
        Message.Channel.EMAIL.value: member.email,
        Message.Channel.SMS.value: member.phone.as_e164 if member.phone else None,
    }
    ways = [(channel, address) for channel, address in addresses.items() if address and member.id in willing[channel]]
    channel, address = ways[0] if ways else (Message.Channel.IN_APP.value, member.number)
    return Contact(member.id, member.number, member.name, member.language, member.time_zone, channel, address)


def sending_hours() -> dict[str, Hours]:
    """When each channel may ring. The inbox is absent: it never rings. One query."""
    return {each.channel: Hours(each.begins, each.ends) for each in SendingHours.objects.all()}
