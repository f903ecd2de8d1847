"""Mail through a service's API: what it answers, in our words, against a service of our own on this machine."""

import json
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, ClassVar

import pytest

from messaging import delivery, outbox, relays
from messaging.carriers import NotAcceptedError
from messaging.letters import Look
from messaging.mail import Post
from messaging.models import Message
from messaging.outbox import Draft
from tests import factories

AT = datetime(2026, 6, 1, 9, tzinfo=UTC)
TAKEN = {"To": "ada@example.com", "MessageID": "b7bc2f4a-e38e-4336-af7d-e6c392c2f817", "ErrorCode": 0, "Message": "OK"}
INACTIVE = {
    "ErrorCode": 406,
    "Message": "You tried to send to recipient(s) that have been marked as inactive. Found inactive addresses: "
    "ada@example.com. Inactive recipients are ones that have generated a hard bounce or a spam complaint.",
}

pytestmark = pytest.mark.django_db


class Service(BaseHTTPRequestHandler):
    """Answers as it is told, and keeps what it was asked."""

    answer: ClassVar[tuple[int, Any]] = (200, TAKEN)
    asked: ClassVar[list[dict[str, Any]]] = []

    def do_POST(self) -> None:
        status, body = Service.answer
        Service.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        if status:
            said = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  its name in the library
        """Not on the screen."""


@pytest.fixture
def service(settings: Any) -> Iterator[type[Service]]:
    server = HTTPServer(("127.0.0.1", 0), Service)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    _use(settings, server.server_port)
    Service.asked = []
    yield Service
    server.shutdown()
    thread.join()
    server.server_close()


def _use(settings: Any, port: int) -> None:
    settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    settings.ANYMAIL = {"POSTMARK_SERVER_TOKEN": "token", "POSTMARK_API_URL": f"http://127.0.0.1:{port}/"}


def send() -> Message:
    factories.programme()
    draft = Draft(kind="welcome", reference="m:1", channel="email", address="ada@example.com", language="en",
                  words={"number": "8600123456789"})  # fmt: skip
    outbox.queue([draft], at=AT)
    delivery.send_batch(at=AT)
    return Message.objects.get()


def test_a_mail_that_was_taken_is_known_by_both_names(service: type[Service]) -> None:
    Service.answer = (200, TAKEN)

    message = send()

    assert (message.state, message.provider_key) == ("sent", TAKEN["MessageID"])
    (asked,) = service.asked
    assert asked["Metadata"] == {"changke": f"message-{message.pk}@localhost"}
    assert {"Name": "Message-ID", "Value": f"<message-{message.pk}@localhost>"} in asked["Headers"]
    assert relays.own_id(asked["Metadata"]["changke"]) == message.pk


@pytest.mark.parametrize(
    ("answer", "state", "error"),
    [
        ((401, {"ErrorCode": 10}), "queued", "AnymailRequestsAPIError 401"),
        ((429, {}), "queued", "AnymailRequestsAPIError 429"),
        ((503, {}), "queued", "AnymailRequestsAPIError 503"),
        ((422, {"ErrorCode": 300, "Message": "Zero recipients"}), "failed", "AnymailRequestsAPIError 422"),
        ((422, INACTIVE), "failed", "AnymailRecipientsRefused"),
        ((0, None), "queued", "AnymailRequestsAPIError"),
    ],
)
def test_what_a_service_answers(service: type[Service], answer: Any, state: str, error: str) -> None:
    Service.answer = answer

    message = send()

    assert (message.state, message.error) == (state, error)


def test_what_may_have_been_taken_is_unclear_and_what_nobody_heard_is_not(
    service: type[Service], settings: Any
) -> None:
    for answer, is_unclear in (((500, {}), True), ((0, None), True), ((503, {}), False), ((200, {}), True)):
        Service.answer = answer
        assert refusal().is_unclear == is_unclear, answer
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        _use(settings, unheard.getsockname()[1])
        assert not refusal().is_unclear


def refusal() -> NotAcceptedError:
    message = Message(pk=1, channel="email", address="ada@example.com", subject="Hi", body="Hi")
    with pytest.raises(NotAcceptedError) as caught:
        Post(Look("Club")).send(message)
    return caught.value


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("message-12@localhost", 12),
        ("<message-12@localhost>", 12),
        ("message-12@elsewhere", None),
        ("message-١٢@localhost", None),
        ("message-" + "9" * 30 + "@localhost", None),
        ("loop-12@localhost", None),
        ("", None),
    ],
)
def test_only_our_own_names_are_ours(name: str, expected: int | None) -> None:
    assert relays.own_id(name) == expected
