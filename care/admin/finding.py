"""The list of members: found by what they show or say, with balance and tier, in few statements."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core import clock, once
from core.admin.base import StaffList
from core.errors import InvalidInput
from members import contacts
from members.models import Member
from points import queries
from points.models import PointType
from tiers import qualification
from tiers.models import Standing, Tier


class MemberList(StaffList):
    """A page of members. What the ledger and the ladder say of them is read for the whole page at once."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        members: list[Any] = list(self.result_list)  # type: ignore[has-type]
        keys = [member.pk for member in members]
        main = PointType.objects.filter(is_default=True).values_list("pk", flat=True).first()
        balances = queries.balances_of(keys, clock.now())
        held = qualification.standings(keys) if keys else {}
        tiers = Tier.objects.in_bulk()
        for member in members:
            member.shown_balance = balances.get((member.pk, main)) if main else None
            member.shown_tier = tiers.get(held[member.pk].tier_id) if member.pk in held else None
        self.result_list = members


def found(rows: QuerySet[Any], term: str) -> QuerySet[Any]:
    """The members that TERM names: a card's number, a phone, an e-mail, an external id, or a part of the name."""
    plain = "".join(term.split())
    wanted = Q(external_id=term) | Q(name__icontains=term)
    if "@" in plain:
        wanted |= Q(email=plain.lower())
    elif any(character.isdigit() for character in plain):
        of_card = Member.objects.filter(cards__number=plain).values_list("pk", flat=True)
        wanted |= Q(pk__in=list(of_card))
        try:
            programme = once.programme()
            wanted |= Q(phone=contacts.phone(plain, programme.country))
        except InvalidInput:
            pass  # no phone number: the other ways remain
    return rows.filter(wanted)


class TierFilter(admin.SimpleListFilter):
    """The tier held now. Members without standing hold the lowest."""

    title = _("tier")
    parameter_name = "tier"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(tier.pk), tier.name) for tier in Tier.objects.order_by("rank")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not (self.value() or "").isdigit():
            return queryset
        standing = Standing.objects.filter(pk=OuterRef("pk"))
        holds = Exists(standing.filter(tier_id=int(self.value() or 0)))
        lowest = Tier.objects.order_by("rank").values_list("pk", flat=True).first()
        if str(lowest) == self.value():
            return queryset.filter(holds | ~Exists(standing))
        return queryset.filter(holds)


class LanguageFilter(admin.SimpleListFilter):
    """The language a member is written to in."""

    title = _("language")
    parameter_name = "language"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(settings.LANGUAGES)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(language=self.value()) if self.value() else queryset


class WhereFilter(admin.SimpleListFilter):
    """Where members enrolled."""

    title = _("enrolled via")
    parameter_name = "via"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("till", _("a till")),
            ("portal", _("the portal")),
            ("staff", _("staff")),
            ("file", _("a file")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(enrolled_via__startswith=self.value()) if self.value() else queryset
