"""A year and a half of a regular: enrolled at the till, risen, fallen, risen again; points that mature and expire.

Over the wire at the till, in a real browser on the phone, in both languages; days pass, and the night does its work.
"""

from dataclasses import dataclass, field
from typing import Any

from django.test import override_settings

from campaigns import journeys
from core.models import Event
from members.models import Member
from messaging.models import Message
from tests.factories import Shop
from tests.journeys.phone import Entry, Phone, words
from tests.journeys.street import Days, Wire, account_of, books, goods_back, receipt

PHONE = "+447700900123"


def test_a_year_and_a_half_of_a_regular(shop: Shop, till: Wire, phone: Phone, days: Days) -> None:
    story = Regular(till, phone, days)

    story.is_enrolled_at_the_till_and_found_the_second_time()
    story.buys_goods_and_a_gift_card_that_earns_nothing()
    story.claims_the_portal_by_phone()
    story.rises_by_a_purchase_and_is_told()
    story.earns_more_at_the_higher_tier()
    story.brings_a_coat_back_and_the_tier_goes_with_it()
    story.sees_points_mature_at_midnight_before_the_night_has_worked()
    story.rises_again_in_june()
    story.is_told_that_points_expire()
    story.loses_what_was_not_used()
    story.falls_when_the_standing_has_run_out()


@dataclass
class Regular:
    """The story, chapter by chapter. What stands in the books is the sum of all chapters so far."""

    till: Wire
    phone: Phone
    days: Days
    posted: list[tuple[str, int, int]] = field(default_factory=list)

    def is_enrolled_at_the_till_and_found_the_second_time(self) -> None:
        language = self.phone.reader.language
        first = self.till.post("members", {"phone": "07700 900123", "name": "Grace Hopper", "language": language})
        self.days.go_to(2026, 1, 10, 11, 2)
        again = self.till.post("members", {"phone": "+44 7700-900123", "language": language})

        assert (first.status, first.body["is_new"]) == (201, True)
        assert (again.status, again.body["is_new"]) == (200, False)
        assert first.body["number"] == again.body["number"]
        self.member = Member.objects.get()
        self.number = first.body["number"]
        assert (self.member.number, str(self.member.phone)) == (self.number, PHONE)
        assert (self.member.name, self.member.user, self.member.enrolled_via) == (
            "Grace Hopper",
            None,
            "till:LON-1/T1",
        )
        assert Event.objects.filter(kind="member.enrolled").count() == 1

    def buys_goods_and_a_gift_card_that_earns_nothing(self) -> None:
        goods = [("Mug", "45.90"), ("Scarf", "54.10"), ("Gift card", "50.00", "gift-cards")]

        told = self.buy("A-1", *goods)

        assert told["amount"] == "150.00"
        assert told["earned"] == [
            {
                "point_type": "points",
                "points": 100,
                "usable_at": "2026-01-24T00:00:00+00:00",
                "expires_at": "2027-02-01T00:00:00+00:00",
                "reasons": [
                    {"points": 100, "rule": "base", "version": 2, "words": "1 point per £1 · £100.00"},
                ],
            }
        ]
        assert told["tier"] == {"code": "member", "name": "Member", "valid_until": None}
        assert told["next_tier"] == {"code": "silver", "name": "Silver", "missing": "400", "basis": "amount"}
        self.stands(("accrue", 100, 100), balance=(100, 0, 0, 0))

    def claims_the_portal_by_phone(self) -> None:
        say, day, points = self.words
        self.phone.sign_in("07700 900123", stored=PHONE)

        assert self.phone.available == "0"
        assert self.phone.facts == [
            say("usable from", points=points(100), day=day(2026, 1, 24)),
            say("expire", points=points(100), day=day(2027, 1, 31)),
        ]
        assert self.phone.tier == say("member")
        assert self.phone.climb == [say("missing", amount="£400.00", tier=say("silver"))]
        assert self.phone.history() == [
            Entry(
                say("purchase"),
                "+100",
                f"{self.clock(2026, 1, 10, '11:02')} · £150.00 · {self.receipt('A-1')}",
                reasons=(f"+100 {say('base', amount='100.00')}",),
                dates=(say("from", day=day(2026, 1, 24)), say("until", day=day(2027, 1, 31))),
            )
        ]
        self.phone.page.goto("/card/")
        shown = f"{self.number[:4]} {self.number[4:8]} {self.number[8:]}"
        assert words(self.phone.page.locator(".show__number")) == shown
        for picture in (".show svg.code", ".show svg.bars"):
            assert self.phone.page.locator(picture).bounding_box() is not None
        self.member.refresh_from_db()
        assert self.member.user is not None
        assert self.member.user.has_usable_password() is False

    def rises_by_a_purchase_and_is_told(self) -> None:
        say, day, points = self.words
        self.days.go_to(2026, 1, 12, 15)

        told = self.buy("A-2", ("Coat", "400.00"), ("Socks", "20.00"))

        assert told["points"] == 420
        assert told["tier"] == {"code": "silver", "name": "Silver", "valid_until": "2027-02-28"}
        assert told["next_tier"] == {"code": "gold", "name": "Gold", "missing": "1480", "basis": "amount"}
        self.stands(("accrue", 420, 420), balance=(520, 0, 0, 0))
        self.days.post_goes_out()
        assert self.phone.read(PHONE) == say("risen")
        with override_settings(DEBUG=True):
            page = self.phone.open("/dev/mail/?to=900123")
            assert words(page.locator(".letter__text").first) == say("risen")
        self.phone.open("/")
        assert self.phone.tier == say("silver")
        assert self.phone.climb == [
            say("missing", amount="£1,480.00", tier=say("gold")),
            say("kept", tier=say("silver"), day=day(2027, 2, 28), amount="£500.00"),
        ]
        assert self.phone.facts[0] == say("usable from", points=points(100), day=day(2026, 1, 24))
        assert self.phone.facts[1] == say("usable from", points=points(420), day=day(2026, 1, 26))

    def earns_more_at_the_higher_tier(self) -> None:
        say, day, _points = self.words
        self.days.go_to(2026, 1, 20, 16)

        told = self.buy("A-3", ("Teapot", "79.99"))

        assert [(part["points"], part["words"]) for part in told["earned"][0]["reasons"]] == [
            (79, "1 point per £1 · £79.99"),
            (19, "Silver member bonus ×1.25"),
        ]
        self.stands(("accrue", 98, 98), balance=(618, 0, 0, 0))
        assert self.phone.history()[0] == Entry(
            say("purchase"),
            "+98",
            f"{self.clock(2026, 1, 20, '16:00')} · £79.99 · {self.receipt('A-3')}",
            reasons=(f"+79 {say('base', amount='79.99')}", f"+19 {say('tier share')}"),
            dates=(say("from", day=day(2026, 2, 3)), say("until", day=day(2027, 1, 31))),
        )

    def brings_a_coat_back_and_the_tier_goes_with_it(self) -> None:
        say, _day, _points = self.words
        self.days.go_to(2026, 1, 22, 10)
        purchase = self.till.get("purchases", receipt="A-2").body["items"][0]["purchase"]

        told = self.till.post(f"purchases/{purchase}/returns", goods_back("R-1", 1))

        assert told.status == 201
        assert (told.body["amount"], told.body["points"]) == ("400.00", 400)
        assert told.body["taken_back"] == [{"point_type": "points", "points": 400}]
        assert told.body["balance"] == {"available": 0, "pending": 218, "held": 0, "debt": 0}
        assert told.body["tier"] == {"code": "member", "name": "Member", "valid_until": None}
        self.stands(("reverse", -400, 400), balance=(218, 0, 0, 0))
        assert self.phone.history()[0] == Entry(
            say("return"),
            "−400",
            f"{self.clock(2026, 1, 22, '10:00')} · £400.00 · {self.goods_back('R-1')}",
            reasons=(f"−400 {say('brought back', number='A-2')}",),
        )
        self.phone.open("/")
        assert self.phone.tier == say("member")
        assert self.phone.climb == [say("missing", amount="£300.01", tier=say("silver"))]
        self.days.post_goes_out()
        assert self.phone.read(PHONE) == say("fallen")

    def sees_points_mature_at_midnight_before_the_night_has_worked(self) -> None:
        say, _day, _points = self.words
        self.days.go_to(2026, 1, 23, 23, 59)
        self.phone.open("/")
        assert self.phone.available == "0"
        self.days.go_to(2026, 1, 24)
        self.phone.open("/")
        assert self.phone.available == "100"
        self.stands(balance=(218, 0, 0, 0))

        self.days.night_before(2026, 1, 24)

        self.stands(("mature", 0, 100), balance=(118, 100, 0, 0))
        self.phone.open("/")
        assert self.phone.available == "100"
        assert self.phone.history()[0] == Entry(
            say("matured"), "100", self.clock(2026, 1, 24, "00:00"), reasons=(self.whose(100, (2026, 1, 10), "A-1"),)
        )
        self.days.night_before(2026, 2, 4)
        self.stands(("mature", 0, 20), ("mature", 0, 98), balance=(0, 218, 0, 0))
        self.phone.open("/")
        assert self.phone.available == "218"

    def rises_again_in_june(self) -> None:
        say, day, points = self.words
        self.days.go_to(2026, 6, 15, 12)

        told = self.buy("A-4", ("Dress", "520.00"))

        assert (told["points"], told["tier"]["valid_until"]) == (520, "2027-07-31")
        self.days.night_before(2026, 6, 29)
        self.stands(("accrue", 520, 520), ("mature", 0, 520), balance=(0, 738, 0, 0))
        self.phone.sign_in("07700 900123", stored=PHONE)
        assert self.phone.available == "738"
        assert self.phone.facts == [
            say("expire", points=points(218), day=day(2027, 1, 31)),
            say("expire", points=points(520), day=day(2027, 6, 30)),
        ]
        assert self.phone.tier == say("silver")
        assert self.phone.climb == [
            say("missing", amount="£1,280.01", tier=say("gold")),
            say("kept", tier=say("silver"), day=day(2027, 7, 31), amount="£500.00"),
        ]

    def is_told_that_points_expire(self) -> None:
        say, day, points = self.words
        notice = say("notice", points=points(218), day=day(2027, 1, 31))
        journeys.make("expiry-30", on=True, actor=None)
        self.days.night_before(2027, 1, 1)
        self.days.post_goes_out()
        assert not Message.objects.filter(kind="points_expiring").exists()  # nobody's phone rings at one o'clock

        self.days.go_to(2027, 1, 1, 9)
        self.days.post_goes_out()

        assert self.phone.read(PHONE) == notice
        for morning in (2, 3):
            self.days.night_before(2027, 1, morning)
            self.days.go_to(2027, 1, morning, 9)
            self.days.post_goes_out()
        assert Message.objects.filter(kind="points_expiring").count() == 1
        self.phone.sign_in("07700 900123", stored=PHONE)
        first = self.phone.page.locator(".facts li").first
        assert words(first) == say("expire", points=points(218), day=day(2027, 1, 31))
        assert first.get_attribute("class") == "fact--soon"

    def loses_what_was_not_used(self) -> None:
        say, _day, _points = self.words
        self.days.go_to(2027, 1, 31, 23, 59)
        self.phone.open("/")
        assert self.phone.available == "738"
        self.days.go_to(2027, 2, 1)
        self.phone.open("/")
        assert self.phone.available == "520"
        self.stands(balance=(0, 738, 0, 0))

        self.days.night_before(2027, 2, 1)

        self.stands(("expire", -218, 218), balance=(0, 520, 0, 0))
        assert self.phone.history()[0] == Entry(
            say("expired"),
            "−218",
            self.clock(2027, 2, 1, "00:00"),
            reasons=(
                self.whose(100, (2026, 1, 10), "A-1"),
                self.whose(20, (2026, 1, 12), "A-2"),
                self.whose(98, (2026, 1, 20), "A-3"),
            ),
        )

    def falls_when_the_standing_has_run_out(self) -> None:
        say, _day, _points = self.words
        self.days.night_before(2027, 7, 1)
        self.stands(("expire", -520, 520), balance=(0, 0, 0, 0))
        self.phone.sign_in("07700 900123", stored=PHONE)
        assert (self.phone.available, self.phone.tier) == ("0", say("silver"))

        self.days.night_before(2027, 8, 1)
        self.days.go_to(2027, 8, 1, 9)
        self.days.post_goes_out()

        assert self.phone.read(PHONE) == say("fallen")
        self.phone.open("/")
        assert self.phone.tier == say("member")
        assert self.phone.climb == [say("missing", amount="£500.00", tier=say("silver"))]
        assert len(self.phone.history()) == len(self.posted) == 11

    @property
    def words(self) -> tuple[Any, Any, Any]:
        reader = self.phone.reader
        return reader.text, reader.day, reader.points

    def clock(self, year: int, month: int, day: int, time: str) -> str:
        chinese = self.phone.reader.language == "zh-hans"
        return f"{self.phone.reader.day(year, month, day)}{' ' if chinese else ', '}{time}"

    def whose(self, points: int, day: tuple[int, int, int], number: str) -> str:
        """Of which purchase points were that became usable, or expired."""
        told = self.phone.reader.day(*day)
        if self.phone.reader.language == "zh-hans":
            return f"{points} 来自您 {told} 在Covent Garden的消费，小票 {number}"
        return f"{points} from your purchase of {told} at Covent Garden, receipt {number}"

    def receipt(self, number: str) -> str:
        return f"小票 {number}" if self.phone.reader.language == "zh-hans" else f"receipt {number}"

    def goods_back(self, number: str) -> str:
        return f"退货单 {number}" if self.phone.reader.language == "zh-hans" else f"return {number}"

    def buy(self, number: str, *goods: Any) -> Any:
        told = self.till.post("purchases", receipt(number, *goods, member=self.number))
        assert told.status == 201
        return told.body

    def stands(self, *posted: tuple[str, int, int], balance: tuple[int, int, int, int]) -> None:
        """The books hold what they held, and POSTED; the account stands at BALANCE."""
        self.posted += posted
        assert books(self.member) == self.posted
        assert account_of(self.member) == balance
