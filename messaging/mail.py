"""E-mail, through Django's mail backends."""

from contextlib import suppress
from email.utils import formataddr, parseaddr
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from messaging.carriers import NotAcceptedError
from messaging.models import Message

DUMMY = "django.core.mail.backends.dummy.EmailBackend"
LASTING = 500


class Post:
    """A connection to the mail server, kept for a batch of messages. SENDER is the name that people see."""

    def __init__(self, sender: str) -> None:
        address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
        self._domain = address.rpartition("@")[2]
        self._sender = formataddr((sender, address))
        self._connection = get_connection()

    def send(self, message: Message) -> None:
        """Hand MESSAGE to the mail server. Raises NotAcceptedError."""
        if settings.EMAIL_BACKEND == DUMMY and not settings.DEBUG:
            raise NotAcceptedError("no mail server is set up (EMAIL_URL)", is_lasting=True)
        mail = EmailMessage(
            message.subject,
            message.body,
            self._sender,
            [message.address],
            connection=self._connection,
            # The same at every attempt, so that the receiver can tell a repeat.
            headers={"Message-ID": f"<message-{message.id}@{self._domain}>", "Auto-Submitted": "auto-generated"},
        )
        try:
            self._connection.open()
            mail.send()
        except (SMTPException, OSError) as error:
            self.close()
            raise _in_short(error) from error

    def close(self) -> None:
        """End the connection; the next message opens another one."""
        with suppress(SMTPException, OSError):
            self._connection.close()


def _in_short(error: SMTPException | OSError) -> NotAcceptedError:
    """What the server said, by its number: its words may quote the address. Only what it says of this mail lasts."""
    name = type(error).__name__
    if isinstance(error, SMTPRecipientsRefused):
        code = max(code for code, _words in error.recipients.values())
    elif isinstance(error, SMTPDataError):
        code = error.smtp_code
    else:
        return NotAcceptedError(name)
    return NotAcceptedError(f"{name} {code}", is_lasting=code >= LASTING)
