"""What conditions of segments may name, and the segments in the order in which they are refreshed."""

from datetime import timedelta

from django.conf import settings
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

from campaigns.conditions import Vocabulary
from campaigns.models import Broadcast, Segment, SegmentUse
from core import clock
from core.models import Programme
from members.models import Consent, Member
from points.models import PointType
from sales.models import Category, Store
from tiers.models import Tier

# The days of a broadcast, seven at most, and one more for the zones of the earth.
LONGEST_BROADCAST = timedelta(days=8)


def vocabulary(programme: Programme) -> Vocabulary:
    """What there is to ask about now, in the language that is active. Five queries."""
    tiers = list(Tier.objects.order_by("rank"))
    stores = list(Store.objects.order_by("name", "id"))
    return Vocabulary(
        titles={
            "statuses": {code: str(label) for code, label in Member.Status.choices if code != Member.Status.CLOSED},
            "languages": {code: str(name) for code, name in settings.LANGUAGES},
            "months": {str(number): str(name) for number, name in MONTHS.items()},
            "contacts": {"email": _("an e-mail address"), "phone": _("a phone number"), "birthday": _("a birthday")},
            "channels": {code: str(label) for code, label in Consent.Channel.choices},
            "stores": {store.code: store.name for store in stores},
            "tiers": {tier.code: tier.name for tier in tiers},
            "categories": {category.code: category.name for category in Category.objects.order_by("name", "id")},
            "segments": {
                code: f"“{name}”" for code, name in Segment.objects.filter(is_active=True).values_list("code", "name")
            },
        },
        ids={"stores": {store.code: store.pk for store in stores}, "tiers": {tier.code: tier.pk for tier in tiers}},
        currency=programme.currency,
        lowest_tier=tiers[0].pk if tiers else 0,
        point_type=PointType.objects.filter(is_default=True).values_list("pk", flat=True).first() or 0,
    )


def in_order() -> list[Segment]:
    """The active segments by conditions, each after those that its conditions ask about. Two queries."""
    found = {each.pk: each for each in Segment.objects.filter(is_active=True, kind=Segment.Kind.CONDITIONS)}
    uses: dict[int, set[int]] = {key: set() for key in found}
    for segment, used in SegmentUse.objects.values_list("segment_id", "used_id"):
        if segment in found and used in found:
            uses[segment].add(used)
    ordered: dict[int, Segment] = {}

    def visit(key: int) -> None:
        if key not in ordered:
            for used in sorted(uses[key]):
                visit(used)
            ordered[key] = found[key]

    for key in sorted(found):
        visit(key)
    return list(ordered.values())


def users(segment: Segment) -> list[Segment | Broadcast]:
    """What is live and goes by SEGMENT: segments whose conditions ask about it, broadcasts that are on. Two queries."""
    asking = Segment.objects.filter(is_active=True, uses__used=segment).order_by("name")
    ahead = Broadcast.objects.filter(is_active=True, segment=segment, on__gte=clock.now().date() - LONGEST_BROADCAST)
    return [*asking, *ahead.order_by("name")]
