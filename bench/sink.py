"""A mail server that takes every letter and forgets it, at hardly any cost: `python -m bench.sink`.

A measured letter should cost what it costs the sender; a mail server written in Python needs more
for it than the worker does. Like Postfix, Exim, Exchange and Gmail it takes several commands in one
breath (RFC 2920).
"""

import socket
from contextlib import suppress
from typing import BinaryIO, Final

_REPLIES: Final = {
    b"EHLO": b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n",
    b"DATA": b"354 go on\r\n",
    b"QUIT": b"221 bye\r\n",
}
_OK: Final = b"250 OK\r\n"


def main() -> None:
    """Listen on any free port, print it, and serve one client after the other."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        print(server.getsockname()[1], flush=True)
        while True:
            line, _ = server.accept()
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with line, line.makefile("rb") as said, suppress(OSError):
                _serve(line, said)


def _serve(line: socket.socket, said: BinaryIO) -> None:
    line.sendall(b"220 sink\r\n")
    for command in said:
        verb = command[:4].upper()
        line.sendall(_REPLIES.get(verb, _OK))
        if verb == b"DATA":
            while said.readline() not in {b".\r\n", b""}:
                pass
            line.sendall(_OK)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main()
