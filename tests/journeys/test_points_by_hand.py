"""Points given and taken by hand: the office says why, the member reads it, the trail keeps it."""

from access.models import AuditEntry, User
from members.models import Member
from points.models import PostingNote
from tests import factories
from tests.factories import Shop
from tests.journeys.office import Desk
from tests.journeys.phone import Entry, Phone, words
from tests.journeys.street import Days, Wire, account_of, books, receipt

PHONE = "+447700900123"
GOODWILL = {"en": "Goodwill", "zh-hans": "关怀补偿"}
CORRECTION = {"en": "Correction of a mistake", "zh-hans": "更正错误"}
NOTE = "Sorry for the broken vase"


def test_points_are_given_with_a_note_and_a_mistake_is_corrected(
    shop: Shop, till: Wire, phone: Phone, desk: Desk, days: Days
) -> None:
    ada = factories.member(name="Ada Lovelace", phone=PHONE, language=phone.reader.language)
    till.post("purchases", receipt("V-1", ("Vase", "80.00"), member=ada.number))
    days.go_to(2026, 1, 12, 10)
    chief = desk.sign_in("administrator")
    desk.look_up(ada)

    five_hundred_are_given(desk, ada)
    days.go_to(2026, 1, 12, 10, 5)
    all_but_fifty_are_taken_again(desk, ada)

    the_member_reads_it(phone)
    the_trail_has_it(desk, ada, chief)


def five_hundred_are_given(desk: Desk, ada: Member) -> None:
    desk.adjust("Give points", "500", "Goodwill", note=NOTE, internal="Asked by phone; the courier's fault")
    assert desk.preview == {
        "available": "0 500",
        "they expire": "1 Feb 2027",
        "the member reads": f"Goodwill – {NOTE}",
    }
    assert books(ada) == [("accrue", 80, 80)]
    desk.press("Adjust the points")
    desk.is_told("Done: the member has 500 points now.")
    assert books(ada) == [("accrue", 80, 80), ("adjust", 500, 500)]


def all_but_fifty_are_taken_again(desk: Desk, ada: Member) -> None:
    """It should have been fifty. More than there is can't be taken, and the 80 that wait don't count."""
    desk.adjust("Take points", "450", "Correction of a mistake")
    assert desk.preview["available"] == "500 50"
    desk.press("Adjust the points")
    desk.is_told("Done: the member has 50 points now.")
    desk.adjust("Take points", "51", "Misuse")
    desk.is_told("Only 50 points can be used, 51 are needed.")
    assert books(ada) == [("accrue", 80, 80), ("adjust", 500, 500), ("adjust", -450, 450)]
    assert account_of(ada) == (80, 50, 0, 0)


def the_member_reads_it(phone: Phone) -> None:
    say, day, points = phone.reader.text, phone.reader.day, phone.reader.points
    language = phone.reader.language
    phone.sign_in("07700 900123", stored=PHONE)
    assert phone.available == "50"
    assert phone.facts[:2] == [
        say("usable from", points=points(80), day=day(2026, 1, 24)),
        say("expire", points=points(130), day=day(2027, 1, 31)),
    ]
    taken, given, bought = phone.history()
    separator = " " if language == "zh-hans" else ", "
    assert taken == Entry(
        say("taken"), "−450", f"{day(2026, 1, 12)}{separator}10:05", reasons=(f"−450 {CORRECTION[language]}",)
    )
    assert given == Entry(
        say("given"),
        "+500",
        f"{day(2026, 1, 12)}{separator}10:00",
        reasons=(f"+500 {GOODWILL[language]}",),
        dates=(say("until", day=day(2027, 1, 31)),),
    )
    assert bought.points == "+80"
    assert NOTE in words(phone.page.locator(".ledger > li").nth(1))
    assert "courier" not in phone.page.content()


def the_trail_has_it(desk: Desk, ada: Member, chief: User) -> None:
    """Also on the member's page, for those who may read it."""
    trail = AuditEntry.objects.filter(action="points.adjusted", subject=f"member:{ada.pk}").order_by("pk")
    assert [(entry.actor, entry.reason, entry.changes["points"]) for entry in trail] == [
        (chief, "goodwill", 500),
        (chief, "correction", -450),
    ]
    assert PostingNote.objects.get(for_member=NOTE).internal == "Asked by phone; the courier's fault"
    desk.look_up(ada)
    desk.page.get_by_role("link", name="What staff did").click()
    rows = desk.page.locator("[x-show*=trail] tbody tr").all()
    assert [[words(cell) for cell in row.locator("td").all()[1:]] for row in rows] == [
        ["administrator", "points: adjusted", "correction"],
        ["administrator", "points: adjusted", "goodwill"],
    ]
