"""The messages between server and worker: one tagged union each way, msgpack, 4-byte big-endian length prefix.

| to the worker | |
|---|---|
| `WorkerConfig` | once, at the start |
| `Begin` | before the first `Execute` of a run that reads its graph: the graph |
| `Execute` | run a node, or publish a value it already made |
| `Cancel` | stop one execution |
| `Describe` | answer a question about a model repo or a block |
| `Release` | a run ended: its values may be evicted, its graph forgotten |
| `Publish` | keep the pictures of a result as artifacts, outside of any run |
| `Free` | drop cached results or loaded models now |
| `StopDownload` | end the downloads of a repo |
| `Shutdown` | end in good order |

| from the worker | |
|---|---|
| `Ready` | the built-in packs are loaded, work is welcome |
| `PackLoading`, `PackLoaded` | a pack outside the built-in ones is about to be imported; what came of it |
| `Started`, `Progress`, `Preview`, `Log` | a lane began to compute a node; while it runs |
| `Done`, `Failed` | exactly one of them ends each `Execute` |
| `Described` | ends each `Describe`, `Publish` and `Free` |
| `Downloading` | how far the download of a repo is |
| `Kept` | results that are now on disk too |
| `Evicted` | results that are no longer in memory |
| `Stats` | memory and models, about once a second |
"""

from pathlib import Path
from typing import Any, Literal

import msgspec

from engine.errors import Problem
from engine.values.refs import Key, ValueSummary

MAX_FRAME = 256 * 1024 * 1024
"""Bytes; a longer frame means that the stream is out of step."""

OUT_OF_BUDGET = 86
"""Exit code of a worker that used more memory than it may."""
DEVICE_FAULT = 87
"""Exit code of a worker whose device no longer answers."""
FAULTS = "worker-faults.txt"
"""Below the data folder: where a segmentation fault leaves the stacks of all threads."""


class Message(msgspec.Struct, frozen=True, tag=True, tag_field="message", kw_only=True, omit_defaults=True):
    """Base of all messages; the class name is the tag on the wire."""


class WorkerConfig(Message, frozen=True):
    """The first frame to a worker: its packs, folders and budgets (bytes).

    `packs` are built in and loaded before `Ready`. Packs outside (entry points, files in `nodes_dir`) come later,
    except those named in `skip`. A worker that uses more than `worker_memory` ends itself. `preview_rate` is pictures
    per second and node.
    """

    packs: list[str]
    data_dir: Path
    input_dir: Path
    output_dir: Path
    nodes_dir: Path | None = None
    skip: list[str] = []
    results_memory: int = 2 * 2**30
    results_disk: int = 10 * 2**30
    artifacts_disk: int = 20 * 2**30
    models_memory: int | None = None
    worker_memory: int | None = None
    cpu_threads: int = 4
    preview_rate: float = 8.0
    settings: dict[str, Any] = {}


class Begin(Message, frozen=True):
    """Run `run` holds nodes that read its graph: here it is, as compact JSON text, once for all of them."""

    run: str
    graph: str


class Given(Message, frozen=True):
    """An input given as JSON data."""

    value: Any = None


class FromOutput(Message, frozen=True):
    """An input taken from an output that the worker holds, or finds in the result cache."""

    key: Key
    port: str


class Collect(Message, frozen=True):
    """An input of several edges: the items in edge order."""

    items: list["Given | FromOutput"]


Input = Given | FromOutput | Collect


class Execute(Message, frozen=True):
    """Run node `node` of run `run` with `inputs`; its outputs become known under `key`.

    Inputs may come from executions that the worker has and that have not ended; then it waits for these. `made`: the
    outputs of `key` are at hand, on disk at least, and only what is missing is done (publishing). `mapped` inputs are
    lists over which the node is mapped; `wrapped` inputs are single values for a list input. `publish`: keep pictures
    as artifacts. `ports` are the outputs of the interface now (name → type before mapping). `reuse` is off for
    nodes that never reuse results.
    """

    id: int
    run: str
    node: str
    type: str
    key: Key
    inputs: dict[str, Input] = {}
    ports: dict[str, str] = {}
    mapped: list[str] = []
    wrapped: list[str] = []
    publish: bool = False
    reuse: bool = True
    made: bool = False


class Cancel(Message, frozen=True):
    id: int


class Describe(Message, frozen=True):
    """Ask the describer `subject` (registered by a pack) about `request`."""

    id: int
    subject: str
    request: dict[str, Any]


class Release(Message, frozen=True):
    run: str


class Publish(Message, frozen=True):
    """Keep the pictures among the outputs of `key` as artifacts. Ends with a `Described`: `{"outputs": summaries}`, or
    `{}` if there is no such result any more."""

    id: int
    key: Key


class Free(Message, frozen=True):
    """Drop cached results, or loaded models: all, or those named `model`, of `repo`, or both. Ends with `Described`."""

    id: int
    what: Literal["results", "models"]
    model: str | None = None
    repo: str | None = None


class StopDownload(Message, frozen=True):
    """What waits for the download fails with a problem that says so."""

    repo: str


class Shutdown(Message, frozen=True):
    pass


class Ready(Message, frozen=True):
    pid: int
    versions: dict[str, str] = {}


class PackLoading(Message, frozen=True):
    pack: str


class PackLoaded(Message, frozen=True):
    """`types` are `NodeType`s as JSON data; a pack that failed has a problem and no types."""

    pack: str
    types: list[dict[str, Any]] = []
    problem: Problem | None = None


class Started(Message, frozen=True):
    """A lane has taken the execution; from now on it is what a dying worker died of."""

    id: int


class Progress(Message, frozen=True):
    id: int
    step: int
    total: int


class Preview(Message, frozen=True):
    id: int
    step: int
    mime: str
    data: bytes


class Log(Message, frozen=True):
    """A line a node wrote; `id` is None where no node can be named."""

    text: str
    level: Literal["debug", "info", "warning", "error"] = "info"
    id: int | None = None


class Done(Message, frozen=True):
    """`cached`: nothing was computed. `seconds`: time in the lane."""

    id: int
    outputs: dict[str, ValueSummary]
    seconds: float
    cached: bool = False


class Failed(Message, frozen=True):
    """`kind`: the node raised; it was cancelled; or inputs named in `missing` are gone and must be made again."""

    id: int
    problem: Problem
    kind: Literal["error", "cancelled", "missing"] = "error"
    missing: list[Key] = []
    seconds: float = 0.0


class Described(Message, frozen=True):
    """The answer to a `Describe`, a `Publish` or a `Free`: `data` on success, else `problem`."""

    id: int
    data: dict[str, Any] | None = None
    problem: Problem | None = None


class Downloading(Message, frozen=True):
    """Bytes of a download that a node or a description waits for; the last one is finished or failed."""

    repo: str
    done: int
    total: int
    state: Literal["running", "finished", "failed"] = "running"
    file: str = ""
    problem: Problem | None = None


class Kept(Message, frozen=True):
    keys: list[Key]


class Evicted(Message, frozen=True):
    keys: list[Key]


class ModelStats(Message, frozen=True):
    """A model in memory: where it came from and its size in bytes."""

    name: str
    repo: str
    device: str
    dtype: str
    size: int
    loads: int = 1


class Stats(Message, frozen=True):
    """Bytes of memory in use; `models` in order of last use; `loads` counts weight loads since the start."""

    rss: int
    results: int
    device: str = "cpu"
    device_used: int = 0
    device_total: int = 0
    models: list[ModelStats] = []
    loads: int = 0


ToWorker = Begin | Execute | Cancel | Describe | Publish | Release | Free | StopDownload | Shutdown
FromWorker = (
    Ready | PackLoading | PackLoaded | Started | Progress | Preview | Log | Done | Failed | Described | Downloading
    | Kept | Evicted | Stats
)  # fmt: skip


def _path_to_text(value: Any) -> str:
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"a value of type {type(value).__name__} cannot travel between server and worker")


def _path_from_text(kind: type[Any], value: Any) -> Any:
    return kind(value)


_encoder = msgspec.msgpack.Encoder(enc_hook=_path_to_text)
config_decoder: msgspec.msgpack.Decoder[WorkerConfig] = msgspec.msgpack.Decoder(WorkerConfig, dec_hook=_path_from_text)
to_worker_decoder: msgspec.msgpack.Decoder[ToWorker] = msgspec.msgpack.Decoder(ToWorker)
from_worker_decoder: msgspec.msgpack.Decoder[FromWorker] = msgspec.msgpack.Decoder(FromWorker)


def frame(message: WorkerConfig | ToWorker | FromWorker) -> bytes:
    """The message with its length prefix, ready to be written."""
    body = _encoder.encode(message)
    return len(body).to_bytes(4, "big") + body


class Frames:
    """Cuts a byte stream into the bodies of frames."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes | memoryview) -> list[bytes]:
        """The bodies that `data` completes. Raises ValueError for a length beyond `MAX_FRAME`."""
        buffer = self._buffer
        buffer += data
        bodies: list[bytes] = []
        start, end = 0, len(buffer)
        while end - start >= 4:
            length = int.from_bytes(buffer[start : start + 4], "big")
            if length > MAX_FRAME:
                raise ValueError(f"a frame of {length} bytes: the stream is out of step")
            if end - start - 4 < length:
                break
            bodies.append(bytes(buffer[start + 4 : start + 4 + length]))
            start += 4 + length
        del buffer[:start]
        return bodies
