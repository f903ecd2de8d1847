"""What staff fill in about segments: conditions in a builder, lists from a file."""

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import INPUT_CLASSES, SELECT_CLASSES, UnfoldAdminFileFieldWidget, UnfoldAdminRadioSelectWidget

from campaigns import audiences, conditions, lists, queries
from campaigns.conditions import UnusableConditions, Vocabulary
from campaigns.lists import UnusableList
from campaigns.models import Segment
from core import once
from core.admin.acts import ActForm
from core.errors import LoyaltyError

# What a new segment begins with, so that nobody begins before an empty page.
FIRST = {"join": "all", "parts": [{"about": "purchases", "how": "at_least", "number": 1, "period": "last", "days": 90}]}
MOST_BYTES = 50_000_000


class ConditionsWidget(forms.Textarea):
    """The builder. What is sent is the JSON in its textarea, which stands open where no scripts run."""

    class Media:
        js = (forms.Script("admin_site/conditions.js", defer=True),)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        area = super().render(name, value, attrs, renderer)
        known = queries.vocabulary(once.programme())
        return render_to_string("admin/parts/conditions.html", {"area": area, "catalogue": catalogue(known)})


class ConditionsField(forms.CharField):
    """Conditions: JSON in the form, plain data in Python."""

    widget = ConditionsWidget

    def prepare_value(self, value: Any) -> Any:
        return (
            value if isinstance(value, str) else json.dumps(value if value is not None else FIRST, ensure_ascii=False)
        )

    def to_python(self, value: Any) -> Any:
        return as_data(value)

    def validate(self, value: Any) -> None:
        """What the conditions say is looked at together with the kind of segment."""

    def run_validators(self, value: Any) -> None:
        """They are for texts."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(initial != as_data(data))


def as_data(text: object) -> Any:
    """What the JSON says; nothing usable where it is none, so that it is refused as conditions are."""
    try:
        return json.loads(str(text))
    except (ValueError, RecursionError):
        return ""


class SegmentForm(forms.ModelForm):  # type: ignore[type-arg]
    """A segment: its name, whether by conditions or by list, and the conditions."""

    conditions = ConditionsField(label=_("Conditions"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "kind" in self.fields:
            # A list of one morning is no rule of the next.
            self.fields["kind"].disabled = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if (cleaned.get("kind") or self.instance.kind) == Segment.Kind.LIST:
            cleaned["conditions"] = None
            return cleaned
        known = queries.vocabulary(once.programme())
        try:
            audiences.check(cleaned.get("conditions", ""), self.instance.pk, known)
            cleaned["conditions"] = conditions.plain(conditions.read(cleaned["conditions"], known))
        except LoyaltyError as refusal:
            self.add_error("conditions", str(refusal))
        return cleaned


class ListForm(ActForm):
    """A file of members."""

    file = forms.FileField(
        label=_("File"),
        widget=UnfoldAdminFileFieldWidget,
        help_text=_(
            "CSV in UTF-8. The first line names the columns; exactly one of number, phone, email or external_id must "
            "be among them. A file with a bad line is not taken at all."
        ),
    )
    how = forms.ChoiceField(
        label=_("What to do"),
        choices=[
            ("replace", _("The list becomes this file")),
            ("add", _("Add these members to the list")),
            ("remove", _("Take these members off the list")),
        ],
        initial="replace",
        widget=UnfoldAdminRadioSelectWidget,
    )

    def clean(self) -> dict[str, Any]:
        """Read the file: what is wrong with which line stands beside it."""
        cleaned = super().clean() or {}
        upload = cleaned.get("file")
        if upload and upload.size > MOST_BYTES:
            self.add_error("file", _("This file is too large."))
        elif upload:
            try:
                cleaned["members"] = lists.members(upload.read(), once.programme())
            except UnusableList as refusal:
                self.add_error("file", lists.told(refusal))
        return cleaned


def problems(refusal: LoyaltyError) -> list[tuple[str, str]]:
    """Where conditions are wrong, and why; "" is the whole."""
    if isinstance(refusal, UnusableConditions):
        return list(refusal.details["problems"])
    return [("", str(refusal))]


def catalogue(known: Vocabulary) -> Mapping[str, Any]:
    """All that the builder offers, and its words, in the reader's language."""
    return {
        "abouts": [
            {
                "about": str(about),
                "topic": str(shape.topic),
                "title": str(shape.title),
                "codes": shape.codes,
                "hows": [
                    {"how": how, "title": str(title), "takes": takes} for how, (title, takes) in shape.hows.items()
                ],
            }
            for about, shape in conditions.SHAPES.items()
        ],
        "periods": {code: str(title) for code, title in conditions.PERIODS.items()},
        "choices": {what: list(titles.items()) for what, titles in known.titles.items()},
        "deepest": conditions.DEEPEST,
        "look": {"input": " ".join(INPUT_CLASSES), "select": " ".join(SELECT_CLASSES)},
        "words": builder_words(known),
    }


def builder_words(known: Vocabulary) -> Mapping[str, str]:
    """What stands on the controls of the builder."""
    return {
        "number": gettext("Number"),
        "amount": gettext("Amount in %(currency)s") % {"currency": known.currency},
        "days": gettext("Days"),
        "period": gettext("When"),
        "since": gettext("From"),
        "until": gettext("Until"),
        "codes": gettext("Which"),
        "stores": gettext("Stores (none chosen: all)"),
        "categories": gettext("Categories (none chosen: all)"),
        "name": pgettext("of a trait", "Name"),
        "text": gettext("Value (empty: any)"),
        "about": gettext("What"),
        "how": gettext("How"),
        "match": gettext("Does it hold?"),
        "is": pgettext("condition", "holds"),
        "is_not": pgettext("condition", "does not hold"),
        "join": gettext("How many of them?"),
        "all": gettext("All of these hold"),
        "any": gettext("At least one of these holds"),
        "condition": gettext("Condition"),
        "group": gettext("Group of conditions"),
        "add": gettext("Add a condition"),
        "add_group": gettext("Add a group"),
        "remove": gettext("Remove"),
        "none": gettext("There are none."),
        "counting": gettext("Counting …"),
        "unreachable": gettext("The count can't be had at the moment."),
    }
