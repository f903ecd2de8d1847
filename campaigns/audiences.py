"""Segments and who is in them: counted now by one statement, kept as traits that are renewed by night and on demand.

A member enters by getting the trait "segment:CODE" and leaves by its end, so that who was in a segment at a moment can
be told later. However many members there are, a segment is renewed by one statement.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext_lazy as _

from access import audit
from access.models import User
from campaigns import conditions, queries, segment_sentences, selecting
from campaigns.conditions import About, Group, UnusableConditions, Vocabulary
from campaigns.models import Segment, SegmentUse
from core import clock, db
from core import programme as programmes
from core.errors import LoyaltyError
from members import traits
from members.models import Member, Trait

IN = "in"
SAMPLE = 10
COUNT_SECONDS = 15

COUNT = """
    with found as materialized ({found})
    select (select count(*) from found) as members,
           array(
               select f.id from found f join members_member m on m.id = f.id order by m.uuid limit %(sample)s
           ) as sample
"""
REFRESH = """
    with found as materialized ({found}),
    gone as (
        update members_trait t set valid_to = greatest(t.valid_from, %(at)s)
        where t.name = %(trait)s and t.valid_to is null and not exists (select from found f where f.id = t.member_id)
        returning 1
    ),
    entered as (
        insert into members_trait (member_id, name, value, valid_from)
        select f.id, %(trait)s, %(value)s, %(at)s from found f
        where not exists (
            select from members_trait t where t.name = %(trait)s and t.valid_to is null and t.member_id = f.id
        )
        returning 1
    )
    select (select count(*) from found) as members, (select count(*) from entered) as entered,
           (select count(*) from gone) as gone
"""
# A list is what it was given, added to or taken from what it had. Members who left are on no list.
GIVEN = {
    "replace": "select id from members_member where id = any(%(given)s) and status <> 'closed'",
    "add": "select id from members_member where status <> 'closed' and (id = any(%(given)s) or id in ({had}))",
    "remove": "select id from ({had}) h(id) where id <> all(%(given)s)",
}
HAD = "select member_id from members_trait where name = %(trait)s and valid_to is null"


class SegmentInUse(LoyaltyError):
    """Something that is live goes by the segment. `users`: what."""

    code = "segment_in_use"
    sentence = _("It is in use and stays: %(users)s.")


class SegmentsInCircle(LoyaltyError):
    """A segment would ask about itself, by way of others. `name`: by which one."""

    code = "segments_in_circle"
    sentence = _("“%(name)s” asks about this segment itself: they can't ask about each other.")


class TooLongToCount(LoyaltyError):
    """Counting takes longer than a page waits."""

    code = "too_long_to_count"
    lasting = False
    sentence = _("Counting takes too long for a page. Save it: it is counted then.")


@dataclass(frozen=True, slots=True)
class Count:
    """How many members meet conditions now, and a few of them, drawn at random but always the same ones."""

    members: int
    sample: Sequence[Member]


@dataclass(frozen=True, slots=True)
class Renewed:
    """How many are in a segment, and how many of them entered and left."""

    members: int
    entered: int
    gone: int


def count(group: Group, known: Vocabulary, *, at: datetime, seconds: int = COUNT_SECONDS) -> Count:
    """Who meets GROUP at the moment. One statement, and one for the sample. Raises TooLongToCount."""
    found = _selection(group, known, at)
    try:
        with transaction.atomic():
            db.rows("select set_config('statement_timeout', %s, true)", [str(seconds * 1000)])
            row = db.rows(COUNT.format(found=found.sql), {**found.params, "sample": SAMPLE})[0]
            db.rows("select set_config('statement_timeout', '0', true)")
    except OperationalError as error:
        if not connection.is_usable():
            raise
        raise TooLongToCount from error
    return Count(row["members"], _in_turn(row["sample"]))


def sample(segment: Segment) -> Sequence[Member]:
    """A few members who were in the segment when it was last refreshed. One query."""
    inside = Trait.objects.filter(name=trait(segment), valid_to=None)
    return list(Member.objects.filter(pk__in=inside.values("member")).order_by("uuid")[:SAMPLE])


def around(member: Member) -> Sequence[Segment]:
    """The segments that a member is in. Two queries."""
    names = traits.current(member)
    codes = [name.removeprefix(selecting.SEGMENT) for name in names if name.startswith(selecting.SEGMENT)]
    return list(Segment.objects.filter(code__in=codes))


def read_back(segment: Segment, known: Vocabulary) -> str:
    """The segment's conditions as a sentence; what is wrong with them if they name what is no longer there; "" of a
    list."""
    if segment.conditions is None:
        return ""
    try:
        return segment_sentences.sentence(conditions.read(segment.conditions, known), known)
    except UnusableConditions as error:
        return str(error)


def trait(segment: Segment) -> str:
    """The name of the trait of those who are in it."""
    return selecting.SEGMENT + segment.code


def save(segment: Segment, *, at: datetime) -> Renewed:
    """Keep a segment as it was written, with what it asks about, and renew it at once.

    Raises UnusableConditions, SegmentsInCircle; SegmentInUse of a segment in use that is switched off.
    """
    known = queries.vocabulary(programmes.current())
    with transaction.atomic():
        # Whether segments ask about each other in a circle can be told only while nobody else changes one.
        db.rows("select pg_advisory_xact_lock(hashtextextended('campaigns.segments', 0))")
        used = []
        if segment.is_active:
            used = check(segment.conditions, segment.pk, known)
        elif users := [f"“{each}”" for each in queries.users(segment)]:
            raise SegmentInUse(users=", ".join(users))
        segment.save()
        SegmentUse.objects.filter(segment=segment).exclude(used__in=used).delete()
        for each in used:
            SegmentUse.objects.get_or_create(segment=segment, used=each)
        return refresh(segment, at=at)


def check(raw: object, key: int | None, known: Vocabulary) -> list[Segment]:
    """Which segments the conditions RAW of the segment with KEY ask about; none of a list.

    Raises UnusableConditions, SegmentsInCircle.
    """
    if raw is None:
        return []
    group = conditions.read(raw, known)
    codes = {code for test in conditions.tests(group) if test.about == About.SEGMENT for code in test.codes}
    used = list(Segment.objects.filter(code__in=codes).order_by("pk"))
    for each in used:
        if key in _asked_about(each.pk):
            raise SegmentsInCircle(name=each.name, pointer="/conditions")
    return used


def refresh(segment: Segment, *, at: datetime) -> Renewed:
    """Let who meets the conditions enter, and the others leave; of a segment switched off, all leave. One statement.

    Other segments that it asks about count as they were last refreshed. A repeat changes nothing. Raises
    UnusableConditions.
    """
    with transaction.atomic():
        current = Segment.objects.select_for_update(no_key=True).get(pk=segment.pk)
        if not current.is_active:
            return _renew(current, "select id from members_member where false", {}, at)
        if current.conditions is None:
            return _renew(current, GIVEN["remove"].format(had=HAD), {"given": []}, at)
        known = queries.vocabulary(programmes.current())
        found = _selection(conditions.read(current.conditions, known), known, at)
        return _renew(current, found.sql, found.params, at)


def refresh_all(*, at: datetime, after: int = 0) -> Iterator[tuple[int, Renewed | None]]:
    """Renew every segment by conditions, those that others ask about first: how many are done, and what became of this
    one. AFTER so many it goes on.

    One whose conditions name what is no longer there keeps its members: None.
    """
    for place, segment in enumerate(queries.in_order()[after:], start=after + 1):
        try:
            yield place, refresh(segment, at=at)
        except UnusableConditions:
            yield place, None


def load(segment: Segment, given: Sequence[int], *, how: str, at: datetime, actor: User | None) -> Renewed:
    """Have GIVEN members stand on a list: HOW is "replace", "add" or "remove". Audited. A repeat changes nothing."""
    with transaction.atomic():
        current = Segment.objects.select_for_update(no_key=True).get(pk=segment.pk, kind=Segment.Kind.LIST)
        renewed = _renew(current, GIVEN[how].format(had=HAD), {"given": list(given)}, at)
        audit.record(
            "segment.list_changed",
            subject=f"segment:{segment.pk}",
            actor=actor,
            changes={"how": how, "lines": len(given), "entered": renewed.entered, "left": renewed.gone},
        )
    return renewed


def switch(segment: Segment, *, on: bool, at: datetime, actor: User | None) -> None:
    """Switch a segment off, so that nobody is in it any more, or on again. Audited. Raises SegmentInUse."""
    with transaction.atomic():
        current = Segment.objects.select_for_update().get(pk=segment.pk)
        if current.is_active == on:
            return
        current.is_active = on
        save(current, at=at)
        audit.record(
            "segment.switched_on" if on else "segment.switched_off", subject=f"segment:{segment.pk}", actor=actor
        )


def _selection(group: Group, known: Vocabulary, at: datetime) -> selecting.Selection:
    programme = programmes.current()
    return selecting.selection(group, known, programme, today=clock.business_date(at, programme))


def _renew(segment: Segment, found: str, params: Mapping[str, Any], at: datetime) -> Renewed:
    values = {**params, "trait": trait(segment), "value": IN, "at": at}
    renewed = Renewed(**db.rows(REFRESH.format(found=found), values)[0])
    Segment.objects.filter(pk=segment.pk).update(members=renewed.members, refreshed_at=at)
    return renewed


def _in_turn(keys: Sequence[int]) -> list[Member]:
    found = Member.objects.in_bulk(list(keys))
    return [found[key] for key in keys if key in found]


def _asked_about(key: int) -> set[int]:
    """The segment and all that it asks about, directly or by way of others. One query."""
    edges: dict[int, set[int]] = {}
    for one, other in SegmentUse.objects.values_list("segment_id", "used_id"):
        edges.setdefault(one, set()).add(other)
    reached, waiting = set[int](), [key]
    while waiting:
        found = waiting.pop()
        if found not in reached:
            reached.add(found)
            waiting.extend(edges.get(found, ()))
    return reached
