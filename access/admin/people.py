"""Users and roles, for administrators. Nobody gives themselves, or anybody else, more than they have."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, ClassVar, cast

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, ManyToManyField, OuterRef, QuerySet
from django.forms import ModelForm, ModelMultipleChoiceField
from django.forms.models import ModelChoiceIterator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminSelect2MultipleWidget

from access import factors
from access.admin.acting import acting
from access.models import User
from core import clock, words
from core.admin import acts
from core.admin.base import StaffAdmin
from core.admin.columns import button, column

# Their pages would show secrets, or go around the rules of this one.
admin.site.unregister([EmailAddress, Authenticator, UserSession, Group])

RIGHTS = ("is_active", "is_staff", "is_superuser", "groups")


ROLE_NAMES = {
    "cashier": _("Cashier"),
    "support": _("Support"),
    "marketing": _("Marketing"),
    "finance": _("Finance"),
    "administrator": _("Administrator"),
}


def role_name(group: Group) -> str:
    """The name of a role in the reader's language; one that the shop made itself has only its own."""
    return str(ROLE_NAMES.get(group.name, group.name))


# What Django lets people do with rows of each kind; other rights are named by the model they belong to.
USUAL_RIGHTS = {"add": _("Can add"), "change": _("Can change"), "delete": _("Can delete"), "view": _("Can view")}


def right_name(right: Permission) -> str:
    """What a right lets people do, in the reader's language: "Members: Can view"."""
    model = right.content_type.model_class()
    if model is None:
        return right.name
    own = dict(model._meta.permissions)
    words = own.get(right.codename) or USUAL_RIGHTS.get(right.codename.partition("_")[0], right.name)
    return _("%(rows)s: %(right)s") % {"rows": capfirst(model._meta.verbose_name_plural), "right": words}


def grouped_rights(rights: Iterable[Permission]) -> dict[str, list[Permission]]:
    """Rights by the part of the programme that they belong to, in the reader's language; the rest under "Other"."""
    found: dict[str, list[Permission]] = {}
    for right in rights:
        model = right.content_type.model_class()
        part = str(_("Other"))
        if model is not None:
            part = str(capfirst(apps.get_app_config(model._meta.app_label).verbose_name))
        found.setdefault(part, []).append(right)
    return {part: sorted(found[part], key=right_name) for part in sorted(found)}


class RightsIterator(ModelChoiceIterator):  # type: ignore[type-arg]
    """The choices of a field of rights, by part of the programme."""

    def __iter__(self) -> Iterator[Any]:
        for part, rights in grouped_rights(self.queryset.select_related("content_type")).items():
            yield part, [self.choice(right) for right in rights]


class RightsField(ModelMultipleChoiceField):  # type: ignore[type-arg]
    """What a role gives, as words that can be found."""

    iterator = RightsIterator

    def label_from_instance(self, obj: Any) -> str:
        return right_name(obj)


def _within(user: User, group: Group) -> bool:
    """Whether USER has all that GROUP gives."""
    given = {f"{app}.{name}" for app, name in group.permissions.values_list("content_type__app_label", "codename")}
    return user.is_superuser or given <= user.get_all_permissions()


@admin.register(User)
class StaffUserAdmin(StaffAdmin, UserAdmin):  # type: ignore[misc, type-arg]
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "full_name", "email", "roles", "is_active", "has_factor", "last_login")
    list_filter = ("groups", "is_active", "is_superuser")
    search_fields = ("username__istartswith", "email__istartswith", "last_name__istartswith")
    ordering = ("username",)
    private_fields = ("password", "password1", "password2", "email", "first_name", "last_name", "last_login")
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": (("username", "email"), ("first_name", "last_name"), "password")}),
        (_("Rights"), {"fields": ("is_active", "is_superuser", "groups")}),
        (_("Dates"), {"fields": (("last_login", "date_joined"),)}),
    )
    add_fieldsets = ((None, {"fields": ("username", "email", "password1", "password2", "groups")}),)
    readonly_fields = ("last_login", "date_joined")
    actions_detail: ClassVar = ["remove_factor"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Staff only: members who claimed their portal have their own page."""
        enrolled = Authenticator.objects.filter(user=OuterRef("pk"), type__in=factors.KINDS)
        rows = super().get_queryset(request).filter(is_staff=True).prefetch_related("groups")
        return cast("QuerySet[Any]", rows.annotate(factor=Exists(enrolled)))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Nobody changes their own rights, and only a superuser makes superusers."""
        fields = tuple(super().get_readonly_fields(request, obj))
        if obj is not None and obj.pk == request.user.pk:
            return (*fields, *RIGHTS)
        return fields if request.user.is_superuser else (*fields, "is_superuser")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who has less than another can't take over their account either."""
        if obj is not None and not request.user.is_superuser:
            mine = acting(request).get_all_permissions()
            if obj.is_superuser or not obj.get_all_permissions() <= mine:
                return False
        return bool(super().has_change_permission(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who once acted stays in the audit trail: users are switched off, not deleted."""
        return False

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "groups":
            mine = [group.pk for group in Group.objects.all() if _within(acting(request), group)]
            kwargs |= {
                "queryset": Group.objects.filter(pk__in=mine),
                "widget": UnfoldAdminCheckboxSelectMultipleWidget(),
            }
            found: Any = super().formfield_for_manytomany(db_field, request, **kwargs)
            found.label_from_instance = role_name
            return found
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        found: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "groups":
            found.widget = found.widget.widget  # without the links to change roles from here
            found.label, found.help_text = _("Roles"), ""
        return found

    def save_model(self, request: HttpRequest, obj: Any, form: "ModelForm[Any]", change: bool) -> None:
        if not change:
            obj.is_staff = True
        super().save_model(request, obj, form, change)

    @column(pgettext_lazy("of a person", "name"))
    def full_name(self, user: User) -> str:
        return user.get_full_name()

    @column(_("roles"))
    def roles(self, user: User) -> str:
        return words.listed(role_name(group) for group in user.groups.all())

    @column(_("second factor"), boolean=True)
    def has_factor(self, user: Any) -> bool:
        return bool(user.factor)

    def idle(self, request: HttpRequest, object_id: Any) -> set[str]:
        user = self.get_object(request, object_id)
        is_left_alone = user is None or user.pk == request.user.pk or not user.factor
        return {"remove_factor"} if is_left_alone else set()

    @button(
        _("Remove second factor"), path="remove-factor", permissions=("access.change_user",), icon="phonelink_erase"
    )
    def remove_factor(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """For those who lost phone and recovery codes: they set up a new factor at the next sign-in."""
        user = cast("User", self.get_object(request, object_id))
        if user is None or user.pk == request.user.pk or not self.has_change_permission(request, user):
            raise PermissionDenied
        act = acts.Act(
            title=_("Remove second factor"),
            explanation=_("At the next sign-in this user is asked to set up a new one. Make sure who is asking you."),
            about=[acts.Line(_("user"), str(user))],
            button=_("Remove"),
            is_dangerous=True,
            form=acts.ReasonForm(request.POST or None),
            do=lambda given: self._remove_factor(request, user, given["reason"]),
            back=reverse("admin:access_user_change", args=[user.pk]),
        )
        return acts.page(self.admin_site, request, act)

    def _remove_factor(self, request: HttpRequest, user: User, reason: str) -> acts.Text:
        Authenticator.objects.filter(user=user).delete()
        factors.tell_changed(user, "removed", language=get_language() or settings.LANGUAGE_CODE, at=clock.now())
        self.recorder.record(request, "user.factor_removed", user, reason=reason)
        return _("The second factor was removed.")


@admin.register(Group)
class RoleAdmin(StaffAdmin, GroupAdmin):  # type: ignore[misc]
    """Roles come with the product and are seen here. Only superusers change what they give."""

    list_display = ("title", "holders")
    search_fields = ()
    in_words = ("title", "rights")
    filter_horizontal = ()
    formfield_overrides: ClassVar = {ManyToManyField: {"widget": UnfoldAdminSelect2MultipleWidget}}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return cast("QuerySet[Any]", super().get_queryset(request).annotate(users=Count("user")))

    def get_fields(self, request: HttpRequest, obj: Group | None = None) -> tuple[str, ...]:
        return ("name", "permissions") if self.has_change_permission(request, obj) else self.in_words

    def get_readonly_fields(self, request: HttpRequest, obj: Group | None = None) -> tuple[str, ...]:
        return () if self.has_change_permission(request, obj) else self.in_words

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The head of the page names the role in the reader's language."""
        if group := context.get("original"):
            shown = Group(pk=group.pk, name=role_name(group))
            context |= {"original": shown, "subtitle": shown.name}
        return super().render_change_form(request, context, *args, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest | None = None, **kwargs: Any) -> Any:
        if db_field.name == "permissions":
            # Rights over rows of libraries mean nothing here, and hide those that do.
            ours = [each.label for each in apps.get_app_configs() if Path(each.path).parent == settings.BASE_DIR]
            kwargs |= {
                "form_class": RightsField,
                "queryset": Permission.objects.filter(content_type__app_label__in=[*ours, "auth"]),
            }
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only those that the shop made itself."""
        return bool(request.user.is_superuser) and (obj is None or obj.name not in ROLE_NAMES)

    @column(_("role"), order="name")
    def title(self, group: Group) -> str:
        return role_name(group)

    @column(_("rights"))
    def rights(self, group: Group) -> SafeString:
        parts = grouped_rights(group.permissions.select_related("content_type"))
        lists = (
            (part, format_html_join("", "<li>{}</li>", ([right_name(each)] for each in rights)))
            for part, rights in parts.items()
        )
        return format_html_join("", "<h3 class='staff-part'>{}</h3><ul>{}</ul>", lists)

    @column(_("users"))
    def holders(self, group: Any) -> int:
        return int(group.users)
