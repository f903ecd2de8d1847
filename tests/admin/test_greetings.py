"""Greetings at the desk: written in both languages and checked, counted, previewed, tried, paused, copied, judged."""

import re
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import translation

from access.models import AuditEntry, User
from campaigns import brake, planning, writing
from campaigns.models import Greeting, Release
from messaging import delivery
from messaging.models import Message, SendingHours
from points.models import Account
from tests import factories
from tests.admin.desk import NOON, at_desk, confirm, shown_again, text
from tests.campaigns.wishes import born, greet, greeting, willing
from tests.factories import Shop

ADD = "/admin/campaigns/greeting/add/"
LIST = "/admin/campaigns/greeting/"
SURE = {"seen": ""}


@pytest.fixture
def marketing(shop: Shop) -> Client:
    return at_desk("marketing")


def filled(**changes: Any) -> dict[str, Any]:
    """The form of a birthday greeting by e-mail."""
    values: dict[str, Any] = {
        "name": "Birthdays",
        "kind": "birthday",
        "days_after": "1",
        "channel": "email",
        "send_at": "10:00",
        "subject_en": "Happy birthday, {name|friend}",
        "subject_zh_hans": "{name|朋友}，生日快乐",
        "body_en": "All the best from {programme}.",
        "body_zh_hans": "{programme}祝您生日快乐。",
        "sms_en": "",
        "sms_zh_hans": "",
        "bonus_points": "",
        "reward": "",
    }
    return {**values, **changes}


def page(of: Greeting, act: str = "change") -> str:
    return f"{LIST}{of.pk}/{act}/"


def test_a_greeting_is_written_in_both_languages_and_begins_paused(shop: Shop, marketing: Client) -> None:
    answer = marketing.post(ADD, filled(bonus_points="50", body_en="{bonus} points for you."))

    assert answer.status_code == 302, text(answer)
    made = Greeting.objects.get()
    assert (made.is_active, made.bonus_points, made.send_at.hour) == (False, 50, 10)
    assert (made.subject_en, made.subject_zh_hans) == (  # type: ignore[attr-defined]
        "Happy birthday, {name|friend}",
        "{name|朋友}，生日快乐",
    )
    assert AuditEntry.objects.get().action == "greeting.added"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"body_en": "Dear {nmae}"}, "There is no placeholder {nmae} here. There are: {name}, {number}, {programme}"),
        ({"body_zh_hans": "{bonus}"}, "There is no placeholder {bonus} here."),
        ({"subject_en": "{name.__class__}"}, "There is no placeholder {name.__class__} here."),
        ({"subject_en": "{festival}"}, "There is no placeholder {festival} here."),
        ({"subject_en": "a } brace"}, "There is no placeholder } here."),
        ({"kind": "holiday"}, "Choose one festival at least."),
        ({"kind": "holiday", "festivals": "towel_day"}, "Select a valid choice."),
        ({"channel": "best"}, "This channel needs it, in one language at least."),
        ({"body_en": "", "body_zh_hans": ""}, "This channel needs it, in one language at least."),
        ({"send_at": "03:00"}, "Nothing rings at that hour: from 09:00 until 20:00 only."),
    ],
)
def test_what_could_not_be_sent_is_refused_when_it_is_saved(
    shop: Shop, marketing: Client, changes: dict[str, Any], said: str
) -> None:
    answer = marketing.post(ADD, filled(**changes))

    assert answer.status_code == 200
    assert said in text(answer)
    assert Greeting.objects.count() == 0


def test_the_refusal_is_told_in_chinese_too(shop: Shop, marketing: Client) -> None:
    marketing.cookies["django_language"] = "zh-hans"

    answer = marketing.post(ADD, filled(body_en="Dear {nmae}"))

    assert "这里没有占位符 {nmae}。可用的有：{name}, {number}, {programme}, {tier}, {points}。" in text(answer)


def test_the_festivals_are_offered_with_their_next_day_and_a_word_about_sad_ones(shop: Shop, marketing: Client) -> None:
    said = text(marketing.get(ADD))

    assert "Father's Day · 21 Jun 2026" in said
    assert "Zhongyuan (in memory of the dead) · 27 Aug 2026" in said


def test_staff_see_how_many_would_get_it_today_before_they_switch_it_on(shop: Shop, marketing: Client) -> None:
    willing(email="ada@example.com", **born(6, 1))
    factories.member(**born(6, 1))
    willing(says=False, **born(6, 1))
    planned = greeting(is_active=False)

    said = text(marketing.get(page(planned)))
    assert "Would get it today 2 e-mail 1 · inbox 1" in said
    assert "said no to marketing 1" in said
    assert "would get it today 2" in text(marketing.get(page(planned, "switch-on")))

    marketing.post(page(planned, "switch-on"), SURE)
    assert Greeting.objects.get().is_active
    marketing.post(page(planned, "pause"), SURE)
    assert not Greeting.objects.get().is_active
    assert [entry.action for entry in AuditEntry.objects.order_by("id")] == ["greeting.switched_on", "greeting.paused"]


def test_a_preview_is_what_the_member_would_read_and_a_test_goes_to_oneself(shop: Shop, marketing: Client) -> None:
    ada = willing(email="ada@example.com", name="Ada <b>", **born(6, 1))
    planned = greeting(is_active=False, bonus_points=200, sms_en="{bonus} for you", body_en="Dear {name}, {points}!")
    url = page(planned, "preview")
    first = marketing.post(url, {"member": ada.number, **shown_again(marketing.get(url))})

    assert "Dear Ada &lt;b&gt;, 200!" in first.content.decode()
    assert "Gift Club: 200 for you Stop: (the member's own link)" in text(first)

    confirm(marketing, url, {"member": "ada@example.com"})
    test = Message.objects.get()
    sender = User.objects.get(username="marketing")
    assert (test.kind, test.address, test.subject, test.member_id) == (
        "greeting_test",
        sender.email,
        "Test: birthday",
        None,
    )
    assert "Dear Ada <b>, 200!" in test.body
    assert not Account.objects.exists()


def test_a_preview_says_why_it_would_not_be_sent(shop: Shop, marketing: Client) -> None:
    nameless = factories.member(name="")
    planned = greeting(channel="inapp", subject_en="For {name}")

    said = text(marketing.post(page(planned, "preview"), {"member": nameless.number}))

    assert "Not sent: there is nothing to fill {name} with." in said
    assert "No member is known by this." in text(marketing.post(page(planned, "preview"), {"member": "nobody"}))


def test_a_copy_is_paused_and_has_the_same_audience(shop: Shop, marketing: Client) -> None:
    original = greeting(bonus_points=5)
    original.tiers.add(shop.tiers[1])

    answer = marketing.post(page(original, "copy"), SURE)

    copy = Greeting.objects.exclude(pk=original.pk).get()
    assert answer["Location"] == page(copy)
    assert (copy.name, copy.is_active, copy.bonus_points) == ("Copy of birthday", False, 5)
    assert list(copy.tiers.all()) == [shop.tiers[1]]


def test_the_results_say_whom_it_reached_and_what_it_cost(shop: Shop, marketing: Client, settings: Any) -> None:
    settings.SMS_PROVIDER = "tests.messaging.post.Phones"
    willing(email="ada@example.com", **born(6, 1))
    willing("sms", **born(6, 1))
    willing(says=False, **born(6, 1))
    told = greeting(bonus_points=200, reward=factories.reward("mug", worth=Decimal("4.50")))
    greet(NOON)

    said = text(marketing.get(page(told)))

    assert "Reached 2 e-mail 1 · SMS 1" in said
    assert "Bonus points 400" in said
    assert "Vouchers 2 used: 0" in said
    assert "Cost £13.00" in said  # 400 points at a penny, two mugs
    assert "said no to marketing 1" in said


def test_the_brake_is_told_above_the_list_and_let_go_by_staff(
    shop: Shop, marketing: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(brake, "UNASKED", 1)
    for number in range(3):
        willing(email=f"m{number}@example.com", **born(6, 1))
    greeting()
    planning.plan(at=NOON)
    assert "Let them go" not in text(marketing.get(LIST))
    writing.write_due(at=NOON, seconds=60)

    assert "2 greetings are held back" in text(marketing.get(LIST))
    marketing.post(reverse("admin:campaigns_greeting_release"), SURE)

    assert Release.objects.get().by.username == "marketing"
    assert writing.write_due(at=NOON, seconds=60) == 2
    assert "held back" not in text(marketing.get(LIST))


def test_a_message_left_in_sending_is_settled_with_a_reason(shop: Shop, clock: time_machine.Traveller) -> None:
    willing(email="ada@example.com", **born(6, 1))
    greeting()
    planning.plan(at=NOON)
    writing.write_due(at=NOON, seconds=60)
    delivery.claim(at=NOON)
    message = Message.objects.get()
    support = at_desk("support")
    change, settle = (f"/admin/messaging/message/{message.pk}/{name}/" for name in ("change", "settle"))
    assert "Say what became of it" not in text(support.get(change))

    clock.move_to(NOON + delivery.UNCLEAR_AFTER)
    assert "Say what became of it" in text(support.get(change))
    support.post(settle, {"arrived": "no", "reason": "The provider knows nothing of it."})

    message.refresh_from_db()
    assert message.state == "failed"
    assert AuditEntry.objects.latest("id").changes == {"state": "failed"}


def test_the_hours_are_the_administrators_to_set(shop: Shop) -> None:
    boss = at_desk("administrator")

    answer = boss.post("/admin/messaging/sendinghours/sms/change/", {"begins": "10:00", "ends": "18:00"})

    assert answer.status_code == 302
    hours = SendingHours.objects.get(channel="sms")
    assert (hours.begins.hour, hours.ends.hour) == (10, 18)
    assert "Nothing rings at that hour: from 10:00 until 18:00 only." in text(
        boss.post(ADD, filled(channel="sms", sms_en="Hi", send_at="19:00"))
    )


def test_the_pages_are_chinese_where_the_reader_is(shop: Shop, marketing: Client) -> None:
    planned = greeting("holiday", festivals=["mid_autumn"])
    marketing.cookies["django_language"] = "zh-hans"

    assert "中秋节" in text(marketing.get(LIST))
    said = text(marketing.get(page(planned)))
    for word in ("今天会收到", "占位符", "发给谁", "会员姓名"):
        assert word in said
    with translation.override("zh-hans"):
        assert planned.subject == "{name|亲爱的会员}，祝福您"


def test_the_standard_journeys_are_switched_on_by_one_click_or_made_to_be_changed(
    shop: Shop, marketing: Client
) -> None:
    url = f"{LIST}journeys/"
    assert "Points will expire in 30 days not made yet" in text(marketing.get(url))

    for _twice in range(2):
        marketing.post(url, {"journey": "expiry-30", "do": "on"})
    answer = marketing.post(url, {"journey": "missed", "do": "make"})

    expiry, missed = Greeting.objects.order_by("id")
    assert (expiry.is_active, missed.is_active, answer["Location"]) == (True, False, page(missed))
    said = text(marketing.get(url))
    assert "Points will expire in 30 days on" in said
    assert "We miss you paused" in said
    assert [entry.action for entry in AuditEntry.objects.order_by("id")] == [
        "greeting.added", "greeting.switched_on", "greeting.added",
    ]  # fmt: skip
    assert "There is no such standard journey." in text(marketing.post(url, {"journey": "x", "do": "on"}, follow=True))
    assert at_desk("support").get(url).status_code == 403


def test_a_journey_that_tells_what_members_need_to_know_gives_nothing(shop: Shop, marketing: Client) -> None:
    answer = marketing.post(ADD, filled(kind="expiry", days_before="14", bonus_points="50", body_en="{expiring}"))

    assert "it can't come with a present" in text(answer)
    assert "There is no placeholder {years} here." in text(
        marketing.post(ADD, filled(kind="expiry", body_en="{years}"))
    )
    assert marketing.post(ADD, filled(kind="expiry", days_before="14", body_en="{expiring}")).status_code == 302
    assert Greeting.objects.get().days_before == 14


def test_html_of_ones_own_is_checked_kept_for_its_language_and_filled_with_what_is_escaped(
    shop: Shop, marketing: Client
) -> None:
    refused = marketing.post(ADD, filled(html_en="<p onclick=x>Hi</p>"))
    assert 'This can\'t be sent in an e-mail: onclick="x"' in text(refused)
    marketing.post(ADD, filled(html_en="<h1 align=center>Dear {name}</h1>", body_zh_hans="祝您**快乐**。"))
    made = Greeting.objects.get()
    ada = willing(email="ada@example.com", name="<b>O'Neil & 王</b>", **born(6, 1))
    letter = f"{LIST}{made.pk}/letter/?member={ada.number}&language="

    english, chinese = (marketing.get(letter + language) for language in ("en", "zh-hans"))

    assert '<h1 align="center">Dear &lt;b&gt;O&#x27;Neil &amp; 王&lt;/b&gt;</h1>' in english.content.decode()
    assert "<p>祝您<b>快乐</b>。</p>" in chinese.content.decode()
    assert "Unsubscribe" in english.content.decode()
    assert english["Content-Security-Policy"].endswith("sandbox")
    assert marketing.get(letter + "tlh").status_code == 404
    assert at_desk("support").get(letter + "en").status_code == 403
    url = page(made, "preview")
    said = marketing.post(url, {"member": ada.number, **shown_again(marketing.get(url))}).content.decode()
    assert said.count("<iframe sandbox") == 4
    framed = re.findall(r'<iframe sandbox [^>]*src="([^"]+)"', said)
    assert {marketing.get(unescape(address)).status_code for address in framed} == {200}
    assert "祝您快乐。" in said  # as text: without the stars

    Greeting.objects.update(is_active=True)
    greet(NOON)
    (message,) = Message.objects.all()
    assert message.html.startswith(
        '<h1 align="center">Dear &lt;b&gt;O&#x27;Neil &amp; 王&lt;/b&gt;</h1><p>Gift Club</p>'
    )
