"""What an occasion tells, asked again when its letter is written: points may be used by then, or goods bought.

One query for each kind of occasion in a batch.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from campaigns.models import Greeting, Occasion
from core import clock, db
from core.models import Programme
from points import queries, rules
from sales.models import Store
from tiers import qualification

Kind = Greeting.Kind
Facts = dict[int, dict[str, Any]]

# The purchase that began the gap is still the latest; nothing of the first one was brought back.
STILL_MISSED = """
    select o.id from unnest(%s::bigint[], %s::bigint[]) as o(id, purchase_id)
    join sales_purchase p on p.id = o.purchase_id
    where not exists (
        select from sales_purchase later
        where later.member_id = p.member_id and (later.occurred_at, later.id) > (p.occurred_at, p.id)
    )
"""
STILL_KEPT = """
    select o.id from unnest(%s::bigint[], %s::bigint[]) as o(id, purchase_id)
    where not exists (select from sales_return r where r.purchase_id = o.purchase_id)
"""


def told(occasions: Sequence[Occasion], programme: Programme, *, at: datetime) -> Facts:
    """What the text of each occasion may tell, by occasion, as it is AT this moment. Absent: it is no longer so."""
    found: Facts = {}
    for kind in {Kind(occasion.greeting.kind) for occasion in occasions}:
        of_kind = [occasion for occasion in occasions if occasion.greeting.kind == kind]
        if kind == Kind.EXPIRY:
            found |= _expiring(of_kind, programme, at)
        elif kind == Kind.AT_RISK:
            found |= _at_risk(of_kind, at)
        elif kind in {Kind.MISSED, Kind.FIRST_PURCHASE, Kind.RETURNED}:
            found |= _bought(of_kind, kind)
        else:
            found |= {occasion.pk: occasion.about for occasion in of_kind}
    return found


def _expiring(occasions: Sequence[Occasion], programme: Programme, at: datetime) -> Facts:
    days = {occasion.pk: date.fromisoformat(occasion.about["on"]) for occasion in occasions}
    asked = [
        (
            occasion.about["account"],
            max(at, clock.start_of(days[occasion.pk], programme)),
            clock.start_of(days[occasion.pk] + timedelta(days=1), programme),
        )
        for occasion in occasions
    ]
    types = rules.rulebook(programme).point_types
    return {
        occasion.pk: {"points": left.points, "type": types[left.point_type_id], "until": days[occasion.pk]}
        for occasion, left in zip(occasions, queries.expiring_between(asked), strict=True)
        if left.points > 0
    }


def _at_risk(occasions: Sequence[Occasion], at: datetime) -> Facts:
    standings = qualification.keeping([occasion.member_id for occasion in occasions], at)
    found: Facts = {}
    for occasion in occasions:
        keep = standings.get(occasion.member_id)
        if keep and keep.missing > 0 and keep.until == date.fromisoformat(occasion.about["on"]):
            found[occasion.pk] = {"missing": keep.missing, "basis": keep.basis, "until": keep.until}
    return found


def _bought(occasions: Sequence[Occasion], kind: Kind) -> Facts:
    going: Iterable[int] = [occasion.pk for occasion in occasions]
    if kind != Kind.RETURNED:
        still = STILL_MISSED if kind == Kind.MISSED else STILL_KEPT
        purchases = [occasion.about["purchase"] for occasion in occasions]
        going = {row["id"] for row in db.rows(still, [list(going), purchases])}
    stores = {} if kind == Kind.MISSED else dict(Store.objects.values_list("pk", "name"))
    return {
        occasion.pk: {**occasion.about, "store": stores.get(occasion.about.get("store"), "")}
        for occasion in occasions
        if occasion.pk in going
    }
