"""E-mail, through Django's mail backends."""

from contextlib import suppress
from email.utils import formataddr, parseaddr
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from messaging import letters, unsubscribing
from messaging.carriers import NotAcceptedError
from messaging.letters import Look
from messaging.models import Message

DUMMY = "django.core.mail.backends.dummy.EmailBackend"
LASTING = 500
# There is no such mailbox (RFC 5321); other lasting refusals may be about us.
NOBODY_THERE = {550, 551, 553}


class Post:
    """A connection to the mail server, kept for a batch of messages. LOOK: whose they are, by name and colour."""

    def __init__(self, look: Look) -> None:
        address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
        self._domain = address.rpartition("@")[2]
        self._sender = formataddr((look.name, address))
        self._look = look
        self._connection = get_connection()

    def send(self, message: Message) -> None:
        """Hand MESSAGE to the mail server, as text and as HTML. Raises NotAcceptedError."""
        if settings.EMAIL_BACKEND == DUMMY and not settings.DEBUG:
            raise NotAcceptedError("no mail server is set up (EMAIL_URL)", is_lasting=True)
        mail = EmailMultiAlternatives(
            message.subject,
            message.body,
            self._sender,
            [message.address],
            connection=self._connection,
            headers=self._headers(message),
        )
        mail.attach_alternative(letters.page(message, self._look), "text/html")
        is_open = False
        try:
            self._connection.open()
            is_open = True
            mail.send()
        except (SMTPException, OSError) as error:
            self.close()
            raise _in_short(error, is_open=is_open) from error

    def _headers(self, message: Message) -> dict[str, str]:
        # The id is the same at every attempt, so that the receiver can tell a repeat.
        headers = {"Message-ID": f"<message-{message.id}@{self._domain}>", "Auto-Submitted": "auto-generated"}
        if message.is_marketing and message.member_id:
            # RFC 8058: mail programs show a button of their own, and send a POST to this address.
            address = unsubscribing.address(message.member_id, message.channel)
            headers["List-Unsubscribe"] = f"<{address}>"
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        return headers

    def close(self) -> None:
        """End the connection; the next message opens another one."""
        with suppress(SMTPException, OSError):
            self._connection.close()


def _in_short(error: SMTPException | OSError, *, is_open: bool) -> NotAcceptedError:
    """What the server said, by its number: its words may quote the address. Only what it says of this mail lasts."""
    name = type(error).__name__
    if isinstance(error, SMTPRecipientsRefused):
        code = max(code for code, _words in error.recipients.values())
        return NotAcceptedError(f"{name} {code}", is_lasting=code >= LASTING, is_bounce=code in NOBODY_THERE)
    if isinstance(error, SMTPDataError):
        return NotAcceptedError(f"{name} {error.smtp_code}", is_lasting=error.smtp_code >= LASTING)
    return NotAcceptedError(name, is_unclear=is_open)
