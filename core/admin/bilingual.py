"""Texts in both languages: side by side on staff pages, so that a missing translation shows."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from modeltranslation.translator import translator
from modeltranslation.utils import build_localized_fieldname


def both(field: str) -> tuple[str, ...]:
    """The columns of a text: ("name_en", "name_zh_hans")."""
    return tuple(build_localized_fieldname(field, code) for code in settings.MODELTRANSLATION_LANGUAGES)


class BilingualForm(forms.ModelForm):  # type: ignore[type-arg]
    """At least one language must be filled in; an empty one takes the other's text."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self._texts():
            for code, column in zip(settings.MODELTRANSLATION_LANGUAGES, both(name), strict=True):
                if column in self.fields:
                    label = self._meta.model._meta.get_field(name).verbose_name
                    self.fields[column].label = LABELS[code] % {"label": capfirst(str(label))}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in self._texts():
            columns = [column for column in both(name) if column in self.fields]
            given = next((cleaned[column] for column in columns if cleaned.get(column)), "")
            if columns and not given and not self._meta.model._meta.get_field(name).blank:
                self.add_error(columns[0], _("Fill this in, in one language at least."))
            for column in columns:
                cleaned[column] = cleaned.get(column) or given
        return cleaned

    def _texts(self) -> list[str]:
        return list(translator.get_options_for_model(self._meta.model).all_fields)


LABELS = {"en": _("%(label)s in English"), "zh-hans": _("%(label)s in Chinese")}
