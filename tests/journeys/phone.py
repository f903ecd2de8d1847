"""A member's phone: what its browser shows, in the language its owner reads."""

import re
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from playwright.sync_api import Locator, Page, expect

from messaging.models import Message
from messaging.sms import Sms
from tests.journeys.street import Days

# What the portal says where it tells numbers, dates, and tiers.
SENTENCES = {
    "en": {
        "phone or e-mail": "Phone or e-mail",
        "send": "Send me a code",
        "code": "Code",
        "sign in": "Sign in",
        "usable from": "{points} can be used from {day}",
        "expire": "{points} expire after {day}",
        "missing": "Spend {amount} more to reach {tier}.",
        "kept": "{tier} is yours until {day}. Spend {amount} more by then, and you keep it longer.",
        "from": "Can be used from {day}",
        "until": "Can be used until {day}",
        "purchase": "Purchase · Covent Garden",
        "return": "Goods brought back · Covent Garden",
        "matured": "Points ready to use",
        "expired": "Points expired",
        "given": "Points added by us",
        "taken": "Points taken off by us",
        "base": "1 point per £1 · £{amount}",
        "tier share": "Silver member bonus ×1.25",
        "brought back": "Goods brought back, receipt {number}",
        "member": "Member",
        "silver": "Silver",
        "gold": "Gold",
        "risen": "Gift Club: you have reached Silver. All that it offers is yours from now on.",
        "fallen": "Gift Club: your tier is now Member. Every purchase brings you closer to rising again.",
        "notice": "Gift Club: {points} will expire after {day}.",
    },
    "zh-hans": {
        "phone or e-mail": "手机号或邮箱",
        "send": "获取验证码",
        "code": "验证码",
        "sign in": "登录",
        "usable from": "{points}将于{day}起可用",
        "expire": "{points}有效期至{day}",
        "missing": "再消费 {amount}，即可升级为{tier}。",
        "kept": "{tier}有效期至{day}。在此之前再消费 {amount}，即可继续保留。",
        "from": "{day}起可用",
        "until": "有效期至{day}",
        "purchase": "消费 · Covent Garden",
        "return": "退货 · Covent Garden",
        "matured": "积分生效",
        "expired": "积分过期",
        "given": "增加积分",
        "taken": "扣减积分",
        "base": "每消费1英镑得1积分 · £{amount}",
        "tier share": "银卡会员加成 ×1.25",
        "brought back": "退货，小票 {number}",
        "member": "会员",
        "silver": "银卡",
        "gold": "金卡",
        "risen": "【Gift Club】恭喜您升级为银卡！即刻起享受全部银卡礼遇。",
        "fallen": "【Gift Club】您的等级现为会员。每次消费，都让您离升级更近一步。",
        "notice": "【Gift Club】您有 {points}将于{day}到期，当天仍可使用。",
    },
}


@dataclass(frozen=True)
class Reader:
    """Somebody who reads LANGUAGE."""

    language: str

    def text(self, sentence: str, **words: object) -> str:
        """One of SENTENCES, filled in."""
        return SENTENCES[self.language][sentence].format(**words)

    def points(self, number: int) -> str:
        """So many points in words."""
        return f"{number:,} {'积分' if self.language == 'zh-hans' else 'points'}"

    def day(self, year: int, month: int, day: int) -> str:
        """A date as this language writes it."""
        if self.language == "zh-hans":
            return f"{year}年{month}月{day}日"
        return f"{day} {date(year, month, day):%b} {year}"


@dataclass(frozen=True)
class Entry:
    """A movement as it stands in the member's history: what, how many points, when, why, and from when to when."""

    title: str
    points: str
    about: str
    reasons: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()


class Network:
    """The text messages that reached a phone: where the building ends."""

    received: ClassVar[list[Sms]] = []

    def send(self, sms: Sms) -> None:
        self.received.append(sms)


class Phone:
    """A phone in a member's hand, its browser open at the site."""

    def __init__(self, page: Page, reader: Reader, days: Days) -> None:
        self.page, self.reader, self._days = page, reader, days

    def sign_in(self, address: str, *, stored: str) -> None:
        """Ask for a code at ADDRESS, wait for the post, give the code back. STORED: the address as we write it."""
        say = self.reader.text
        self.page.context.clear_cookies()
        self.page.goto("/sign-in/")
        self.page.get_by_label(say("phone or e-mail")).fill(address)
        self.page.get_by_role("button", name=say("send")).click()
        self._days.post_goes_out()
        assert Message.objects.filter(address=stored, kind="sign_in_code").latest("id").state == "sent"
        codes = re.findall(r"\b\d{6}\b", " ".join(sms.text for sms in Network.received if sms.to == stored))
        self.page.get_by_label(say("code")).fill(codes[-1])
        self.page.get_by_role("button", name=say("sign in"), exact=True).click()
        expect(self.page.locator(".balance__points")).to_be_visible()

    def read(self, number: str) -> str:
        """The latest text message to NUMBER."""
        return [sms.text for sms in Network.received if sms.to == number][-1]

    def open(self, address: str) -> Page:
        """Open a page of the site."""
        self.page.goto(address)
        return self.page

    @property
    def available(self) -> str:
        """The large figure."""
        return self.page.locator(".balance__points").inner_text()

    @property
    def facts(self) -> list[str]:
        """What stands below it: what can be used when, what expires when."""
        return [words(fact) for fact in self.page.locator(".facts li").all()]

    @property
    def tier(self) -> str:
        """The badge on the card."""
        return words(self.page.locator(".card .badge"))

    @property
    def climb(self) -> list[str]:
        """What is missing to the next tier, and what keeps this one."""
        return [words(sentence) for sentence in self.page.locator(".climb p").all()]

    def history(self) -> list[Entry]:
        """All that stands in the history, the latest first."""
        self.page.goto("/activity/")
        return [
            Entry(
                words(entry.locator(".ledger__title")),
                str(entry.locator(".ledger__points").evaluate("e => e.firstChild.textContent")),
                words(entry.locator(".ledger__more > .soft").first),
                tuple(words(reason) for reason in entry.locator(".reasons li").all()),
                tuple(words(day) for day in entry.locator(".dates span").all()),
            )
            for entry in self.page.locator(".ledger > li").all()
        ]


def words(where: Locator) -> str:
    """The text of an element, blanks joined."""
    return " ".join((where.text_content() or "").split())
