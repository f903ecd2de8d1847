"""Tills: a new one gets a key that is shown once."""

from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget, UnfoldBooleanWidget

from access.admin.acting import acting
from core import clock
from core.admin import acts
from core.admin.base import StaffAdmin
from core.admin.columns import button, column
from core.errors import LoyaltyError
from pos import terminals
from sales.models import Store, Terminal

STATE_COLOURS = {"works": "success", "off": "warning", "revoked": "danger"}


class NewTerminalForm(acts.ActForm):
    """Where the till stands and what it is called."""

    store = forms.ModelChoiceField(
        label=_("Store"), queryset=Store.objects.filter(is_active=True), widget=UnfoldAdminSelectWidget
    )
    code = forms.SlugField(
        label=pgettext_lazy("of a till", "Code"),
        max_length=20,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Such as T1. It stands on receipts and never changes."),
    )
    name = forms.CharField(
        label=pgettext_lazy("of a till", "Name"), max_length=80, required=False, widget=UnfoldAdminTextInputWidget
    )
    is_page = forms.BooleanField(
        label=_("For the till page"),
        required=False,
        widget=UnfoldBooleanWidget,
        help_text=_("Staff sell on it in the browser, signed in by name. It gets no key."),
    )


@admin.register(Terminal)
class TerminalAdmin(StaffAdmin):
    list_display = ("code", "store", "name", "state", "is_page", "key_prefix", "created_at")
    list_select_related = ("store",)
    list_filter = ("store", "is_page", "is_active")
    search_fields = ("code__iexact", "key_prefix__exact")
    ordering = ("store__code", "code")
    fields = (("store", "code"), ("name", "is_active"), ("key_prefix", "is_page"), ("created_at", "revoked_at"))
    readonly_fields = ("store", "code", "is_page", "key_prefix", "created_at", "revoked_at")
    actions_detail: ClassVar = ["rotate", "revoke"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Receipts name their terminal: it is revoked, not deleted."""
        return False

    def idle(self, request: HttpRequest, object_id: Any) -> set[str]:
        terminal = Terminal.objects.filter(pk=object_id).first()
        if terminal is None:
            return set()
        return ({"revoke"} if terminal.revoked_at else set()) | ({"rotate"} if terminal.is_page else set())

    @column(_("key"), colours=STATE_COLOURS)
    def state(self, terminal: Terminal) -> tuple[str, Any]:
        if terminal.revoked_at:
            return "revoked", _("revoked")
        return ("works", _("works")) if terminal.is_active else ("off", _("switched off"))

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A new till comes with its key; the page after it shows the key this once."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = NewTerminalForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                return self._put(request, **form.cleaned_data)
            except LoyaltyError as refusal:
                acts.refuse(form, refusal)
        act = acts.Act(
            title=_("New terminal"),
            explanation=_("The next page shows its key, once. A terminal for the till page needs none."),
            button=_("Add the terminal"),
            form=form,
            do=lambda _given: "",
            back=reverse("admin:sales_terminal_changelist"),
        )
        return acts.show(self.admin_site, request, act)

    def _put(
        self, request: HttpRequest, *, store: Store, code: str, name: str, is_page: bool, **_seen: str
    ) -> HttpResponse:
        if is_page:
            terminal = terminals.open_page(store, code, name=name, actor=acting(request))
            messages.success(
                request, _("Staff can sell at %(terminal)s on the till page now.") % {"terminal": terminal}
            )
            return HttpResponseRedirect(self._page(terminal))
        terminal, key = terminals.issue_key(store, code, name=name, actor=acting(request))
        return self._show_key(request, terminal, key)

    @button(_("New key"), path="rotate", permissions=("sales.change_terminal",), icon="key")
    def rotate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        terminal = self._found(request, object_id)
        if request.method == "POST":
            return self._show_key(request, terminal, terminals.rotate(terminal, actor=acting(request)))
        act = acts.Act(
            title=_("New key for %(terminal)s") % {"terminal": terminal},
            explanation=_("The old key stops at once: the till can't post anything until it has the new one."),
            button=_("Make a new key"),
            is_dangerous=True,
            form=acts.ConfirmForm(),
            do=lambda _given: "",
            back=self._page(terminal),
        )
        return acts.show(self.admin_site, request, act)

    @button(_("Revoke"), path="revoke", permissions=("sales.change_terminal",), icon="block", look="danger")
    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponse:
        terminal = self._found(request, object_id)

        def do(given: dict[str, Any]) -> acts.Text:
            terminals.revoke(terminal, reason=given["reason"], at=clock.now(), actor=acting(request))
            return _("The key was revoked.")

        act = acts.Act(
            title=_("Revoke the key of %(terminal)s") % {"terminal": terminal},
            explanation=_("Whoever holds the key is refused from now on. A new key lets the till in again."),
            button=_("Revoke"),
            is_dangerous=True,
            form=acts.ReasonForm(request.POST or None),
            do=do,
            back=self._page(terminal),
        )
        return acts.page(self.admin_site, request, act)

    def _found(self, request: HttpRequest, object_id: str) -> Terminal:
        terminal = self.get_object(request, object_id)
        if terminal is None:
            raise PermissionDenied
        return cast("Terminal", terminal)

    def _page(self, terminal: Terminal) -> str:
        return reverse("admin:sales_terminal_change", args=[terminal.pk])

    def _show_key(self, request: HttpRequest, terminal: Terminal, key: str) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("The key of %(terminal)s") % {"terminal": terminal},
            "key": key,
            "back": self._page(terminal),
        }
        return TemplateResponse(request, "admin/terminal_key.html", context)
