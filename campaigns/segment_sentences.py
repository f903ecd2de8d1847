"""Pure: conditions as one sentence, in the language that is active: what staff built, read back to them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.conditions import About, Group, Join, Test, Vocabulary
from core import money


def sentence(group: Group, known: Vocabulary) -> str:
    """Such as: Members who hold the tier Gold, and bought at least 3 times (in the last 90 days)."""
    return _("Members who %(conditions)s.") % {"conditions": _inside(group, known)}


def _inside(group: Group, known: Vocabulary) -> str:
    between = _(", and ") if group.join == Join.ALL else _(", or ")
    said = between.join(_part(part, known) for part in group.parts)
    return _("do not match “%(condition)s”") % {"condition": said} if group.is_not else said


def _part(part: Test | Group, known: Vocabulary) -> str:
    if isinstance(part, Group):
        said = _inside(part, known)
        return said if part.is_not or len(part.parts) == 1 else _("(%(conditions)s)") % {"conditions": said}
    said = _SAID[part.about](part, known)
    return _("do not match “%(condition)s”") % {"condition": said} if part.is_not else said


def _listed(titles: Sequence[str]) -> str:
    """A, B or C."""
    *first, last = titles
    return _("%(first)s or %(last)s") % {"first": _(", ").join(first), "last": last} if first else last


def _titles(test: Test, known: Vocabulary, what: str) -> str:
    return _listed([known.titles[what][code] for code in test.codes])


def _of_codes(what: str, words: Callable[[], str]) -> Callable[[Test, Vocabulary], str]:
    def said(test: Test, known: Vocabulary) -> str:
        return words() % {"choices": _titles(test, known, what)}

    return said


def _age(test: Test, _known: Vocabulary) -> str:
    words = _("turn %(age)d or more this year") if test.how == "at_least" else _("turn %(age)d or less this year")
    return words % {"age": test.number}


def _joined(test: Test, _known: Vocabulary) -> str:
    if test.how == "last":
        return ngettext("joined in the last %(days)d day", "joined in the last %(days)d days", test.days) % {
            "days": test.days
        }
    if test.how == "before":
        return ngettext("joined more than %(days)d day ago", "joined more than %(days)d days ago", test.days) % {
            "days": test.days
        }
    return _("joined %(when)s") % {"when": _between(test.since, test.until)}


def _between(since: date | None, until: date | None) -> str:
    if since and until:
        return _("from %(since)s until %(until)s") % {"since": _day(since), "until": _day(until)}
    if since:
        return _("on %(since)s or later") % {"since": _day(since)}
    return _("on %(until)s or earlier") % {"until": _day(until)}


def _day(day: date | None) -> str:
    return date_format(day, "DATE_FORMAT") if day else ""


def _tier_ends(test: Test, _known: Vocabulary) -> str:
    words = ngettext(
        "hold a tier that runs out within %(days)d day", "hold a tier that runs out within %(days)d days", test.days
    )
    return words % {"days": test.days}


def _purchases(test: Test, known: Vocabulary) -> str:
    if test.how == "at_least":
        words = ngettext("bought at least %(times)s time", "bought at least %(times)s times", test.number)
    elif test.number == 0:
        words = _("bought nothing")
    else:
        words = ngettext("bought at most %(times)s time", "bought at most %(times)s times", test.number)
    return _within(words % {"times": f"{test.number:,}"}, test, known)


def _spent(test: Test, known: Vocabulary) -> str:
    words = _("spent at least %(amount)s") if test.how == "at_least" else _("spent at most %(amount)s")
    return _within(words % {"amount": money.shown(test.amount, known.currency)}, test, known)


def _last_purchase(test: Test, known: Vocabulary) -> str:
    if test.how == "last":
        words = ngettext("bought in the last %(days)d day", "bought in the last %(days)d days", test.days)
    else:
        words = ngettext("last bought more than %(days)d day ago", "last bought more than %(days)d days ago", test.days)
    return _within(words % {"days": test.days}, test, known)


def _within(said: str, test: Test, known: Vocabulary) -> str:
    """What was bought, and in brackets when, where and of what."""
    found = []
    if test.period == "last":
        found.append(ngettext("in the last %(days)d day", "in the last %(days)d days", test.days) % {"days": test.days})
    elif test.period == "between":
        found.append(_between(test.since, test.until))
    if test.stores:
        found.append(_("at %(stores)s") % {"stores": _listed([known.titles["stores"][code] for code in test.stores])})
    if test.categories:
        titles = [known.titles["categories"][code] for code in test.categories]
        found.append(_("of %(categories)s") % {"categories": _listed(titles)})
    if not found:
        return said
    return _("%(said)s (%(within)s)") % {"said": said, "within": _("; ").join(found)}


def _points(test: Test, _known: Vocabulary) -> str:
    if test.how == "at_least":
        words = ngettext("have at least %(points)s point", "have at least %(points)s points", test.number)
    else:
        words = ngettext("have at most %(points)s point", "have at most %(points)s points", test.number)
    return words % {"points": f"{test.number:,}"}


def _points_expire(test: Test, _known: Vocabulary) -> str:
    words = ngettext(
        "have at least %(points)s points that expire within %(days)d day",
        "have at least %(points)s points that expire within %(days)d days",
        test.days,
    )
    return words % {"points": f"{test.number:,}", "days": test.days}


def _consent(test: Test, known: Vocabulary) -> str:
    words = {
        "yes": _("said yes to marketing by %(choices)s"),
        "no": _("said no to marketing by %(choices)s"),
        "never": _("were never asked about marketing by %(choices)s"),
    }[test.how]
    return words % {"choices": _titles(test, known, "channels")}


def _trait(test: Test, _known: Vocabulary) -> str:
    if test.text:
        return _("have the trait “%(name)s” with the value “%(value)s”") % {"name": test.name, "value": test.text}
    return _("have the trait “%(name)s”") % {"name": test.name}


_SAID: Mapping[About, Callable[[Test, Vocabulary], str]] = {
    About.STATUS: _of_codes("statuses", lambda: _("have the status “%(choices)s”")),
    About.LANGUAGE: _of_codes("languages", lambda: _("read %(choices)s")),
    About.AGE: _age,
    About.BIRTH_MONTH: _of_codes("months", lambda: _("have their birthday in %(choices)s")),
    About.CONTACT: _of_codes("contacts", lambda: _("gave us %(choices)s")),
    About.JOINED: _joined,
    About.JOINED_AT: _of_codes("stores", lambda: _("joined at %(choices)s")),
    About.TIER: _of_codes("tiers", lambda: _("hold the tier %(choices)s")),
    About.TIER_ENDS: _tier_ends,
    About.PURCHASES: _purchases,
    About.SPENT: _spent,
    About.LAST_PURCHASE: _last_purchase,
    About.POINTS: _points,
    About.POINTS_EXPIRE: _points_expire,
    About.CONSENT: _consent,
    About.SEGMENT: _of_codes("segments", lambda: _("are in the segment %(choices)s")),
    About.TRAIT: _trait,
}
