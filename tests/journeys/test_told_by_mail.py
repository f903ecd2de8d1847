"""A member who gave an e-mail address is written to: welcome, risen, and why the tier went again."""

from django.core import mail

from tests.factories import Shop
from tests.journeys.street import Days, Wire, goods_back, receipt


def test_a_tier_that_goes_with_goods_brought_back_is_not_said_to_have_run_out(
    shop: Shop, till: Wire, days: Days
) -> None:
    enrolled = till.post("members", {"email": "Ada@Example.com", "name": "Ada Lovelace", "language": "en"}).body
    number = enrolled["number"]
    sold = till.post("purchases", receipt("M-1", ("Coat", "700.00"), member=number)).body
    days.post_goes_out()
    days.go_to(2026, 1, 12, 15)
    till.post(f"purchases/{sold['purchase']}/returns", goods_back("R-1", 1))
    days.post_goes_out()

    assert [(letter.to, letter.subject) for letter in mail.outbox] == [
        (["ada@example.com"], "Welcome to Gift Club"),
        (["ada@example.com"], "You have reached Silver"),
        (["ada@example.com"], "Your tier is now Member"),
    ]
    assert f"Your member number is {number}." in mail.outbox[0].body
    assert mail.outbox[2].body.strip() == (
        "Hello Ada Lovelace,\n\n"
        "Your tier is now Member, because the goods that had earned you the one before were brought back. "
        "Every purchase brings you closer to rising again.\n\n"
        "Gift Club"
    )


def test_a_tier_that_has_run_out_is_said_to_have_run_out_in_the_morning(shop: Shop, till: Wire, days: Days) -> None:
    enrolled = till.post("members", {"email": "ada@example.com", "name": "Ada Lovelace", "language": "en"}).body
    till.post("purchases", receipt("M-1", ("Coat", "700.00"), member=enrolled["number"]))
    days.post_goes_out()
    mail.outbox.clear()

    days.night_before(2027, 3, 1)  # a standing of January 2026 lapses in January 2027, and lasts to the end of February
    days.post_goes_out()
    assert mail.outbox == []
    days.go_to(2027, 3, 1, 9)
    days.post_goes_out()

    assert [letter.subject for letter in mail.outbox] == ["Your tier is now Member"]
    assert "because the time of the one before has run out" in mail.outbox[0].body
