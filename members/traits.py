"""What is known about a member in a word, such as the segments they are in: what holds now, and ending it all."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import F, Value
from django.db.models.functions import Greatest

from members.models import Member, Trait


def current(member: Member) -> Mapping[str, str]:
    """The traits that hold now, by name. One query."""
    return dict(Trait.objects.filter(member=member, valid_to=None).order_by("name").values_list("name", "value"))


def end_all(member: Member, *, at: datetime) -> None:
    """End every trait of a member, who leaves. A repeat changes nothing."""
    Trait.objects.filter(member=member, valid_to=None).update(valid_to=Greatest(F("valid_from"), Value(at)))
