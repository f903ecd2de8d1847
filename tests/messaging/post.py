"""SMS providers: one that keeps what it got and refuses as told, and one for workers that are processes."""

import os
import time
from pathlib import Path
from typing import ClassVar

from messaging.sms import Sms


class Phones:
    """What was handed over, in this process."""

    taken: ClassVar[list[Sms]] = []
    refusal: ClassVar[Exception | None] = None

    def send(self, sms: Sms) -> None:
        if Phones.refusal:
            raise Phones.refusal
        Phones.taken.append(sms)


class Sink:
    """What other processes hand over, a line each in the folder named by SINK. While a file `hold` is there, the
    provider has taken a message and does not answer."""

    def send(self, sms: Sms) -> None:
        folder = Path(os.environ["SINK"])
        with (folder / "taken").open("a") as taken:
            taken.write(f"{sms.key}\n")
        while (folder / "hold").exists():
            time.sleep(0.02)
