"""What people read: whole sentences, in their language, with nothing left empty."""

from typing import Any

import pytest

from core.models import Programme
from messaging import kinds, texts
from tests import factories

KINDS = [kind.code for kind in kinds.KINDS.values() if kind.has_templates]
WORDS: dict[str, dict[str, Any]] = {
    "sign_in_code": {"code": "482913"},
    "spending_code": {"code": "482913", "place": "Covent Garden"},
    "welcome": {"number": "8600123456789"},
    "passkey_added": {"device": "Safari on Mac"},
    "passkey_removed": {"device": "Safari on Mac"},
    "factor_changed": {"user": "ada", "change": "webauthn_added"},
    "tier_raised": {"tier": "Gold"},
    "challenge_completed": {"challenge": "Tea card", "voucher": "A mug", "points": 1250, "badge": "Tea lover"},
    "tier_lowered": {"tier": "Silver"},
    "referral_joined": {},
    "referral_rewarded": {
        "is_friend": False,
        "points": 1500,
        "unit": "points",
        "friends": 3,
        "friend_got_points": True,
    },
}
SUBJECTS = {
    "sign_in_code": "482913 is your sign-in code",
    "spending_code": "482913 is your code to use points at Covent Garden",
    "welcome": "Welcome to Gift Club",
    "passkey_added": "A passkey was added",
    "passkey_removed": "A passkey was removed",
    "factor_changed": "Your second factor was changed",
    "tier_raised": "You have reached Gold",
    "challenge_completed": "Completed: Tea card",
    "tier_lowered": "Your tier is now Silver",
    "referral_joined": "A friend has joined by your invitation",
    "referral_rewarded": "1,500 points for bringing a friend",
}
BODIES = {
    "sign_in_code": "Your sign-in code is 482913. It is valid for 10 minutes.\n\n"
    "Don't give it to anybody. If you did not ask for it, you need not do anything.",
    "spending_code": "Your code to use points at Covent Garden is 482913. It is valid for 10 minutes.\n\n"
    "Tell it only to the cashier in front of you. If you are not at a till now, you need not do anything: "
    "without the code, nobody can use your points.",
    "welcome": "Welcome to Gift Club. Your member number is 8600123456789.\n\n"
    "Show it at the till with every purchase, so that it counts for you.",
    "passkey_added": "A passkey was added to your account, on this device: Safari on Mac. It lets whoever has that "
    "device in without a code. If that was not you, sign in, remove it under “Sign-in and devices”, and tell us.",
    "passkey_removed": "A passkey was removed from your account: Safari on Mac. You can still sign in by a code. "
    "If that was not you, sign in, look under “Sign-in and devices” where you are signed in, and tell us.",
    "factor_changed": "A passkey was added for the staff user ada.\n\n"
    "If that was not you, tell an administrator at once: somebody else may be in.",
    "tier_raised": "You have reached Gold. Thank you for coming so often: all that Gold offers is yours from now on.",
    "challenge_completed": "You have completed “Tea card”. A voucher is yours: A mug. 1,250 points are yours. "
    "And a new badge: Tea lover.",
    "tier_lowered": "Your tier is now Silver, because the time of the one before has run out. "
    "Every purchase brings you closer to rising again.",
    "referral_joined": "A friend has joined by your invitation. We thank you once they have bought something and "
    "kept it. How far they are stands under “Bring a friend”.",
    "referral_rewarded": "A friend whom you invited has bought something. Thank you: 1,500 points are yours. "
    "Your friend got a present too. With it come the points for 3 friends brought.",
}
SHORT = {
    "sign_in_code": "Gift Club: 482913 is your sign-in code, valid for 10 minutes. Don't give it to anybody.",
    "spending_code": "Gift Club: 482913 lets Covent Garden take your points, valid for 10 minutes. "
    "Tell it only to the cashier in front of you.",
    "welcome": "Welcome to Gift Club. Your member number is 8600123456789: show it at the till with every purchase.",
    "passkey_added": "Gift Club: a passkey was added to your account (Safari on Mac). Not you? "
    "Sign in, remove it, and tell us.",
    "passkey_removed": "Gift Club: a passkey was removed from your account (Safari on Mac). Not you? "
    "Sign in, look where you are signed in, and tell us.",
    "factor_changed": "Gift Club: the second factor of the staff user ada was changed. Not you? "
    "Tell an administrator at once.",
    "tier_raised": "Gift Club: you have reached Gold. All that it offers is yours from now on.",
    "challenge_completed": "Gift Club: you have completed “Tea card”. A voucher is yours: A mug. "
    "1,250 points are yours.",
    "tier_lowered": "Gift Club: your tier is now Silver. Every purchase brings you closer to rising again.",
    "referral_joined": "Gift Club: a friend has joined by your invitation. "
    "We thank you once they have bought something.",
    "referral_rewarded": "Gift Club: 1,500 points are yours for bringing a friend.",
}


@pytest.fixture
def programme(db: None) -> Programme:
    return factories.programme(name_en="Gift Club", name_zh_hans="常客会")


def test_every_kind_is_tested_here() -> None:
    assert set(KINDS) == set(WORDS) == set(SUBJECTS) == set(BODIES) == set(SHORT)


@pytest.mark.parametrize("kind", KINDS)
def test_an_email_greets_by_name_and_says_who_writes(programme: Programme, kind: str) -> None:
    text = texts.write(kind, "email", "en", programme, {"name": "Ada Lovelace", **WORDS[kind]})

    assert text == (SUBJECTS[kind], f"Hello Ada Lovelace,\n\n{BODIES[kind]}\n\nGift Club")


def test_whoever_invited_reads_of_a_present_for_the_friend_only_if_there_was_one(programme: Programme) -> None:
    words = WORDS["referral_rewarded"] | {"friend_got_points": False}

    assert "present" not in texts.write("referral_rewarded", "email", "en", programme, words).body


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_name_nothing_is_left_empty(programme: Programme, kind: str) -> None:
    assert texts.write(kind, "email", "en", programme, WORDS[kind]).body.startswith("Hello,\n\n")


@pytest.mark.parametrize("kind", KINDS)
def test_an_sms_is_one_line_and_has_no_subject(programme: Programme, kind: str) -> None:
    assert texts.write(kind, "sms", "en", programme, {"name": "Ada Lovelace", **WORDS[kind]}) == ("", SHORT[kind])


def test_the_programme_is_named_in_the_language_of_the_reader(programme: Programme) -> None:
    assert "常客会" in texts.write("welcome", "sms", "zh-hans", programme, WORDS["welcome"]).body


def test_names_are_not_escaped_as_in_html(programme: Programme) -> None:
    words = {"name": "Tom & <b>Jerry</b>", **WORDS["welcome"]}

    assert texts.write("welcome", "email", "en", programme, words).body.startswith("Hello Tom & <b>Jerry</b>,\n")


def test_a_subject_stays_one_line(programme: Programme) -> None:
    text = texts.write("tier_raised", "email", "en", programme, {"tier": "Gold\r\nBcc: everybody@example.com"})

    assert text.subject == "You have reached Gold Bcc: everybody@example.com"
