"""Offers: what staff plan, how it reads back, how it is going, and what members won by it."""

from collections.abc import Sequence
from typing import Any, ClassVar, cast

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from access.admin.acting import acting
from campaigns import matching, offer_results, offerbook, offers, sentences
from campaigns.admin.offer_forms import BasketForm, OfferForm
from campaigns.models import Award, Offer, OfferVersion
from core import clock, once, words
from core.admin import acts
from core.admin.base import ReadOnlyInline, StaffAdmin
from core.admin.bilingual import both
from core.admin.columns import button, column, points_column
from core.models import Programme
from points import rules
from points.earning import Goods

CHANGE = "campaigns.change_offer"
State = Offer.State
STATE_COLOURS = {"on": "success", "planned": "info", "paused": "warning", "over": "default", "ended": "default"}


class VersionsInline(ReadOnlyInline):
    model = OfferVersion
    verbose_name_plural = _("versions")
    fields = ("number", "begins_at", "is_on", "sentence")
    readonly_fields = fields
    ordering = ("-number",)
    per_page = 20
    tab = False

    @column(_("how it reads"))
    def sentence(self, version: OfferVersion) -> str:
        terms = offerbook.terms(
            version.offer, version.terms, version=version.number, begins_at=version.begins_at, is_on=version.is_on
        )
        return read(terms, once.programme())


@admin.register(Offer)
class OfferAdmin(StaffAdmin):
    form = OfferForm
    list_display = ("title", "code", "says", "given", "shown_state")
    list_display_links = ("title",)
    list_filter = ("state", "kind")
    search_fields = ("code__istartswith", "title_en__icontains", "title_zh_hans__icontains")
    search_help_text = _("Code, or a part of the title")
    change_form_outer_before_template = "admin/parts/offer.html"
    inlines: ClassVar = [VersionsInline]
    actions_detail: ClassVar = ["switch_on", "pause", "try_it", "copy", "end"]
    conditional_fields: ClassVar = {"multiplier": "kind == 'multiplier'", "points": "kind == 'fixed'"}
    fieldsets = (
        (None, {"fields": ("code", both("title"), both("description"))}),
        (_("What is given"), {"fields": ("kind", ("multiplier", "points"))}),
        (
            _("When"),
            {"fields": (("begins_on", "ends_on"), ("from_time", "until_time"), "weekdays")},
        ),
        (_("For what and whom"), {"fields": ("minimum", ("categories", "tiers", "stores"))}),
        (_("How much of it"), {"fields": (("per_member", "budget"),)}),
    )
    given = points_column("points_given", _("points given"), sortable=False)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        given = Award.objects.filter(offer=OuterRef("pk")).order_by().values("offer").annotate(total=Sum("points"))
        rows: QuerySet[Any] = super().get_queryset(request).annotate(points_given=Subquery(given.values("total")))
        return rows

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """It is the reason of points that members have: it is ended instead."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What has ended stays as it was."""
        return bool(super().has_change_permission(request, obj)) and not (obj and obj.state == State.ENDED)

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        return self.inlines if obj else []

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """From now on it says this; what was bought before keeps to what it said then."""
        offers.save(obj, at=clock.now())

    def idle(self, request: HttpRequest, object_id: Any) -> set[str]:
        offer = self.get_object(request, object_id)
        state = offer.state if offer else State.ENDED
        return {State.ON: {"switch_on"}, State.PAUSED: {"pause"}}.get(state, {"switch_on", "pause", "end"})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        offer, programme = self.get_object(request, object_id), once.programme_or_none()
        told = _told(offer, programme) if offer and programme else {}
        return cast(
            "HttpResponse", super().change_view(request, object_id, form_url, {**(extra_context or {}), **told})
        )

    @column(_("how it reads"))
    def says(self, offer: Offer) -> str:
        return read(offer, once.programme())

    @column(_("state"), colours=STATE_COLOURS, order="state")
    def shown_state(self, offer: Offer) -> tuple[str, str]:
        """Its state; of one that is on, whether its days are still to come, or over."""
        if offer.state != State.ON:
            return offer.state, offer.get_state_display()
        today = clock.business_date(clock.now(), once.programme())
        if offer.begins_on > today:
            return "planned", gettext("planned")
        if offer.ends_on and offer.ends_on < today:
            return "over", gettext("over")
        return "on", pgettext("state", "on")

    @button(_("Switch on"), path="switch-on", permissions=(CHANGE,), icon="play_arrow", look="main")
    def switch_on(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._switch(
            request,
            object_id,
            State.ON,
            (
                _("Switch on “%(name)s”"),
                _("Tills reckon with it at once, on its days."),
                _("Switch on"),
                _("It is on."),
            ),
        )

    @button(_("Pause"), path="pause", permissions=(CHANGE,), icon="pause")
    def pause(self, request: HttpRequest, object_id: str) -> HttpResponse:
        why = _("What was bought until now keeps what it won, also when its receipt arrives later.")
        return self._switch(
            request, object_id, State.PAUSED, (_("Pause “%(name)s”"), why, _("Pause"), _("It is paused."))
        )

    @button(_("End it"), path="end", permissions=(CHANGE,), icon="stop", look="danger")
    def end(self, request: HttpRequest, object_id: str) -> HttpResponse:
        why = _("It gives nothing any more and is not changed again. What members won stays theirs.")
        return self._switch(
            request, object_id, State.ENDED, (_("End “%(name)s”"), why, _("End it"), _("It has ended."))
        )

    @button(_("Copy"), path="copy", permissions=(CHANGE,), icon="content_copy")
    def copy(self, request: HttpRequest, object_id: str) -> HttpResponse:
        offer = self._found(request, object_id)

        def do(_given: dict[str, Any]) -> acts.Text:
            act.then = self._page(offers.copy(offer, actor=acting(request), at=clock.now()))
            return _("Here is the copy. It is paused.")

        act = acts.Act(
            title=_("Copy “%(name)s”") % {"name": offer},
            button=_("Copy"),
            form=acts.ConfirmForm(request.POST or None),
            do=do,
            back=self._page(offer),
        )
        return acts.page(self.admin_site, request, act)

    @button(_("Try with a basket"), path="try", permissions=(CHANGE,), icon="shopping_basket")
    def try_it(self, request: HttpRequest, object_id: str) -> HttpResponse:
        offer = self._found(request, object_id)
        form = BasketForm(request.POST or None)
        act = acts.Act(
            title=_("Try “%(name)s” with a basket") % {"name": offer},
            explanation=_("As it reads now, on one of its days, for somebody who has not had it yet."),
            about=_in_both(offer, once.programme()),
            button=_("Show"),
            form=form,
            do=lambda _given: "",
            back=self._page(offer),
        )
        if form.is_bound and form.is_valid():
            act.about = [*act.about, *_tried(offer, once.programme(), form.cleaned_data)]
        return acts.show(self.admin_site, request, act)

    def _switch(
        self, request: HttpRequest, object_id: str, state: Offer.State, texts: tuple[Any, Any, Any, Any]
    ) -> HttpResponse:
        offer = self._found(request, object_id)
        title, explanation, label, told = texts

        def do(_given: dict[str, Any]) -> acts.Text:
            offers.switch(offer, state, actor=acting(request), at=clock.now())
            return cast("acts.Text", told)

        act = acts.Act(
            title=title % {"name": offer},
            explanation=explanation,
            about=_in_both(offer, once.programme()),
            button=label,
            form=acts.ConfirmForm(request.POST or None),
            do=do,
            back=self._page(offer),
            is_dangerous=state == State.ENDED,
        )
        return acts.page(self.admin_site, request, act)

    def _page(self, offer: Offer) -> str:
        return reverse("admin:campaigns_offer_change", args=[offer.pk])

    def _found(self, request: HttpRequest, object_id: str) -> Offer:
        offer = self.get_object(request, object_id)
        if offer is None:
            raise PermissionDenied
        return cast("Offer", offer)


def read(terms: Offer | offerbook.Terms, programme: Programme) -> str:
    """An offer, or a version of it, as one sentence in the active language."""
    names = once.read("names of offers", lambda: offerbook.names(programme))
    return sentences.of(
        terms,
        currency=programme.currency,
        categories=offerbook.ordered(terms.categories, names.categories),
        tiers=offerbook.ordered(terms.tiers, names.tiers),
        stores=offerbook.ordered(terms.stores, names.stores),
    )


def _in_both(offer: Offer, programme: Programme) -> list[acts.Line]:
    lines = []
    for code, name in settings.LANGUAGES:
        with translation.override(code):
            lines.append(acts.Line(str(name), read(offer, programme)))
    return lines


def _tried(offer: Offer, programme: Programme, given: dict[str, Any]) -> Sequence[acts.Line]:
    """What a basket would win by the offer as it reads now, or why not."""
    book, at = rules.rulebook(programme), clock.now()
    terms = offerbook.terms(offer, offerbook.frozen(offer), version=0, begins_at=at, is_on=True)
    found = matching.match(
        [Goods(given["category"], given["amount"])],
        [terms],
        rules=book.valid(at),
        point_type_id=book.main.pk if book.main else 0,
        tier=given["tier"],
        standing=matching.Standing(),
    )
    said = words.signed(found.won[0].points) if found.won else _why(found.missed[0], programme)
    return [acts.Line(_("this basket would get"), said)]


def _why(missed: matching.Missed, programme: Programme) -> str:
    names = once.read("names of offers", lambda: offerbook.names(programme))
    why = sentences.missed(
        missed.why,
        missed.terms,
        missed.missing,
        currency=programme.currency,
        categories=offerbook.ordered(missed.terms.categories, names.categories),
        tiers=offerbook.ordered(missed.terms.tiers, names.tiers),
    )
    return gettext("Nothing: %(why)s") % {"why": why}


def _told(offer: Offer, programme: Programme) -> dict[str, Any]:
    """What the page of an offer says beside its form: the sentence in both languages, the results."""
    came = offer_results.of(offer, programme)
    return {
        "reads": list(zip(dict(settings.LANGUAGES), _in_both(offer, programme), strict=True)),
        "came": came,
        "came_kept": came.points - came.taken_back,
        "came_cost": words.amount(came.cost, programme.currency),
    }
