import pytest

from members import contacts
from members.contacts import InvalidEmail, InvalidPhone, InvalidText


@pytest.mark.parametrize(
    ("typed", "country", "kept"),
    [
        ("07700 900123", "GB", "+447700900123"),
        ("(0)7700-900 123", "GB", "+447700900123"),
        ("+44 7700 900123", "CN", "+447700900123"),
        ("＋44 7700 900123", "CN", "+447700900123"),
        ("0044 7700 900123", "CN", "+447700900123"),
        ("138-0013-8000", "CN", "+8613800138000"),
        ("138 0013 8000", "CN", "+8613800138000"),
        ("+8613800138000", "", "+8613800138000"),
    ],
)
def test_phones_are_kept_in_e164(typed: str, country: str, kept: str) -> None:
    assert contacts.phone(typed, country) == kept


@pytest.mark.parametrize("typed", ["", "12", "call me", "+", "07700 9001234567", "07700 900123 ext. 4", "\x00"])
def test_what_is_no_phone_is_refused(typed: str) -> None:
    with pytest.raises(InvalidPhone) as refusal:
        contacts.phone(typed, "GB")

    assert refusal.value.details == {"pointer": "/phone"}


def test_emails_are_trimmed_and_lower_case() -> None:
    assert contacts.email("  Ada@Example.COM ") == "ada@example.com"


@pytest.mark.parametrize("typed", ["", "ada", "ada@", "a da@example.com", "ada@example.com\x00", "a" * 250 + "@e.com"])
def test_what_is_no_email_is_refused(typed: str) -> None:
    with pytest.raises(InvalidEmail):
        contacts.email(typed)


def test_names_work_for_chinese_and_western_people() -> None:
    assert contacts.name("  Zoe\u0308   van  Dyck ") == "Zoë van Dyck"
    assert contacts.name("欧阳 娜娜") == "欧阳 娜娜"
    assert contacts.name("王小明") == "王小明"


@pytest.mark.parametrize("typed", ["a" * 121, "Ada\x00", "Ada\x1b[31m", "\ud800"])
def test_what_is_no_name_is_refused(typed: str) -> None:
    with pytest.raises(InvalidText) as refusal:
        contacts.name(typed)

    assert refusal.value.details == {"pointer": "/name", "longest": 120}
    assert str(refusal.value) == "This text is longer than 120 characters, or holds characters that can't be shown."
