"""Pure: days of the lunar calendar in words. In Chinese its months and days have names of their own."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

MONTHS = (
    pgettext_lazy("lunar month", "1st"),
    pgettext_lazy("lunar month", "2nd"),
    pgettext_lazy("lunar month", "3rd"),
    pgettext_lazy("lunar month", "4th"),
    pgettext_lazy("lunar month", "5th"),
    pgettext_lazy("lunar month", "6th"),
    pgettext_lazy("lunar month", "7th"),
    pgettext_lazy("lunar month", "8th"),
    pgettext_lazy("lunar month", "9th"),
    pgettext_lazy("lunar month", "10th"),
    pgettext_lazy("lunar month", "11th"),
    pgettext_lazy("lunar month", "12th"),
)
DAYS = (
    pgettext_lazy("lunar day", "1st"),
    pgettext_lazy("lunar day", "2nd"),
    pgettext_lazy("lunar day", "3rd"),
    pgettext_lazy("lunar day", "4th"),
    pgettext_lazy("lunar day", "5th"),
    pgettext_lazy("lunar day", "6th"),
    pgettext_lazy("lunar day", "7th"),
    pgettext_lazy("lunar day", "8th"),
    pgettext_lazy("lunar day", "9th"),
    pgettext_lazy("lunar day", "10th"),
    pgettext_lazy("lunar day", "11th"),
    pgettext_lazy("lunar day", "12th"),
    pgettext_lazy("lunar day", "13th"),
    pgettext_lazy("lunar day", "14th"),
    pgettext_lazy("lunar day", "15th"),
    pgettext_lazy("lunar day", "16th"),
    pgettext_lazy("lunar day", "17th"),
    pgettext_lazy("lunar day", "18th"),
    pgettext_lazy("lunar day", "19th"),
    pgettext_lazy("lunar day", "20th"),
    pgettext_lazy("lunar day", "21st"),
    pgettext_lazy("lunar day", "22nd"),
    pgettext_lazy("lunar day", "23rd"),
    pgettext_lazy("lunar day", "24th"),
    pgettext_lazy("lunar day", "25th"),
    pgettext_lazy("lunar day", "26th"),
    pgettext_lazy("lunar day", "27th"),
    pgettext_lazy("lunar day", "28th"),
    pgettext_lazy("lunar day", "29th"),
    pgettext_lazy("lunar day", "30th"),
)


def written(month: int, day: int, year: int | None = None, *, is_leap_month: bool = False) -> str:
    """The day as people say it: 15th day of the leap 4th lunar month 1990, 农历1990年闰四月十五."""
    words = {"year": year, "month": MONTHS[month - 1], "day": DAYS[day - 1]}
    if is_leap_month and year is not None:
        return _("%(day)s day of the leap %(month)s lunar month %(year)s") % words
    if is_leap_month:
        return _("%(day)s day of the leap %(month)s lunar month") % words
    if year is not None:
        return _("%(day)s day of the %(month)s lunar month %(year)s") % words
    return _("%(day)s day of the %(month)s lunar month") % words
