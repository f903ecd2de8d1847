"""Columns and actions of staff pages, with types: what Unfold's decorators do."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from core import naming, words

Method = TypeVar("Method", bound=Callable[..., Any])
Text = str | Promise

VARIANTS = {"main": ActionVariant.PRIMARY, "danger": ActionVariant.DANGER, "plain": ActionVariant.DEFAULT}


class _Colours(dict[str, str | None]):
    """The colours of a label's values. One without a colour is told in words too, where Unfold would show it bare."""

    def __missing__(self, value: str) -> None:
        return None


def column(
    title: Text,
    *,
    order: str | None = None,
    colours: Mapping[str, str] | None = None,
    two_lines: bool = False,
    boolean: bool | None = None,
) -> Callable[[Method], Method]:
    """A computed column. COLOURS: it answers (value, text), shown as a label. Two lines: it answers two texts."""
    options: dict[str, Any] = {"description": title}
    if order:
        options["ordering"] = order
    if colours is not None:
        options["label"] = _Colours(colours)
    if two_lines:
        options["header"] = True
    if boolean is not None:
        options["boolean"] = boolean
    return cast("Callable[[Method], Method]", display(**options))


def button(
    title: Text, *, path: str, permissions: tuple[str, ...], icon: str = "", look: str = "plain"
) -> Callable[[Method], Method]:
    """A button on the page of an object or above a list, for those who have all of PERMISSIONS."""
    options = {"description": title, "url_path": path, "permissions": list(permissions), "variant": VARIANTS[look]}
    if icon:
        options["icon"] = icon
    return cast("Callable[[Method], Method]", action(**options))


def points_column(field: str, title: Text, *, sortable: bool = True) -> Callable[[Any, Any], str]:
    """The number of points in FIELD, grouped in thousands; a dash for none."""

    @column(title, order=field if sortable else None)
    def shown(_page: Any, row: Any) -> str:
        return words.points(getattr(row, field))

    return shown


def reference_column(title: Text, *, whole: bool = False) -> Callable[[Any, Any], str]:
    """The row's reference in words; WHOLE: with the code that it can be found by, where that says something else."""

    @column(title)
    def shown(_page: Any, row: Any) -> str:
        said = naming.thing(row.reference)
        return f"{said} ({row.reference})" if whole and said != row.reference else said or words.NOTHING

    return shown


def link_column(title: Text, name: str, key: str, text: str) -> Callable[[Any, Any], str]:
    """A link to the staff page NAME of the object whose key stands in KEY. TEXT is filled from the row: "#{row.pk}"."""

    @column(title)
    def shown(_page: Any, row: Any) -> str:
        found = getattr(row, key)
        if found is None:
            return words.NOTHING
        return format_html('<a href="{}">{}</a>', reverse(f"admin:{name}_change", args=[found]), text.format(row=row))

    return shown
