"""The address of the site."""

import socket
from collections.abc import Iterator

import pytest

from loyalty_site.launch import ports
from loyalty_site.launch.ports import Address
from loyalty_site.launch.problems import Problem


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_port_asked_for_that_is_in_use_is_refused_with_the_next_one_named(taken_port: int) -> None:
    with pytest.raises(Problem) as refusal:
        ports.choose(wanted=str(taken_port))

    assert str(refusal.value) == (
        f"Port {taken_port} is in use by another program. "
        f"Choose a free one, for example: make run PORT={taken_port + 1}"
    )


def test_without_a_wish_the_next_free_port_is_taken_and_told(taken_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "FIRST_PORT", taken_port)
    expected = next(port for port in range(taken_port + 1, taken_port + 20) if ports.is_free("127.0.0.1", port))

    found = ports.choose()

    assert found == Address("127.0.0.1", expected, moved_from=taken_port)


def test_when_all_are_in_use_the_sentence_says_which(taken_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "FIRST_PORT", taken_port)
    monkeypatch.setattr(ports, "TRIED_PORTS", 1)

    with pytest.raises(Problem, match=f"ports {taken_port} to {taken_port} are all in use"):
        ports.choose()


@pytest.mark.parametrize("wanted", ["abc", "0", "65536", "-1", "80 80"])
def test_what_is_no_port_is_refused(wanted: str) -> None:
    with pytest.raises(Problem, match=f"^PORT={wanted} is no port"):
        ports.choose(wanted=wanted)


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(Problem, match=r"^HOST=192\.0\.2\.1 is no address of this machine"):
        ports.choose(host="192.0.2.1", wanted="18999")


def test_names_are_those_of_this_machine_only_unless_others_may_come() -> None:
    own = ["localhost", "127.0.0.1", "[::1]"]

    assert Address("127.0.0.1", 8000).names == own
    assert Address("0.0.0.0", 8000).names[:4] == [*own, socket.gethostname()]


def test_the_shown_address_is_localhost_because_passkeys_need_a_name() -> None:
    assert Address("127.0.0.1", 8001).url == "http://localhost:8001"
