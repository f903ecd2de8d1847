"""Things that staff do to an object, each on a page of its own: what it means, a form, a preview where it matters."""

import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from core import characters
from core.errors import LoyaltyError

Text = str | Promise
PREVIEW_TITLE, PREVIEW_BUTTON = _("What will happen"), _("Show what will happen")


class ActForm(forms.Form):
    """A form of an act. `seen` proves that what is done is what was shown in the preview."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for each in self.fields.values():
            characters.watch(each)


class ReasonForm(ActForm):
    """Why staff do it: kept in the audit trail."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
        help_text=_("For the audit trail; the member does not see it. No personal data, please."),
    )


class ConfirmForm(ActForm):
    """Nothing to fill in: only to be sure."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a preview or of what the page tells: a name and what stands there now, or will."""

    name: Text
    value: Any
    before: Any = None


@dataclass(slots=True)
class Act:
    """What the page of an act says. `do` performs it and answers what to tell; a LoyaltyError is shown at the form."""

    title: Text
    button: Text
    form: ActForm
    do: Callable[[dict[str, Any]], Text]
    back: str
    explanation: Text = ""
    about: Sequence[Line] = ()
    preview: Callable[[dict[str, Any]], Sequence[Line]] | None = None
    preview_title: Text = PREVIEW_TITLE
    preview_button: Text = PREVIEW_BUTTON
    is_dangerous: bool = False
    then: str = ""
    shown: Sequence[Line] = field(default_factory=tuple)

    @property
    def must_preview(self) -> bool:
        """Whether the next step is to show what would happen."""
        return self.preview is not None and not self.shown


def page(site: Any, request: HttpRequest, act: Act) -> HttpResponse:
    """Show the page of ACT; when it was confirmed, do it in one transaction and go back."""
    if request.method == "POST" and act.form.is_valid() and _is_confirmed(act):
        try:
            with transaction.atomic():
                told = act.do(act.form.cleaned_data)
        except LoyaltyError as refusal:
            refuse(act.form, refusal)
        else:
            messages.success(request, str(told))
            return HttpResponseRedirect(act.then or act.back)
    return show(site, request, act)


def show(site: Any, request: HttpRequest, act: Act) -> HttpResponse:
    """The page of ACT, without doing anything."""
    context = {**site.each_context(request), "act": act, "title": act.title, "media": act.form.media}
    return TemplateResponse(request, "admin/act.html", context)


def refuse(form: forms.BaseForm, refusal: LoyaltyError) -> None:
    """Show a refusal beside the fields that it names, or above the form."""
    names = {pointer.strip("/").split("/")[0] for pointer in refusal.pointers}
    beside: list[str | None] = [name for name in form.fields if name in names]
    for name in beside or [None]:
        form.add_error(name, str(refusal))


def _is_confirmed(act: Act) -> bool:
    """Without preview: at once. Else only when what would happen is what was shown before."""
    if act.preview is None:
        return True
    try:
        act.shown = act.preview(act.form.cleaned_data)
    except LoyaltyError as refusal:
        refuse(act.form, refusal)
        return False
    told = "\n".join(f"{line.name}: {line.before} {line.value}" for line in act.shown)
    values = {name: value for name, value in act.form.cleaned_data.items() if name != "seen"}
    digest = hashlib.sha256(f"{told}\n{values}".encode()).hexdigest()
    if hmac.compare_digest(act.form.cleaned_data["seen"], digest):
        return True
    shown_again = cast("QueryDict", act.form.data).copy()
    shown_again[act.form.add_prefix("seen")] = digest
    act.form.data = shown_again
    return False
