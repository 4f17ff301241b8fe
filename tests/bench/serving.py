"""A real server in a process of its own, on a free port and an empty data folder."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
"""Seconds a server has to answer."""


@contextmanager
def serving(environment: Mapping[str, str] | None = None) -> Iterator[str]:
    """The address of a server that answers."""
    with tempfile.TemporaryDirectory() as data:
        url, process = start(Path(data), environment=environment)
        try:
            wait_for(f"{url}/api/health")
            yield url
        finally:
            process.terminate()
            process.wait()


def settle(url: str) -> None:
    """Return when a fresh server has nothing left to prepare: its worker would take time from what is measured."""
    wait_for(f"{url}/api/families")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def start(
    data: Path, port: int | None = None, environment: Mapping[str, str] | None = None
) -> tuple[str, subprocess.Popen[bytes]]:
    """A server that has just been started, on a free port if none is given, with `environment` if there is one."""
    port = port or free_port()
    env = dict(environment or os.environ)
    env |= {"BLOCKLOOM_PORT": str(port), "BLOCKLOOM_OPEN_BROWSER": "0", "BLOCKLOOM_DATA": str(data)}
    command = [str(Path(sys.executable).with_name("blockloom")), "serve"]
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return f"http://127.0.0.1:{port}", process


def wait_for(url: str) -> None:
    """Return as soon as `url` answers. Raises TimeoutError."""
    until = time.monotonic() + PATIENCE
    with httpx.Client() as client:
        while time.monotonic() < until:
            try:
                if client.get(url).is_success:
                    return
            except httpx.TransportError:
                time.sleep(0.005)
    raise TimeoutError(f"{url} does not answer")
