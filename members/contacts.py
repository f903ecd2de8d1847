"""Pure: what people type for phone, e-mail, external id and name, in the one form that is kept and compared."""

import unicodedata

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from core.characters import UNWRITABLE
from core.errors import InvalidInput

NAME_LENGTH = 120
EMAIL_LENGTH = 254
EXTERNAL_ID_LENGTH = 80


class InvalidPhone(InvalidInput):
    """A phone number that can't be one in its country."""

    code = "invalid_phone"
    sentence = _("This is not a phone number.")


class InvalidEmail(InvalidInput):
    """An e-mail address that can't be one."""

    code = "invalid_email"
    sentence = _("This is not an e-mail address.")


class InvalidText(InvalidInput):
    """A text that is too long, or holds characters that can't be shown. `longest`: how long it may be."""

    code = "invalid_text"
    sentence = _("This text is longer than %(longest)d characters, or holds characters that can't be shown.")


def is_international(text: str) -> bool:
    """Whether a phone number names its country itself, by a plus (also the wide one of Chinese keyboards)."""
    return text.lstrip().startswith(("+", "＋"))


def phone(text: str, country: str) -> str:
    """TEXT in E.164, read as dialled in COUNTRY unless it begins with +. Raises InvalidPhone.

    Its length must fit its country; whether the number is in use, no list says for long (and those reserved for
    films and demos never are).
    """
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException as error:
        raise InvalidPhone(pointer="/phone") from error
    if not phonenumbers.is_possible_number(number) or number.extension:
        raise InvalidPhone(pointer="/phone")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def email(text: str) -> str:
    """TEXT trimmed and in lower case. Raises InvalidEmail."""
    address = text.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise InvalidEmail(pointer="/email") from error
    if len(address) > EMAIL_LENGTH:
        raise InvalidEmail(pointer="/email")
    return address


def external_id(text: str) -> str:
    """TEXT trimmed: the number under which another system knows the member. Raises InvalidText."""
    return _line(text.strip(), EXTERNAL_ID_LENGTH, "/external_id")


def name(text: str) -> str:
    """TEXT as a name, Chinese or Western: in one Unicode form, blanks joined. Raises InvalidText."""
    return _line(" ".join(unicodedata.normalize("NFC", text).split()), NAME_LENGTH, "/name")


def _line(text: str, longest: int, pointer: str) -> str:
    if len(text) > longest or UNWRITABLE.search(text):
        raise InvalidText(pointer=pointer, longest=longest)
    return text
