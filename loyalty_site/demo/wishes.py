"""The demo's greetings: birthdays by either calendar with a present, festivals of both worlds, and a word before points
expire, switched on; others are written and left for staff to switch on."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

from campaigns import festivals, greetings, journeys, planning, writing
from campaigns.models import Greeting
from core import db
from loyalty_site.demo.year import ZONE
from rewards.models import Reward

Kind = Greeting.Kind


class Wish(NamedTuple):
    """A greeting of the demo: its texts in English and Chinese."""

    name: str
    kind: Greeting.Kind
    subject: tuple[str, str]
    body: tuple[str, str]
    sms: tuple[str, str]
    others: dict[str, Any] = {}  # noqa: RUF012  never changed
    reward: str = ""


WISHES = [
    Wish(
        "Birthday", Kind.BIRTHDAY,
        ("Happy birthday, {name|dear friend}!", "{name|亲爱的朋友}，生日快乐！"),
        (
            ("Dear {name|friend},\n\nmany happy returns of the day! We have put {bonus} points into your account, and "
            "“{reward}” is waiting in your vouchers.\n\nWe hope to see you soon."),
            ("{name|亲爱的朋友}：\n\n祝您生日快乐，事事顺心！{bonus} 积分已存入您的账户，“{reward}”也已放入您的兑换券。"
            "\n\n期待很快与您相见。"),
        ),
        (
            "Happy birthday, {name|dear friend}! {bonus} points and a present are waiting for you.",
            "{name|亲爱的朋友}，生日快乐！{bonus} 积分和一份礼物已送达您的账户。",
        ),
        {"bonus_points": 100},
        "two-pounds",
    ),
    Wish(
        "Chinese festivals", Kind.HOLIDAY,
        ("{festival}: our best wishes", "{festival}快乐"),
        (
            "Dear {name|friend},\n\nto you and your family, our best wishes for the {festival}.",
            "{name|亲爱的朋友}：\n\n值此{festival}之际，祝您节日快乐，阖家安康！",
        ),
        ("Our best wishes for the {festival}, {name|dear friend}!", "祝{name|您}{festival}快乐，阖家安康！"),
        {"festivals": ["new_year_eve", "spring_festival", "lantern", "dragon_boat", "qixi", "mid_autumn",
                       "double_ninth", "winter_solstice"]},
    ),
    Wish(
        "Western festivals", Kind.HOLIDAY,
        ("{festival}: our best wishes", "{festival}快乐"),
        (
            "Dear {name|friend},\n\nour best wishes for {festival}, and thank you for being with us.",
            "{name|亲爱的朋友}：\n\n祝您{festival}快乐，感谢您一直以来的陪伴。",
        ),
        ("Our best wishes for {festival}, {name|dear friend}!", "祝{name|您}{festival}快乐！"),
        {"festivals": ["new_year", "easter", "mothering_sunday", "fathers_day", "christmas"]},
    ),
    Wish(
        "A year together", Kind.ANNIVERSARY,
        ("Happy anniversary with {programme}", "入会 {years} 周年快乐"),
        (
            ("Dear {name|friend},\n\ntoday is your anniversary number {years} with us. Thank you for staying! With our "
            "thanks come {bonus} points."),
            "{name|亲爱的朋友}：\n\n今天是您入会 {years} 周年的日子。感谢一路同行！{bonus} 积分已存入您的账户。",
        ),
        ("Happy anniversary with us, {name|dear friend}!", "感谢{name|您}一路同行，入会 {years} 周年快乐！"),
        {"bonus_points": 50},
    ),
    Wish(
        "A new tier", Kind.TIER_REACHED,
        ("You are {tier} now", "恭喜您成为{tier}会员"),
        (
            "Dear {name|friend},\n\nyou are {tier} now. Congratulations! Have a look at what it brings you.",
            "{name|亲爱的朋友}：\n\n恭喜您升级为{tier}！欢迎查看您的新权益。",
        ),
        ("Congratulations, {name|dear friend}: you are {tier} now!", "恭喜{name|您}升级为{tier}！"),
    ),
]  # fmt: skip


SENT = """
    update messaging_message m
    set state = 'sent', attempts = 1, claimed_at = m.due_at, sent_at = m.due_at, consent_id = (
        select id from members_consent c where c.member_id = m.member_id and c.channel = m.channel
            and c.purpose = 'marketing' order by id desc limit 1
    )
    where m.kind = 'greeting' and m.state = 'queued'
    returning m.id
"""


def plan(*, at: datetime) -> None:
    """Write the greetings, let the latest festival have been greeted, and switch on those of birthdays and festivals.

    Made before: nothing.
    """
    if Greeting.objects.exists():
        return
    for code in journeys.FROM_THE_BEGINNING:
        journeys.make(code, on=True, actor=None)
    rewards = {reward.code: reward for reward in Reward.objects.all()}
    made = [_make(wish, rewards) for wish in WISHES]
    festive = [greeting for greeting in made if greeting.kind == Kind.HOLIDAY]
    for greeting in festive:
        greetings.switch(greeting, on=True, actor=None)
    _greet_latest(festive, at)
    for greeting in made:
        if greeting.kind == Kind.BIRTHDAY:
            greetings.switch(greeting, on=True, actor=None)


def _make(wish: Wish, rewards: Mapping[str, Reward]) -> Greeting:
    made: Greeting = Greeting.objects.create(
        name=wish.name,
        kind=wish.kind,
        subject_en=wish.subject[0],
        subject_zh_hans=wish.subject[1],
        body_en=wish.body[0],
        body_zh_hans=wish.body[1],
        sms_en=wish.sms[0],
        sms_zh_hans=wish.sms[1],
        reward=rewards.get(wish.reward),
        **wish.others,
    )
    return made


def _greet_latest(festive: Sequence[Greeting], at: datetime) -> None:
    """Greet the festival before today, at noon of its day, and take the letters as sent: nothing is sent late."""
    codes = {code for greeting in festive for code in greeting.festivals}
    today = at.astimezone(ZONE).date()
    days = (today - timedelta(days=number) for number in range(1, 366))
    day = next(day for day in days if codes.intersection(festivals.celebrated(day)))
    noon = datetime.combine(day, time(12), ZONE)
    planning.plan(at=noon)
    writing.write_due(at=noon, seconds=60)
    db.rows(SENT)
