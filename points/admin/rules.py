"""Earning rules: their versions, and publishing a new one. What has been published is never edited."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.validators import MinValueValidator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import formats, timezone, translation
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminDateWidget,
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from core import clock, once
from core.admin import acts
from core.admin.base import ReadOnlyInline, StaffAdmin
from core.admin.columns import button, column
from core.models import Programme
from points import rules, sentences
from points.models import EarningRule, EarningRuleVersion
from sales.models import Category

Rounding = EarningRuleVersion.Rounding


# What members are told by a rule's name.
WHAT_IT_GIVES = ("points", "per_amount", "only_categories", "except_categories", "tier_multiplies")


def _same(one: Any, other: Any) -> bool:
    return sorted(one) == sorted(other) if isinstance(one, list) else bool(one == other)


def _categories() -> list[tuple[str, str]]:
    return [(category.code, category.name) for category in Category.objects.order_by("code")]


class VersionForm(acts.ActForm):
    """What a rule shall say, and from when on."""

    name_en = forms.CharField(
        label=_("Name in English"),
        max_length=80,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("The reason that members read."),
    )
    name_zh_hans = forms.CharField(label=_("Name in Chinese"), max_length=80, widget=UnfoldAdminTextInputWidget)
    name_stays = forms.BooleanField(
        label=_("The names above are true of this version too"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text=_("Only asked where the rule gives something else under the name that it had."),
    )
    points = forms.IntegerField(label=_("Points"), min_value=1, widget=UnfoldAdminIntegerFieldWidget)
    per_amount = forms.DecimalField(
        label=_("For each amount spent of"),
        max_digits=16,
        decimal_places=3,
        validators=[MinValueValidator(Decimal("0.001"))],
        widget=UnfoldAdminDecimalFieldWidget,
    )
    rounding = forms.ChoiceField(label=_("Rounding"), choices=Rounding.choices, widget=UnfoldAdminSelectWidget)
    only_categories = forms.MultipleChoiceField(
        label=_("Only these categories"),
        choices=_categories,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    except_categories = forms.MultipleChoiceField(
        label=_("Not these categories"),
        choices=_categories,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    tier_multiplies = forms.BooleanField(
        label=_("The member's tier multiplies the points"), required=False, widget=UnfoldBooleanSwitchWidget
    )
    is_active = forms.BooleanField(
        label=_("The rule gives points"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text=_("Off: the rule ends when this version begins."),
    )
    begins_on = forms.DateField(
        label=_("Begins on"),
        required=False,
        widget=UnfoldAdminDateWidget,
        help_text=_("The business day from whose start it counts. Empty: at once."),
    )

    def __init__(self, *args: Any, latest: EarningRuleVersion | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._latest = latest

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not cleaned.pop("name_stays", False):
            self._require_fitting_names(cleaned)
        if set(cleaned.get("only_categories", ())) & set(cleaned.get("except_categories", ())):
            self.add_error("except_categories", _("A category can't be both included and excluded."))
        return cleaned

    def _require_fitting_names(self, given: dict[str, Any]) -> None:
        """A name says what the rule gives ("double"): under it nothing else may be given without a look at it."""
        latest = self._latest
        if latest is None or not given["is_active"]:
            return
        if all(_same(getattr(latest, name), given[name]) for name in WHAT_IT_GIVES):
            return
        for name in ("name_en", "name_zh_hans"):
            if getattr(latest, name) == given[name]:
                self.add_error(
                    name, _("The rule will give something else. Is this still true? Change it, or say so below.")
                )


@dataclass(frozen=True, slots=True)
class Draft:
    """A version about to be published."""

    points: int
    per_amount: Decimal
    rounding: str
    only_categories: list[str]
    except_categories: list[str]
    tier_multiplies: bool
    is_active: bool


class VersionsInline(ReadOnlyInline):
    model = EarningRuleVersion
    verbose_name_plural = _("versions")
    fields = ("number", "name", "sentence", "begins_at", "published_at")
    readonly_fields = fields
    ordering = ("-begins_at",)
    per_page = 20
    tab = False

    @column(_("what it says"))
    def sentence(self, version: EarningRuleVersion) -> str:
        return read(version, once.programme())


def read(terms: sentences.Terms, programme: Programme) -> str:
    """A version as sentences in the active language."""
    names = once.read(f"categories {translation.get_language()}", lambda: dict(_categories()))
    return sentences.of(terms, currency=programme.currency, categories=names)


@admin.register(EarningRule)
class EarningRuleAdmin(StaffAdmin):
    list_display = ("code", "point_type", "says", "since", "soon")
    list_select_related = ("point_type",)
    search_fields = ("code__istartswith",)
    ordering = ("code",)
    fields = (("code", "point_type"), "in_both_languages")
    add_fieldsets = ((None, {"fields": ("code", "point_type")}),)
    readonly_fields = ("in_both_languages",)
    inlines: ClassVar = [VersionsInline]
    actions_detail: ClassVar = ["new_version"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request).prefetch_related("versions")
        return rows

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("code", "point_type", *self.readonly_fields) if obj else ()

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        return self.inlines if obj else []

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What a rule says stands in its versions, and they are never edited."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A rule ends by a version that gives nothing; what it gave keeps its reason."""
        return False

    @column(_("what it says now"))
    def says(self, rule: EarningRule) -> str:
        version = _current(rule, clock.now())
        return read(version, once.programme()) if version else str(_("Nothing yet."))

    @column(_("since"))
    def since(self, rule: EarningRule) -> datetime | None:
        version = _current(rule, clock.now())
        return version.begins_at if version else None

    @column(_("next version"))
    def soon(self, rule: EarningRule) -> datetime | None:
        coming = [version.begins_at for version in rule.versions.all() if version.begins_at > clock.now()]
        return min(coming, default=None)

    @column(_("what it says now"))
    def in_both_languages(self, rule: EarningRule) -> str:
        version = _current(rule, clock.now())
        if version is None:
            return str(_("Nothing yet."))
        return "\n".join(line.value for line in _in_both(version, once.programme()))

    @button(
        _("New version"),
        path="new-version",
        permissions=("points.add_earningruleversion",),
        icon="add",
        look="main",
    )
    def new_version(self, request: HttpRequest, object_id: str) -> HttpResponse:
        rule = self.get_object(request, object_id)
        if rule is None:
            raise PermissionDenied
        programme = once.programme()
        back = reverse("admin:points_earningrule_change", args=[rule.pk])
        act = acts.Act(
            title=_("New version of %(rule)s") % {"rule": rule.code},
            explanation=_("Purchases before its beginning keep what they earned. A published version is never edited."),
            button=_("Publish"),
            form=VersionForm(request.POST or None, initial=_initial(rule), latest=_latest(rule)),
            preview=lambda given: _preview(given, programme),
            do=lambda given: self._publish(request, rule, given, programme),
            back=back,
        )
        return acts.page(self.admin_site, request, act)

    def _publish(
        self, request: HttpRequest, rule: EarningRule, given: dict[str, Any], programme: Programme
    ) -> acts.Text:
        at = clock.now()
        begins_at = clock.start_of(given["begins_on"], programme) if given["begins_on"] else at
        told = {name: given[name] for name in given if name not in {"seen", "begins_on"}}
        version = rules.publish(rule, **told, begins_at=begins_at, at=at)
        self.recorder.record(
            request,
            "earningrule.published",
            rule,
            changes={"version": version.number, "begins_at": begins_at.isoformat(), "says": read(version, programme)},
        )
        return _("Version %(number)d is published.") % {"number": version.number}


def _current(rule: EarningRule, at: datetime) -> EarningRuleVersion | None:
    begun = [version for version in rule.versions.all() if version.begins_at <= at]
    return max(begun, key=lambda version: version.begins_at, default=None)


def _latest(rule: EarningRule) -> EarningRuleVersion | None:
    return max(rule.versions.all(), key=lambda version: version.begins_at, default=None)


def _initial(rule: EarningRule) -> dict[str, Any]:
    """What the latest version says, to be changed."""
    latest = _latest(rule)
    if latest is None:
        return {"tier_multiplies": True, "is_active": True, "rounding": Rounding.DOWN}
    return {name: getattr(latest, name) for name in VersionForm.base_fields if hasattr(latest, name)}


def _preview(given: dict[str, Any], programme: Programme) -> list[acts.Line]:
    rules.require_rate(given["points"], given["per_amount"])
    draft = Draft(**{name: given[name] for name in Draft.__dataclass_fields__})
    if given["begins_on"]:
        begins_at = timezone.localtime(clock.start_of(given["begins_on"], programme))
        if begins_at < clock.now():
            raise rules.BeginsInThePast(pointer="/begins_on")
        begins = formats.date_format(begins_at, "DATETIME_FORMAT")
    else:
        begins = str(_("At once"))
    reads = [acts.Line(_("members read"), given[name]) for name in ("name_en", "name_zh_hans")]
    return [*_in_both(draft, programme), *reads, acts.Line(_("begins"), begins)]


def _in_both(terms: sentences.Terms, programme: Programme) -> list[acts.Line]:
    lines = []
    for code, name in settings.LANGUAGES:
        with translation.override(code):
            lines.append(acts.Line(str(name), read(terms, programme)))
    return lines
