"""The suppression list. Only digests are kept, so that it is searched by a whole address, never read through."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminRadioSelectWidget, UnfoldAdminTextInputWidget

from access.admin.acting import acting
from core import clock
from core import programme as programmes
from core.admin import acts
from core.admin.base import ReadOnlyAdmin
from core.admin.columns import button, column
from core.errors import InvalidInput
from members.models import Consent
from messaging import suppression
from messaging.models import Suppression

MANAGE = "messaging.manage_suppression"
LIST = "admin:messaging_suppression_changelist"
Reason = Suppression.Reason
REASON_COLOURS = {"unsubscribed": "info", "added": "default", "bounced": "warning", "complained": "danger"}
# What ends it, by its reason.
ENDS = {
    Reason.UNSUBSCRIBED: suppression.Unsubscribed.sentence,
    Reason.COMPLAINED: suppression.Complained.sentence,
    Reason.BOUNCED: _("There was nobody at this address. Once it works again, take it off here."),
    Reason.ADDED: _("Staff put it here; the audit trail says why. It can be taken off here."),
}


class AddressForm(acts.ReasonForm):
    """An address that is to get no marketing any more."""

    channel = forms.ChoiceField(
        label=_("channel"), choices=Consent.Channel.choices, initial=Consent.Channel.EMAIL,
        widget=UnfoldAdminRadioSelectWidget,
    )  # fmt: skip
    address = forms.CharField(
        label=_("Address"),
        max_length=254,
        widget=UnfoldAdminTextInputWidget({"autocomplete": "off"}),
        help_text=_("The e-mail address or phone number. Only its digest is kept."),
    )
    field_order = ("channel", "address", "reason")


@admin.register(Suppression)
class SuppressionAdmin(ReadOnlyAdmin):
    list_display = ("at", "channel", "shown_reason", "by", "digest_begins")
    list_display_links = ("at",)
    list_select_related = ("by",)
    list_filter = ("reason", "channel")
    search_fields = ("digest__exact",)
    search_help_text = _("A whole e-mail address or phone number")
    ordering = ("-at", "-id")
    fields = (("channel", "reason"), ("at", "by"), "digest_begins", "ends")
    readonly_fields = ("digest_begins", "ends")
    actions_list: ClassVar = ["add_address"]
    actions_detail: ClassVar = ["lift"]

    def idle(self, request: HttpRequest, object_id: Any) -> set[str]:
        found = self.get_object(request, object_id)
        return set() if found and found.reason in suppression.REMOVABLE else {"lift"}

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if term := search_term.strip():
            queryset = queryset.filter(_standing_for(term))
        return queryset, False

    @button(_("Add an address"), path="add-address", permissions=(MANAGE,), icon="add", look="main")
    def add_address(self, request: HttpRequest) -> HttpResponse:
        def do(given: dict[str, Any]) -> acts.Text:
            suppression.add(
                given["channel"], given["address"], programmes.current().country,
                reason=given["reason"], actor=acting(request), at=clock.now(),
            )  # fmt: skip
            return _("The address gets no news any more.")

        form = AddressForm(request.POST or None)
        act = acts.Act(
            title=_("Put an address on the suppression list"),
            explanation=_(
                "It gets no marketing any more, whoever has it and whatever they agree to, until it is taken off. "
                "Messages about the membership itself still go there."
            ),
            button=_("Add"),
            form=form,
            do=do,
            back=reverse(LIST),
        )
        return acts.page(self.admin_site, request, act)

    @button(_("Take off the list"), path="lift", permissions=(MANAGE,), look="danger")
    def lift(self, request: HttpRequest, object_id: str) -> HttpResponse:
        found = self.get_object(request, object_id)
        if found is None:
            raise PermissionDenied

        def do(given: dict[str, Any]) -> acts.Text:
            suppression.lift(found, reason=given["reason"], actor=acting(request))
            return _("Taken off the list. The member's consent decides again.")

        act = acts.Act(
            title=_("Take an address off the suppression list"),
            explanation=ENDS[Reason(found.reason)],
            button=_("Take off the list"),
            form=acts.ReasonForm(request.POST or None),
            do=do,
            back=reverse("admin:messaging_suppression_change", args=[found.pk]),
            then=reverse(LIST),
            about=[acts.Line(_("reason"), found.get_reason_display())],
        )
        return acts.page(self.admin_site, request, act)

    @column(_("reason"), colours=REASON_COLOURS, order="reason")
    def shown_reason(self, found: Suppression) -> tuple[str, str]:
        return found.reason, found.get_reason_display()

    @column(_("digest"))
    def digest_begins(self, found: Suppression) -> str:
        return found.digest[:8]

    @column(_("What ends it"))
    def ends(self, found: Suppression) -> str:
        return str(ENDS[Reason(found.reason)])


def _standing_for(term: str) -> Q:
    """The rows of an address as somebody typed it: an e-mail address, or a phone of the programme's country."""
    found = Q(pk__in=[])
    for channel in Consent.Channel.values:
        try:
            address = suppression.written(channel, term, programmes.current().country)
        except InvalidInput:
            continue
        found |= Q(channel=channel, digest=suppression.digest(address))
    return found
