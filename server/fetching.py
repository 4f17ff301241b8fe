"""Fetching a picture or video from the web, because a person asked for it: into the artifacts, checked as uploads are.

A graph from somewhere may name any address, so only public ones are asked: never this machine or its network.
"""

import asyncio
import ipaddress
import socket
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from server.errors import HttpProblem

if TYPE_CHECKING:
    import httpx

MAX_REDIRECTS = 5
SECONDS = 30.0
"""How long an answer, or the next piece of one, may take."""


async def fetched(url: str, limit: int) -> AsyncIterator[bytes]:
    """The file at `url`, piece by piece, redirects followed.

    Raises HttpProblem: 422 for an address that may not be asked, 413 for more than `limit` bytes, 502 for what goes
    wrong there.
    """
    import httpx  # seldom used, and a tenth of the server's start

    async with httpx.AsyncClient(timeout=SECONDS, follow_redirects=False) as client:
        try:
            for _ in range(MAX_REDIRECTS + 1):
                async with _asked(client, url, await _public_address(url)) as answer:
                    if target := _redirection(answer):
                        url = urljoin(url, target)
                        continue
                    if not answer.is_success:
                        raise _failed(url, f"answered {answer.status_code}")
                    async for piece in _limited(answer, limit):
                        yield piece
                    return
            raise _failed(url, "leads from one address to the next without end")
        except httpx.TimeoutException as error:
            raise _failed(url, f"did not answer within {SECONDS:.0f} seconds") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _failed(url, f"can't be reached ({type(error).__name__})") from error


def _asked(client: "httpx.AsyncClient", url: str, address: str) -> "AbstractAsyncContextManager[httpx.Response]":
    """The answer of the checked address itself: asked for by name, it could be another one by now."""
    import httpx

    asked = httpx.URL(url)
    return client.stream(
        "GET", asked.copy_with(host=address),
        headers={"Accept": "image/*,video/*", "Host": asked.netloc.decode()},
        extensions={"sni_hostname": asked.host},
    )  # fmt: skip


def _redirection(answer: "httpx.Response") -> str | None:
    return answer.headers.get("location") if answer.is_redirect else None


async def _limited(answer: "httpx.Response", limit: int) -> AsyncIterator[bytes]:
    size = 0
    async for piece in answer.aiter_bytes():
        size += len(piece)
        if size > limit:
            raise HttpProblem(
                413, "too_large", f"The file is larger than {limit:,} bytes.", "The setting upload_bytes is the limit."
            )
        yield piece


async def _public_address(url: str) -> str:
    """The IP address to ask. Raises HttpProblem if one of the host's is not of the internet at large."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise HttpProblem(422, "bad_address", "That is no address of the web.", "It begins with https://.")
    try:
        found = await asyncio.get_running_loop().getaddrinfo(parts.hostname, None, type=socket.SOCK_STREAM)
    except OSError as error:
        raise _failed(url, "is not known") from error
    addresses = [str(address[0]) for _, _, _, _, address in found]
    if not all(map(is_public, addresses)):
        raise HttpProblem(
            422, "private_address", f"{parts.hostname} is on this machine or its network, which is not asked.",
            "Download the file yourself, and drop it on the node.",
        )  # fmt: skip
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an IP address is one of the internet at large."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return found.is_global and not found.is_multicast


def _failed(url: str, what: str) -> HttpProblem:
    host = urlsplit(url).netloc or url[:100]
    return HttpProblem(
        502, "not_fetched", f"{host} {what}.", "Try again, or download the file and drop it on the node."
    )
