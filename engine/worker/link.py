"""The byte stream between server and worker: a socket pair, or loopback TCP with a token on Windows."""

import asyncio
import hmac
import os
import secrets
import socket
import sys
from typing import Protocol

TOKEN = "BLOCKLOOM_WORKER_TOKEN"
"""The environment variable that carries the token to the child."""


class Link(Protocol):
    """The server's side, before the child is there. `argument` and `environment` tell the child how to connect."""

    argument: str
    pass_fds: tuple[int, ...]
    environment: dict[str, str]

    async def accept(self) -> socket.socket:
        """The server's end, once the child was started. Raises ConnectionError if a stranger connects."""

    def close(self) -> None:
        """Close what only the child needs."""


class PairLink:
    """The child inherits its end."""

    def __init__(self) -> None:
        self._ours, self._theirs = socket.socketpair()
        self.argument = f"fd:{self._theirs.fileno()}"
        self.pass_fds: tuple[int, ...] = (self._theirs.fileno(),)
        self.environment: dict[str, str] = {}

    async def accept(self) -> socket.socket:
        self._theirs.close()
        self._ours.setblocking(False)
        return self._ours

    def close(self) -> None:
        self._theirs.close()


class LoopbackLink:
    """The child connects to a port of this machine and proves who it is with a token."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setblocking(False)
        self._token = secrets.token_hex(32)
        self.argument = f"port:{self._listener.getsockname()[1]}"
        self.pass_fds: tuple[int, ...] = ()
        self.environment = {TOKEN: self._token}

    async def accept(self) -> socket.socket:
        loop = asyncio.get_running_loop()
        connection, _ = await loop.sock_accept(self._listener)
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        said = b""
        while len(said) < len(self._token) and (part := await loop.sock_recv(connection, len(self._token) - len(said))):
            said += part
        self._listener.close()
        if not hmac.compare_digest(said, self._token.encode()):
            connection.close()
            raise ConnectionError("something else than the worker connected to the worker's port")
        return connection

    def close(self) -> None:
        self._listener.close()


def make_link() -> Link:
    return LoopbackLink() if sys.platform == "win32" else PairLink()


def connect(argument: str) -> socket.socket:
    """The child's end, as its command line `argument` says."""
    how, _, number = argument.partition(":")
    if how == "fd":
        return socket.socket(fileno=int(number))
    connection = socket.create_connection(("127.0.0.1", int(number)))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.sendall(os.environ.pop(TOKEN).encode())
    return connection
