"""The tiers' colours as style rules: pages name a class, and no style stands inside a page."""

from core.models import Programme
from core.revisions import PerRevision
from tiers.models import Tier


def _rules(_programme: Programme) -> str:
    # Code and colour are a slug and six hex digits by the columns' own validators; what isn't never gets here.
    return "".join(
        f".tier-{tier.code}{{--tier:{tier.colour}}}\n"
        for tier in Tier.objects.all()
        if tier.code.replace("-", "").replace("_", "").isalnum() and len(tier.colour) == len("#rrggbb")
    )


rules = PerRevision(_rules)
