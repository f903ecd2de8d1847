"""Mail services that take mail by an API (anymail): how they are told whose mail it is, and how they say no."""

from email.utils import parseaddr
from http import HTTPStatus

from anymail.exceptions import AnymailError, AnymailInvalidAddress, AnymailRecipientsRefused, AnymailRequestsAPIError
from django.conf import settings
from django.core.mail import EmailMessage
from requests.exceptions import ConnectTimeout
from urllib3.exceptions import NewConnectionError

from messaging.carriers import NotAcceptedError

# Under this name the service hands our own id of a message back with its reports.
METADATA = "changke"
KEY_LENGTH = 200
# What says something of this mail; all else is about us (a wrong key, too many at once) or about the service.
OF_THIS_MAIL = {HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY}


def own_name(message_id: int) -> str:
    """What we call a message outside: the same at every attempt, and of this site alone."""
    return f"message-{message_id}@{_domain()}"


def own_id(name: str) -> int | None:
    """The message that a name of ours means; None for anybody else's."""
    number, _, domain = name.strip("<>").removeprefix("message-").partition("@")
    is_ours = (
        name.strip("<>").startswith("message-") and domain == _domain() and number.isascii() and number.isdecimal()
    )
    return int(number) if is_ours and len(number) < len(str(2**63)) else None


def given_key(mail: EmailMessage) -> str:
    """What the service calls a mail that it took; "" where it has no name, as with plain SMTP."""
    status = getattr(mail, "anymail_status", None)
    return str(getattr(status, "message_id", None) or "")[:KEY_LENGTH]


def refusal(error: AnymailError) -> NotAcceptedError:
    """What the service said, by its number only: its words may quote the address."""
    name = type(error).__name__
    if isinstance(error, AnymailInvalidAddress):
        return NotAcceptedError(name, is_lasting=True, is_bounce=True)
    if isinstance(error, AnymailRecipientsRefused):
        # It keeps a list of its own; why the address is on it, its reports say.
        return NotAcceptedError(name, is_lasting=True)
    if not isinstance(error, AnymailRequestsAPIError):
        return NotAcceptedError(name, is_lasting=True)
    if error.response is None:
        return NotAcceptedError(name, is_unclear=not _never_connected(error))
    code = error.response.status_code
    is_taken = HTTPStatus.OK <= code < HTTPStatus.MULTIPLE_CHOICES or code >= HTTPStatus.INTERNAL_SERVER_ERROR
    return NotAcceptedError(
        f"{name} {code}",
        is_lasting=code in OF_THIS_MAIL,
        is_unclear=is_taken and code != HTTPStatus.SERVICE_UNAVAILABLE,
    )


def _never_connected(error: BaseException) -> bool:
    """Whether nobody was there to take it, so that nothing was taken."""
    cause = error.__cause__
    inner = cause.args[0] if cause and cause.args else None
    return isinstance(cause, ConnectTimeout) or isinstance(getattr(inner, "reason", None), NewConnectionError)


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
