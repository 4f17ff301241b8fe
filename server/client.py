"""A small client for scripts: run a graph on a server, follow it, fetch what it made.

client = Client("http://127.0.0.1:8188")
outputs = client.run(graph, {"encode.prompt": "a red circle on a blue background"})
pictures = [client.download(picture) for picture in outputs["show"]["images"].items or []]
"""

import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx
from pydantic import TypeAdapter

from engine.catalogue.spec import NodeType
from engine.errors import BlockloomError, Problem
from engine.graph.document import Graph
from engine.run.events import FINAL_STATES, RunEvent
from engine.run.record import Run
from engine.values.refs import ArtifactRef, ValueSummary

Outputs = dict[str, Mapping[str, ValueSummary]]
"""node → port → what it holds."""

LONGEST_WAIT = 60.0
"""Seconds a single request waits for a run; a longer wait is made of several."""

_event: TypeAdapter[RunEvent] = TypeAdapter(RunEvent)
_problems: TypeAdapter[list[Problem]] = TypeAdapter(list[Problem])
_ref: TypeAdapter[ArtifactRef] = TypeAdapter(ArtifactRef)


class ServerRefused(BlockloomError):
    """The server answered with a problem; `status` is the HTTP status."""

    def __init__(self, status: int, problems: list[Problem]) -> None:
        self.status = status
        super().__init__(problems)


class RunFailed(BlockloomError):
    """A run failed or was cancelled; `run` is its record."""

    def __init__(self, run: Run) -> None:
        self.run = run
        super().__init__(run.problem or Problem(code=run.state, message=f"The run {run.id} {run.state}."))


class Client:
    """Speaks with one server. Raises ServerRefused for problems, httpx.TransportError if it is not there."""

    def __init__(self, url: str = "http://127.0.0.1:8188", *, token: str | None = None) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        timeout = httpx.Timeout(30.0, read=LONGEST_WAIT + 30.0)
        self._http = httpx.Client(base_url=f"{url.rstrip('/')}/api/", headers=headers, timeout=timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def run(
        self,
        graph: Graph | Mapping[str, Any] | str,
        overrides: Mapping[str, Any] | None = None,
        *,
        targets: list[str] | None = None,
    ) -> Outputs:
        """Run a graph (or the saved graph of this id) and return its outputs. Raises RunFailed if it fails."""
        run = self.wait(self.submit(graph, overrides, targets=targets).id)
        if run.state != "succeeded":
            raise RunFailed(run)
        return run.outputs

    def submit(
        self,
        graph: Graph | Mapping[str, Any] | str,
        overrides: Mapping[str, Any] | None = None,
        *,
        targets: list[str] | None = None,
        priority: int = 0,
    ) -> Run:
        """Queue a run and return at once."""
        what = {"graph_id": graph} if isinstance(graph, str) else {"graph": _document(graph)}
        body = {**what, "overrides": dict(overrides or {}), "targets": targets, "priority": priority}
        return Run.model_validate(self._call("POST", "runs", json=body))

    def wait(self, run_id: str, timeout: float | None = None) -> Run:
        """The run once it has ended, or as it is after `timeout` seconds."""
        deadline = None if timeout is None else time.monotonic() + timeout
        run = self.get(run_id)
        while run.state not in FINAL_STATES and (deadline is None or time.monotonic() < deadline):
            left = None if deadline is None else max(0.1, deadline - time.monotonic())
            self._follow_for(run_id, run.seq, left)
            run = self.get(run_id)
        return run

    def get(self, run_id: str) -> Run:
        return Run.model_validate(self._call("GET", f"runs/{run_id}"))

    def cancel(self, run_id: str) -> Run:
        """Cancel a run that has not ended; one that has stays as it is."""
        return Run.model_validate(self._call("DELETE", f"runs/{run_id}?keep=true"))

    def events(self, run_id: str, after: int = 0) -> Iterator[RunEvent]:
        """The events of a run with `seq` above `after`, as they happen; resumes a broken stream."""
        while True:
            try:
                for event in self._stream(run_id, after, read_timeout=60.0):
                    after = event.seq
                    yield event
                    if event.kind == "run_finished":
                        return
            except (httpx.ReadError, httpx.RemoteProtocolError, httpx.ReadTimeout):
                pass
            if (run := self.get(run_id)).state in FINAL_STATES and run.seq <= after:
                return

    def compile(self, graph: Graph | Mapping[str, Any]) -> dict[str, Any]:
        """Ports and problems of a graph, once no interface is pending."""
        result: dict[str, Any] = self._call("POST", "compile?settle=true", json=_document(graph))
        return result

    def node_types(self) -> list[NodeType]:
        """All node types of the server's catalogue."""
        return [NodeType.model_validate(data) for data in self._call("GET", "/catalogue")["types"]]

    def families(self) -> dict[str, Any]:
        """How the blocks of all model families become nodes: `{diffusers, rows}`."""
        answer: dict[str, Any] = self._call("GET", "families")
        return answer

    def publish_blocks(
        self,
        graph: Graph | Mapping[str, Any],
        nodes: list[str],
        name: str,
        *,
        push_to: str | None = None,
        private: bool = False,
    ) -> dict[str, Any]:
        """Save block nodes as a modular repo on the server's machine: see `PublishedBlock` in the API."""
        wish = {"graph": _document(graph), "nodes": nodes, "name": name, "push_to": push_to, "private": private}
        answer: dict[str, Any] = self._call("POST", "blocks/publish", json=wish)
        return answer

    def review(self, repo: str, revision: str | None = None) -> dict[str, Any]:
        """What can be read of a block repo before its code runs: see `BlockReview` in the API."""
        asked = {"revision": revision} if revision else {}
        answer: dict[str, Any] = self._call("GET", f"blocks/{quote(repo)}", params=asked)
        return answer

    def approve(self, repo: str, commit: str) -> None:
        """Let code of a repo run at a commit; `*` for a folder on the server's machine whatever its content."""
        self._call("POST", f"blocks/{quote(repo)}/approve", json={"commit": commit})

    def revoke(self, repo: str, commit: str | None = None) -> int:
        """Take back a repo's approval at a commit, or all of them; returns how many there were."""
        asked = {"commit": commit} if commit else {}
        answer: dict[str, int] = self._call("DELETE", f"blocks/{quote(repo)}/approve", params=asked)
        return answer["revoked"]

    def approvals(self) -> list[dict[str, Any]]:
        """`{repo, commit, time, local}` of all code that may run."""
        answer: dict[str, Any] = self._call("GET", "blocks")
        return list(answer["approvals"])

    def upload(self, path: Path) -> ArtifactRef:
        """Upload a picture, video or sound."""
        with path.open("rb") as file:
            return _ref.validate_python(self._call("POST", "artifacts", content=file))

    def download(self, value: ValueSummary | ArtifactRef | str) -> bytes:
        """The file of an output, or of the artifact of this id. Raises ValueError if the value has no file."""
        artifact = value.artifact if isinstance(value, ValueSummary) else value
        if artifact is None:
            raise ValueError("This value has no file; its `value` holds small data itself.")
        answer = self._http.get(f"artifacts/{artifact if isinstance(artifact, str) else artifact.id}")
        _raise_for(answer)
        return answer.content

    def _follow_for(self, run_id: str, after: int, seconds: float | None) -> None:
        """Return when the run may have ended, or after about `seconds`."""
        try:
            for event in self._stream(run_id, after, read_timeout=min(seconds or LONGEST_WAIT, LONGEST_WAIT)):
                if event.kind == "run_finished":
                    return
        except (httpx.ReadTimeout, httpx.ReadError, httpx.RemoteProtocolError):
            return

    def _stream(self, run_id: str, after: int, read_timeout: float) -> Iterator[RunEvent]:
        headers = {"Last-Event-ID": str(after)}
        timeout = httpx.Timeout(30.0, read=read_timeout)
        with self._http.stream("GET", f"runs/{run_id}/events", headers=headers, timeout=timeout) as answer:
            if answer.is_error:
                answer.read()
                _raise_for(answer)
            for line in answer.iter_lines():
                if line.startswith("data: "):
                    yield _event.validate_json(line.removeprefix("data: "))

    def _call(self, method: str, path: str, **options: Any) -> Any:
        answer = self._http.request(method, path, **options)
        _raise_for(answer)
        return answer.json() if answer.content else None


def _document(graph: Graph | Mapping[str, Any]) -> Any:
    return graph.model_dump(mode="json") if isinstance(graph, Graph) else dict(graph)


def _raise_for(answer: httpx.Response) -> None:
    if answer.is_success:
        return
    try:
        problems = _problems.validate_python(answer.json()["problems"])
    except (json.JSONDecodeError, KeyError, TypeError, ValueError):
        problems = []
    fallback = Problem(code="http_error", message=f"The server answered {answer.status_code}: {answer.text[:200]}")
    raise ServerRefused(answer.status_code, problems or [fallback])
