"""The standard journeys: greetings that are written already, in both languages, for staff to switch on or to change
first. Each is made once; from then on it is a greeting like any other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access import audit
from access.models import User
from campaigns import greetings
from campaigns.models import Greeting
from core.errors import LoyaltyError

Kind = Greeting.Kind
Texts = tuple[str, str]  # in English and in Chinese


class UnknownJourney(LoyaltyError):
    """There is no such standard journey."""

    code = "unknown_journey"
    status = 404
    sentence = _("There is no such standard journey.")


@dataclass(frozen=True, slots=True)
class Journey:
    """A greeting to be. WHEN: on which day it comes, for staff. The texts are the shop's own as soon as it is made."""

    code: str
    name: str | Promise
    kind: Greeting.Kind
    when: str | Promise
    subject: Texts
    body: Texts
    sms: Texts
    others: Mapping[str, Any] = field(default_factory=dict)

    def columns(self) -> dict[str, Any]:
        """What the greeting's row holds, but for its name."""
        return {
            "journey": self.code,
            "kind": str(self.kind),
            **self.others,
            **{
                f"{text}_{language}": words
                for text in ("subject", "body", "sms")
                for language, words in zip(("en", "zh_hans"), getattr(self, text), strict=True)
            },
        }


def _expiry(days: int, name: Promise, when: Promise) -> Journey:
    return Journey(
        f"expiry-{days}", name, Kind.EXPIRY, when,
        ("{expiring} will expire after {until}", "您有 {expiring}将于{until}到期"),
        (
            ("Hello {name|dear member},\n\n**{expiring}** of yours will expire after **{until}**. Until the end of "
            "that day you can still use what you have collected."),
            "{name|亲爱的会员}：\n\n您有 **{expiring}**将于 **{until}**到期。到期当天结束之前，您仍可使用。",
        ),
        ("{expiring} will expire after {until}.", "您有 {expiring}将于{until}到期，当天仍可使用。"),
        {"days_before": days},
    )  # fmt: skip


ALL = (
    Journey(
        "welcome", _("Welcome"), Kind.WELCOME, _("the day after joining"),
        ("A few words about {programme}", "欢迎加入{programme}"),
        (
            ("Dear {name|friend},\n\nthank you for joining {programme}. Say your member number **{number}** or show "
            "your card whenever you buy something, and points come by themselves.\n\nWe look forward to seeing you."),
            ("{name|亲爱的朋友}：\n\n感谢您加入{programme}。每次消费时报出会员号 **{number}**或出示会员卡，"
            "积分便会自动入账。\n\n期待您的光临。"),
        ),
        ("Thank you for joining, {name|dear friend}! Your member number: {number}.",
         "感谢{name|您}的加入！您的会员号：{number}。"),
    ),
    Journey(
        "first-purchase", _("Thanks for the first purchase"), Kind.FIRST_PURCHASE, _("the day after it"),
        ("Thank you for your first purchase", "感谢您的首次消费"),
        (
            ("Dear {name|friend},\n\nthank you for your first purchase at {store}. We hope that you enjoy it.\n\n"
            "Points came with it, and come with every purchase."),
            "{name|亲爱的朋友}：\n\n感谢您在{store}的首次消费，愿您喜欢。\n\n每次消费都有积分入账。",
        ),
        ("Thank you for your first purchase, {name|dear friend}!", "感谢{name|您}的首次消费！"),
    ),
    Journey(
        "birthday", _("Birthday"), Kind.BIRTHDAY, _("on the day, by either calendar"),
        ("Happy birthday, {name|dear friend}!", "{name|亲爱的朋友}，生日快乐！"),
        (
            "Dear {name|friend},\n\nmany happy returns of the day! May the year ahead be a good one.",
            "{name|亲爱的朋友}：\n\n祝您生日快乐，新的一岁事事顺心！",
        ),
        ("Happy birthday, {name|dear friend}!", "{name|亲爱的朋友}，生日快乐！"),
    ),
    Journey(
        "anniversary", _("Anniversary of joining"), Kind.ANNIVERSARY, _("on the day, every year"),
        ("Happy anniversary with {programme}", "入会 {years} 周年快乐"),
        (
            "Dear {name|friend},\n\ntoday is your anniversary number {years} with us. Thank you for staying!",
            "{name|亲爱的朋友}：\n\n今天是您入会 {years} 周年的日子。感谢您一路相伴！",
        ),
        ("Happy anniversary with us, {name|dear friend}!", "感谢{name|您}一路相伴，入会 {years} 周年快乐！"),
    ),
    _expiry(60, _("Points will expire in 60 days"), _("60 days before the last day")),
    _expiry(30, _("Points will expire in 30 days"), _("30 days before the last day")),
    _expiry(7, _("Points will expire in 7 days"), _("7 days before the last day")),
    Journey(
        "tier", _("Tier reached"), Kind.TIER_REACHED, _("the day after it"),
        ("You are {tier} now", "恭喜您成为{tier}会员"),
        (
            "Dear {name|friend},\n\nyou are **{tier}** now. Congratulations! Have a look at what it brings you.",
            "{name|亲爱的朋友}：\n\n恭喜您升级为 **{tier}**！欢迎查看您的新权益。",
        ),
        ("Congratulations, {name|dear friend}: you are {tier} now!", "恭喜{name|您}升级为{tier}！"),
    ),
    Journey(
        "at-risk", _("Tier at risk"), Kind.AT_RISK, _("30 days before it runs out"),
        ("Keep {tier}: {missing} more by {until}", "保留{tier}：{until}前再累计 {missing}"),
        (
            ("Hello {name|dear member},\n\nyou hold **{tier}** until **{until}**. With **{missing}** more by the end "
            "of that day, you keep it."),
            ("{name|亲爱的会员}：\n\n您的 **{tier}**等级有效至 **{until}**。"
            "当天结束之前再累计 **{missing}**，即可保级。"),
        ),
        ("You hold {tier} until {until}. With {missing} more by then, you keep it.",
         "您的{tier}等级有效至{until}，届时前再累计 {missing} 即可保级。"),
    ),
    Journey(
        "missed", _("We miss you"), Kind.MISSED, _("90 days after the latest purchase"),
        ("It has been a while", "好久不见"),
        (
            ("Dear {name|friend},\n\nit has been {days} days since you were with us, and we miss you.\n\n"
            "We would be glad to see you again."),
            "{name|亲爱的朋友}：\n\n您已有 {days} 天没有光临，我们很想念您。\n\n期待与您重逢。",
        ),
        ("It has been a while, {name|dear friend}. We would be glad to see you again!",
         "好久不见，{name|亲爱的朋友}。期待与您重逢！"),
    ),
    Journey(
        "return", _("After a return"), Kind.RETURNED, _("the day after it"),
        ("What could we have done better?", "我们还能做得更好吗？"),
        (
            ("Dear {name|friend},\n\nyou brought something back to {store}, and we are sorry that it was not right. "
            "What could we have done better? Tell us whenever you are with us."),
            "{name|亲爱的朋友}：\n\n您在{store}购买的商品未能让您满意，我们深表歉意。您若有任何建议，欢迎随时告诉我们。",
        ),
        ("We are sorry that it was not right, {name|dear friend}. Tell us what we could do better!",
         "{name|亲爱的会员}，未能让您满意，我们深表歉意，欢迎告诉我们您的建议。"),
    ),
)  # fmt: skip
BY_CODE = {journey.code: journey for journey in ALL}
# What every programme begins with: nobody's points expire without a word.
FROM_THE_BEGINNING = ("expiry-30", "expiry-7")


def make(code: str, *, on: bool, actor: User | None) -> Greeting:
    """The greeting of a standard journey: made if it is not there, and switched on with ON. Audited.

    What staff have changed about it stays, and a repeat changes nothing. Raises UnknownJourney.
    """
    journey = BY_CODE.get(code)
    if journey is None:
        raise UnknownJourney
    with transaction.atomic():
        greeting = made().get(code) or _make(journey, actor)
        if on:
            greetings.switch(greeting, on=True, actor=actor)
            greeting.is_active = True
    return greeting


def made() -> dict[str, Greeting]:
    """The greetings that were made of standard journeys, by their code. One query."""
    return {greeting.journey: greeting for greeting in Greeting.objects.exclude(journey="")}


def _make(journey: Journey, actor: User | None) -> Greeting:
    try:
        with transaction.atomic():
            greeting: Greeting = Greeting.objects.create(name=str(journey.name), **journey.columns())
    except IntegrityError:  # somebody else just made it
        return Greeting.objects.get(journey=journey.code)
    audit.record("greeting.added", subject=f"greeting:{greeting.pk}", actor=actor, changes={"journey": journey.code})
    return greeting
