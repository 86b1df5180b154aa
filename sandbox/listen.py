"""Runs inside the sandbox before any code of the tool: sends out a listening socket.

``listen.py DESCRIPTOR PROGRAM [ARGUMENT ...]`` listens on the sandbox's own loopback, sends the
socket through the descriptor to the supervisor outside, keeps no copy, and becomes the program.
The recorded responses are then served from outside, where the tool cannot change them.
"""

import os
import socket
import sys

PORT = 8080


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    with socket.create_server(("127.0.0.1", PORT), backlog=64) as listener:
        socket.send_fds(control, [b"."], [listener.fileno()])
    control.close()
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 - the interpreter that the supervisor named


if __name__ == "__main__":
    main()
