"""Challenges in words, in the language that is active: what is asked, what is given, how far a member is."""

from collections.abc import Iterable
from typing import NamedTuple

from django.utils.translation import gettext, ngettext, pgettext

from campaigns import challenges, offerbook, sentences
from campaigns.models import Challenge
from campaigns.offerbook import Names
from campaigns.progress import Progress
from core import money, words
from rewards import catalogue

Kind = Challenge.Kind
MONTH = Challenge.Period.MONTH


def sentence(challenge: Challenge, names: Names, currency: str) -> str:
    """The challenge in one sentence: what for what, when, where, for whom, how often."""
    clauses = [
        _asked(challenge, names, currency),
        *_conditions(challenge, names, currency),
        sentences.days(challenge),
        _for_whom(challenge, names),
        _how_often(challenge),
    ]
    joined = pgettext("between clauses", ", ").join(clause for clause in clauses if clause)
    said = gettext("%(asked)s: %(given)s") % {"asked": joined, "given": given(challenge)}
    return said[:1].upper() + said[1:] + pgettext("end of a sentence", ".")


def _conditions(challenge: Challenge, names: Names, currency: str) -> list[str]:
    """From which amount on, and in which stores."""
    stores = [words.in_language(name) for name in offerbook.ordered(challenge.stores, names.stores)]
    found = [
        sentences.least(challenge, currency),
        gettext("in %(stores)s") % {"stores": words.listed(stores)} if stores else "",
    ]
    return [clause for clause in found if clause]


def task(challenge: Challenge, names: Names, currency: str) -> str:
    """What members read under the title: how much of what, where."""
    clauses = [_asked(challenge, names, currency), *_conditions(challenge, names, currency)]
    joined = pgettext("between clauses", ", ").join(clauses)
    return joined[:1].upper() + joined[1:]


def given(challenge: Challenge) -> str:
    """What a completed round gives: points, a voucher, a badge."""
    parts = []
    if challenge.points:
        parts.append(
            ngettext("%(points)s point", "%(points)s points", challenge.points) % {"points": f"{challenge.points:,}"}
        )
    if challenge.reward:
        name = words.in_language(catalogue.names(challenge.reward))
        parts.append(gettext("a voucher for %(reward)s") % {"reward": name})
    if challenge.badge:
        parts.append(gettext("the badge “%(badge)s”") % {"badge": badge(challenge)})
    return words.listed(parts)


def badge(challenge: Challenge) -> str:
    """What its badge is called; the challenge's own title where it has no other."""
    return words.in_language(challenges.texts(challenge, "badge_title")) or title(challenge)


def title(challenge: Challenge) -> str:
    """What it is called."""
    return words.in_language(challenges.texts(challenge, "title"))


class Told(NamedTuple):
    """A challenge and how far a member is with it, for a receipt."""

    title: str
    words: str


def told(found: Iterable[Progress], currency: str) -> list[Told]:
    """Titles of challenges, with how far a member is."""
    return [Told(title(each.challenge), how_far(each, currency)) for each in found]


def how_far(progress: Progress, currency: str) -> str:
    """So much of so much, such as “7 of 10 stamps”; or that it is full, and what is the member's now."""
    challenge = progress.challenge
    if progress.due:
        told = {"gift": given(challenge)}
        if challenge.kind == Kind.STAMPS:
            return gettext("Card full: you get %(gift)s") % told
        return gettext("Done: you get %(gift)s") % told
    if challenge.kind == Kind.SPEND:
        reached, goal = (money.shown(each, currency, whole=True) for each in (progress.reached, progress.goal))
        return gettext("%(reached)s of %(goal)s") % {"reached": reached, "goal": goal}
    many = int(challenge.goal)
    return _counted(challenge, many) % {"reached": int(progress.reached), "goal": many}


def _counted(challenge: Challenge, goal: int) -> str:
    if challenge.kind == Kind.STAMPS:
        return ngettext("%(reached)s of %(goal)s stamp", "%(reached)s of %(goal)s stamps", goal)
    if challenge.kind == Kind.VISITS:
        return ngettext("%(reached)s of %(goal)s day", "%(reached)s of %(goal)s days", goal)
    if challenge.period == MONTH:
        return ngettext("%(reached)s of %(goal)s month", "%(reached)s of %(goal)s months", goal)
    return ngettext("%(reached)s of %(goal)s week", "%(reached)s of %(goal)s weeks", goal)


def _asked(challenge: Challenge, names: Names, currency: str) -> str:
    """How much of which goods."""
    asked = [
        *offerbook.ordered(challenge.categories, names.categories),
        *offerbook.ordered(challenge.skus, names.products),
    ]
    much = _how_much(challenge, currency)
    if not asked:
        return much
    told = {"much": much, "goods": words.listed([words.in_language(name) for name in asked])}
    if challenge.kind == Kind.SPEND:
        return gettext("%(much)s on %(goods)s") % told
    if challenge.kind == Kind.STAMPS:
        return gettext("%(much)s of %(goods)s") % told
    return gettext("%(much)s, something of %(goods)s") % told


def _how_much(challenge: Challenge, currency: str) -> str:
    if challenge.kind == Kind.SPEND:
        return gettext("spend %(amount)s") % {"amount": money.shown(challenge.goal, currency, whole=True)}
    many = int(challenge.goal)
    return _task(challenge, many) % {"many": many}


def _task(challenge: Challenge, many: int) -> str:
    if challenge.kind == Kind.STAMPS:
        return ngettext("buy %(many)s piece", "buy %(many)s pieces", many)
    if challenge.kind == Kind.VISITS:
        return ngettext("buy on %(many)s day", "buy on %(many)s days", many)
    if challenge.period == MONTH:
        return ngettext("buy in %(many)s month", "buy in %(many)s months in a row", many)
    return ngettext("buy in %(many)s week", "buy in %(many)s weeks in a row", many)


def _for_whom(challenge: Challenge, names: Names) -> str:
    tiers = [words.in_language(name) for name in offerbook.ordered(challenge.tiers, names.tiers)]
    return gettext("for %(tiers)s members") % {"tiers": words.listed(tiers)} if tiers else ""


def _how_often(challenge: Challenge) -> str:
    if challenge.most_times is None:
        return gettext("as often as they like")
    return ngettext("once per member", "%(times)s times per member", challenge.most_times) % {
        "times": challenge.most_times
    }
