"""A mail server that takes everything and sends nothing on: `python -m bench.smtp_sink FOLDER [SECONDS]`.

It writes its port to FOLDER/port, and of each mail that it took a line to FOLDER/taken, its Message-ID, before it says
so: what a sender believes is sent stands there, and what was sent twice stands there twice. It takes SECONDS for each.
"""

import os
import socketserver
import sys
import time
from pathlib import Path
from typing import Any

ANSWERS = {b"EHLO": b"250 sink\r\n", b"MAIL": b"250 OK\r\n", b"RCPT": b"250 OK\r\n", b"RSET": b"250 OK\r\n"}


class Session(socketserver.StreamRequestHandler):
    """One connection."""

    disable_nagle_algorithm = True
    wbufsize = 0

    def handle(self) -> None:
        try:
            self._talk()
        except ConnectionError:
            return  # the sender was killed

    def _talk(self) -> None:
        self.wfile.write(b"220 sink\r\n")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                if not self._take():
                    return
                self.wfile.write(b"250 taken\r\n")
            elif word == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(ANSWERS.get(word, b"502 no\r\n"))

    def _take(self) -> bool:
        """Read one mail and note it; False when the sender broke off in the middle."""
        name = b"?"
        for line in self.rfile:
            if line == b".\r\n":
                sink: Any = self.server
                os.write(sink.taken, name + b"\n")
                time.sleep(sink.seconds)
                return True
            if line.lower().startswith(b"message-id:"):
                name = line.partition(b":")[2].strip()
        return False


class Sink(socketserver.ThreadingTCPServer):
    """Takes mail on a free port of this machine."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, folder: Path, seconds: float) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        # Whole lines in one call: several connections write side by side.
        self.taken = os.open(folder / "taken", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self.seconds = seconds
        (folder / "port.new").write_text(str(self.server_address[1]))
        (folder / "port.new").rename(folder / "port")


if __name__ == "__main__":
    Sink(Path(sys.argv[1]), float([*sys.argv, "0"][2])).serve_forever()
