"""What every staff page is built on: lists that stay quick, changes that leave a trace, rows that nobody may change."""

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol, cast

from django.contrib import messages
from django.contrib.admin.checks import ModelAdminChecks
from django.contrib.admin.utils import construct_change_message
from django.core.paginator import Paginator
from django.db.models import PROTECT, ForeignObjectRel, Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext
from unfold.admin import ModelAdmin, TabularInline
from unfold.views import ChangeList

from core import characters

COUNTED = 10_000


class Recorder(Protocol):
    """The staff site: it knows who acts and writes the audit trail."""

    def record(
        self,
        request: HttpRequest,
        action: str,
        subject: Model,
        *,
        reason: str = "",
        changes: dict[str, Any] | None = None,
    ) -> None: ...


class QuickPaginator(Paginator):  # type: ignore[type-arg]
    """Counts up to 10,000 rows and offers no page beyond: whoever wants more of a large table searches or filters."""

    template_name = "admin/parts/pages.html"
    most = COUNTED

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        if isinstance(rows, QuerySet):
            return rows.order_by()[:COUNTED].count()
        return len(rows)


class StaffList(ChangeList):  # type: ignore[misc]
    """A list that names its total only when something narrows it down."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if not self.query and not self.get_filters_params():
            self.full_result_count = self.result_count


class StaffAdmin(ModelAdmin):  # type: ignore[misc]
    """A staff page. What staff add, change or delete here is recorded in the audit trail, field by field."""

    checks_class = ModelAdminChecks  # Unfold's own ask the database for permissions before it was migrated
    list_per_page = 50
    show_full_result_count = False
    paginator = QuickPaginator
    compressed_fields = False
    warn_unsaved_form = True
    actions: ClassVar = None
    empty_value_display = "–"
    private_fields: ClassVar[tuple[str, ...]] = ()  # personal or secret: the trail says that they changed, not what

    @property
    def recorder(self) -> Recorder:
        return cast("Recorder", self.admin_site)

    def name(self, what: str) -> str:
        """The audit trail's name of a plain change: "store.changed"."""
        return f"{self.opts.model_name}.{what}"

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        found: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        characters.watch(found)
        return found

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[StaffList]:
        return StaffList

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """The buttons of an object's page that make sense for it as it is."""
        buttons = super().get_actions_detail(request, object_id)
        idle = self.idle(request, object_id) if buttons else set()
        return [each for each in buttons if each.method.original_function_name not in idle]

    def idle(self, request: HttpRequest, object_id: Any) -> set[str]:
        """The names of buttons that would do nothing for this object."""
        return set()

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> None:
        self.recorder.record(request, self.name("added"), obj, changes=self._values(obj))

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> None:
        changes = getattr(obj, "_staff_changes", None)
        if changes:
            self.recorder.record(request, self.name("changed"), obj, changes=changes)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for obj in queryset:
            self.recorder.record(request, self.name("deleted"), obj, changes=self._values(obj))

    def construct_change_message(
        self, request: HttpRequest, form: "ModelForm[Any]", formsets: Any, add: bool = False
    ) -> list[dict[str, Any]]:
        # The form of a password has a user instead.
        changed: Any = getattr(form, "instance", None) or getattr(form, "user", None)
        changed._staff_changes = {
            name: "***"
            if name in self.private_fields
            else [_plain(form.initial.get(name)), _plain(form.cleaned_data.get(name))]
            for name in form.changed_data
        }
        return construct_change_message(form, formsets or [], add)  # type: ignore[arg-type]

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What is in use stays: said in one sentence, with what uses it and what to do instead."""
        obj = self.get_object(request, object_id)
        if obj is not None and self.has_delete_permission(request, obj) and (used := uses(obj)):
            messages.error(request, self._stays(obj, used))
            page = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
            return HttpResponseRedirect(reverse(page, args=[obj.pk]))
        answer: HttpResponse = super().delete_view(request, object_id, extra_context)
        return answer

    def _stays(self, obj: Model, used: Mapping[str, int]) -> str:
        by = gettext(", ").join(
            gettext("%(rows)s: %(count)s") % {"rows": name, "count": f"{count:,}" if count <= COUNTED else "10,000+"}
            for name, count in used.items()
        )
        told = gettext("“%(name)s” is in use and can't be deleted (%(uses)s).") % {"name": obj, "uses": by}
        if "is_active" in {field.name for field in self.opts.fields}:
            told += gettext(" Switch it off instead: untick “active”. What it was used for keeps its name.")
        return told

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The history of an object is what the audit trail says of it."""
        subject = f"{self.opts.model_name}:{object_id}"
        return HttpResponseRedirect(f"{reverse('admin:access_auditentry_changelist')}?{urlencode({'q': subject})}")

    def _values(self, obj: Model) -> dict[str, Any]:
        return {
            field.attname: _plain(getattr(obj, field.attname))
            for field in obj._meta.concrete_fields
            if field.name not in self.private_fields
        }


def uses(obj: Model) -> dict[str, int]:
    """What keeps OBJ from being deleted: how many rows of which kind. Counted up to one more than COUNTED."""
    found: dict[str, int] = {}
    for relation in obj._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel) and relation.on_delete is PROTECT:
            rows = relation.related_model._base_manager.filter(**{relation.field.name: obj})
            if count := rows.order_by()[: COUNTED + 1].count():
                name = str(relation.related_model._meta.verbose_name_plural)
                found[name] = found.get(name, 0) + count
    return found


class ReadOnlyAdmin(StaffAdmin):
    """Rows that staff look at and never add, change or delete here."""

    compressed_fields = True
    warn_unsaved_form = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReadOnlyInline(TabularInline):  # type: ignore[misc]
    """Rows of something, shown on its page."""

    extra = 0
    can_delete = False
    show_change_link = False
    hide_title = True
    tab = True

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def _plain(value: Any) -> Any:
    """A value as the audit trail keeps it: text, numbers and truth as they are, objects by their key."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, QuerySet | list | tuple | set):
        return [_plain(item) for item in value]
    return str(value)
