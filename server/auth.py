"""Who may talk to the server: refuses foreign hosts, foreign origins and requests without the token."""

import ipaddress
import secrets
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from engine.errors import Problem
from server.errors import problem_response
from server.settings import Settings, is_loopback

COOKIE = "blockloom_token"
OPEN_PATHS = frozenset({"/health", "/api/health"})
"""Paths that need no token, so that a container's health check works."""

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "media-src 'self' blob:; connect-src 'self'; font-src 'self'; worker-src 'self' blob:; manifest-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Guard:
    """ASGI middleware around everything, websockets included.

    A foreign `Host` is DNS rebinding: a web page whose name was pointed at this machine. A foreign `Origin` is a web
    page elsewhere that makes this browser talk to the server.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.settings = settings
        self.hosts = {"localhost", settings.host.lower(), *(host.lower() for host in settings.allowed_hosts)}
        self.origins = {origin.rstrip("/").lower() for origin in settings.allowed_origins}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        if refusal := self.refusal(scope):
            status, problem = refusal
            await problem_response(status, [problem], instance=scope["path"])(scope, receive, send)
            return
        await self.app(scope, receive, _with_headers(send, self._cookie(scope)))

    def refusal(self, scope: Scope) -> tuple[int, Problem] | None:
        """Status and problem if the request must not be served."""
        headers = Headers(scope=scope)
        host, origin = headers.get("host", ""), headers.get("origin")
        if not self._knows_host(host):
            return 403, _problem(
                "foreign_host",
                f"This server is not addressed as {host!r}.",
                "Use http://127.0.0.1, or add the name to the setting allowed_hosts (BLOCKLOOM_ALLOWED_HOSTS).",
            )
        if origin is not None and not self._knows_origin(origin, host):
            return 403, _problem(
                "foreign_origin",
                f"Web pages of {origin!r} may not use this server.",
                "Add the origin to the setting allowed_origins (BLOCKLOOM_ALLOWED_ORIGINS) if you trust it.",
            )
        if self.settings.token and scope["path"] not in OPEN_PATHS and not self._brings_token(scope, headers):
            return 401, _problem(
                "no_token",
                "This server needs a token.",
                "Send it as `Authorization: Bearer …`, or open the first page once with ?token=….",
            )
        return None

    def _knows_host(self, host: str) -> bool:
        name = _host_name(host)
        if name in self.hosts or is_loopback(name):
            return True
        # An address cannot be rebound; only a name can. So addresses are fine where other machines are welcome.
        return not is_loopback(self.settings.host) and _is_address(name)

    def _knows_origin(self, origin: str, host: str) -> bool:
        origin = origin.lower()
        parts = urlsplit(origin)
        return origin in self.origins or (parts.scheme in ("http", "https") and parts.netloc == host.lower())

    def _brings_token(self, scope: Scope, headers: Headers) -> bool:
        scheme, _, bearer = headers.get("authorization", "").partition(" ")
        offered = [bearer.strip() if scheme.lower() == "bearer" else "", _cookie_token(headers), _query_token(scope)]
        return any(self._is_token(text) for text in offered)

    def _is_token(self, text: str) -> bool:
        expected = self.settings.token or ""
        return bool(expected) and secrets.compare_digest(text.encode(), expected.encode())

    def _cookie(self, scope: Scope) -> str | None:
        """The cookie that lets a browser that once brought `?token=` go on without it."""
        if scope["type"] != "http" or not self._is_token(token := _query_token(scope)):
            return None
        cookie: SimpleCookie = SimpleCookie({COOKIE: token})
        cookie[COOKIE]["httponly"], cookie[COOKIE]["samesite"], cookie[COOKIE]["path"] = True, "Strict", "/"
        return cookie[COOKIE].OutputString()


def _with_headers(send: Send, cookie: str | None) -> Send:
    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)
            if cookie:
                headers.append("Set-Cookie", cookie)
        await send(message)

    return with_headers


def _host_name(host: str) -> str:
    """`127.0.0.1:8188` → `127.0.0.1`, `[::1]:8188` → `::1`."""
    host = host.lower().strip()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _cookie_token(headers: Headers) -> str:
    cookie: SimpleCookie = SimpleCookie()
    try:
        cookie.load(headers.get("cookie", ""))
    except CookieError:
        return ""
    value: str = cookie[COOKIE].value if COOKIE in cookie else ""
    return value


def _query_token(scope: Scope) -> str:
    query: bytes = scope["query_string"]
    return parse_qs(query.decode("latin-1")).get("token", [""])[0]


def _problem(code: str, message: str, remedy: str) -> Problem:
    return Problem(code=code, message=message, remedy=remedy)
