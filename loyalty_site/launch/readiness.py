"""Waiting until every part of the site answers."""

import http.client
import time
from collections.abc import Callable

from celery import Celery
from kombu.exceptions import OperationalError

from loyalty_site.broker import broker_url
from loyalty_site.launch import problems
from loyalty_site.launch.ports import EVERYWHERE, Address
from loyalty_site.launch.processes import Household
from loyalty_site.launch.progress import Step

PATIENCE_SECONDS = 120.0
LOOK_SECONDS = 0.1


def wait(answers: Callable[[], bool], *, what: str, household: Household, step: Step) -> None:
    """Wait until `answers` says yes. Raises Problem when a process ends meanwhile, or after two minutes."""
    step.detail(what)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not answers():
        raise_if_dead(household)
        if time.monotonic() > deadline:
            raise problems.Problem(f"The {what} did not answer within {PATIENCE_SECONDS:.0f} s. See its log.")
        time.sleep(LOOK_SECONDS)


def raise_if_dead(household: Household) -> None:
    """Raise Problem with the end of its log when a process is gone that the site needs."""
    if child := household.dead():
        raise problems.with_log(f"{child.name} {child.ending}. The end of {child.log}:", child.tail())


def page_answers(address: Address, path: str) -> bool:
    """Whether a page is there and well."""
    host = "127.0.0.1" if address.host == EVERYWHERE else address.host
    connection = http.client.HTTPConnection(host, address.port, timeout=5)
    try:
        connection.request("GET", path, headers={"Host": "localhost"})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def worker_answers(redis_url: str, name: str) -> bool:
    """Whether the Celery worker of this name takes orders."""
    try:
        with Celery(broker=broker_url(redis_url), set_as_current=False) as probe:
            return bool(probe.control.ping(destination=[name], timeout=0.5))
    except OperationalError:
        return False
