"""Races with real connections: so many threads, each with its own, let go at the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection, connections

Answer = TypeVar("Answer")

PATIENCE_SECONDS = 60


def run_in_threads(count: int, function: Callable[[int], Answer]) -> list[Answer]:
    """Call function(0) … function(count - 1) at the same moment and answer what they returned, in that order.

    Each has a connection of its own, so the test must use `committed_db`. The first exception is raised again;
    who stays stuck (a deadlock that nobody resolves) ends the test after a minute.
    """
    start = threading.Barrier(count, timeout=PATIENCE_SECONDS)

    def run(number: int) -> Answer:
        try:
            connection.ensure_connection()
            start.wait()
            return function(number)
        finally:
            connections.close_all()

    threads = ThreadPoolExecutor(count)
    try:
        futures = [threads.submit(run, number) for number in range(count)]
        return [future.result(PATIENCE_SECONDS) for future in futures]
    finally:
        threads.shutdown(wait=False)


def outcomes(count: int, function: Callable[[int], Answer]) -> list[Answer | Exception]:
    """As run_in_threads, with what each thread raised in place of what it would have returned."""

    def run(number: int) -> Answer | Exception:
        try:
            return function(number)
        except Exception as error:  # noqa: BLE001  handed to the caller, who asserts which ones
            return error

    return run_in_threads(count, run)
