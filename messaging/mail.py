"""E-mail, through Django's mail backends."""

from contextlib import suppress
from email.utils import formataddr, parseaddr
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused, SMTPSenderRefused

from anymail.exceptions import AnymailError
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from messaging import letters, relays, unsubscribing
from messaging.carriers import NotAcceptedError
from messaging.letters import Look
from messaging.models import Message

DUMMY = "django.core.mail.backends.dummy.EmailBackend"
LASTING = 500
# Servers end connections that go on for long, and an end in the middle of a mail leaves it unclear.
MAILS_A_CONNECTION = 100
# There is no such mailbox (RFC 5321); other lasting refusals may be about us.
NOBODY_THERE = {550, 551, 553}


class Post:
    """A connection to the mail server, kept for a batch of messages. LOOK: whose they are, by name and colour."""

    def __init__(self, look: Look) -> None:
        address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
        self._sender = formataddr((look.name, address))
        self._look = look
        self._connection = get_connection()
        self._sent = 0

    def send(self, message: Message) -> str:
        """Hand MESSAGE to the mail server, as text and as HTML; answer what that calls it, if anything. Raises
        NotAcceptedError."""
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
        mail.metadata = {relays.METADATA: relays.own_name(message.id)}  # type: ignore[attr-defined]  # anymail's
        is_open = False
        if self._sent >= MAILS_A_CONNECTION:
            self.close()
        try:
            self._connection.open()
            is_open = True
            mail.send()
        except AnymailError as error:
            self.close()
            raise relays.refusal(error) from error
        except (SMTPException, OSError) as error:
            self.close()
            raise _in_short(error, is_open=is_open) from error
        self._sent += 1
        return relays.given_key(mail)

    def _headers(self, message: Message) -> dict[str, str]:
        # The id is the same at every attempt, so that the receiver can tell a repeat.
        headers = {"Message-ID": f"<{relays.own_name(message.id)}>", "Auto-Submitted": "auto-generated"}
        if message.is_marketing and message.member_id:
            # RFC 8058: mail programs show a button of their own, and send a POST to this address.
            address = unsubscribing.address(message.member_id, message.channel)
            headers["List-Unsubscribe"] = f"<{address}>"
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        return headers

    def close(self) -> None:
        """End the connection; the next message opens another one."""
        self._sent = 0
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
    if isinstance(error, SMTPSenderRefused):
        return NotAcceptedError(f"{name} {error.smtp_code}")  # about us, or too many at once: it was not taken
    return NotAcceptedError(name, is_unclear=is_open)
