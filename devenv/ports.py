"""Which ports are free, on loopback only."""

import errno
import socket

from devenv.console import Problem


def free_port(host: str = "127.0.0.1") -> int:
    family, _, _, _, address = socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM)[0]
    with socket.create_server(address[:2], family=family) as listener:
        return listener.getsockname()[1]


def require_free_port(host: str, port: int, variable: str) -> None:
    """A name such as localhost may stand for two addresses; either can be the taken one."""
    for family, _, _, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        try:
            socket.create_server(address[:2], family=family).close()
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise Problem(
                    f"Port {port} on {host} is taken: stop what listens there, "
                    f"or choose another one with `make run {variable}={port + 1}`."
                ) from None
