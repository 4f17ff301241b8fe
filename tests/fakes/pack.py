"""A node pack for tests of the engine: small nodes that do, in a real worker, what nodes should and should not do."""

import ctypes
import logging
import os
import re
import signal
import sys
import threading
import time
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from engine.catalogue.context import Context
from engine.catalogue.define import In, NodeDefinition, NodeView, Out, Resolved, definitions_in, node
from engine.catalogue.pack import LoadedModel, Pack, WorkerFacts, WorkerSide
from engine.catalogue.spec import Interface, Need, NodeType, Port, Widget
from engine.errors import BlockloomError, NodeError, Problem
from engine.values.refs import ValueSummary


@dataclass(frozen=True)
class Blob:
    """Stands for a tensor or a picture: bytes that are no plain data."""

    data: bytes


class BlobKind:
    """Keeps blobs; their file form is text."""

    tag = "test.blob"

    def owns(self, value: Any) -> bool:
        return isinstance(value, Blob)

    def size(self, value: Blob) -> int:
        return len(value.data)

    def encode(self, value: Blob) -> bytes:
        return value.data

    def decode(self, data: bytes) -> Blob:
        return Blob(data)

    def summary(self, value: Blob) -> ValueSummary:
        return ValueSummary(type="image", size=len(value.data), width=len(value.data), height=1)

    def file(self, value: Blob) -> tuple[bytes, str] | None:
        return value.data, ".txt"


class FakeModels:
    """Holds one model once `load` was called."""

    def __init__(self) -> None:
        self._loaded = False
        self._loads = 0
        self.broken = False

    def load(self) -> None:
        self._loaded = True
        self._loads += 1

    def models(self) -> list[LoadedModel]:
        model = LoadedModel(name="unet", repo="fake/repo", device="cpu", dtype="float32", size=1000)
        return [model] if self._loaded else []

    def loads(self) -> int:
        return self._loads

    def device(self) -> tuple[str, int, int]:
        return "cpu", 0, 0

    def free(self, model: str | None, repo: str | None = None) -> None:
        self._loaded = False

    def recover(self) -> bool:
        unloaded, self._loaded = self._loaded, False
        return unloaded

    def works(self) -> bool:
        return not self.broken


@node("fake.add", title="Add", category="Test")
def add(a: Annotated[int, In("A")] = 0, b: Annotated[int, In("B")] = 0) -> Annotated[int, Out("sum")]:
    """Add whole numbers."""
    return a + b


@node("fake.inline", title="Add inline", category="Test", lane="inline")
def inline(a: Annotated[int, In("A")] = 0, b: Annotated[int, In("B")] = 0) -> Annotated[int, Out("sum")]:
    """Add whole numbers in the server."""
    return a + b


@node("fake.gpu", title="Add on the device", category="Test", lane="gpu")
def gpu(a: Annotated[int, In("A")] = 0, b: Annotated[int, In("B")] = 0) -> Annotated[int, Out("sum")]:
    """Add whole numbers in the lane of the device."""
    return a + b


@node("fake.echo", title="Echo", category="Test", cache="always", output=True)
def echo(value: Annotated[Any, In("Anything", type="any")] = None) -> Annotated[Any, Out("value", type="any")]:
    """Give back what came in."""
    return value


@node("fake.scale", title="Scale", category="Test")
def scale(x: Annotated[float, In("A number")] = 1.0) -> Annotated[str, Out("kind")]:
    """Name the Python type of a number."""
    return type(x).__name__


@node("fake.draw", title="Draw", category="Test")
def draw(
    prompt: Annotated[str, In("What", widget="multiline")] = "",
    seed: Annotated[int, In("Which", widget="seed")] = 0,
) -> Annotated[str, Out("picture")]:
    """Say what would be drawn."""
    return f"{prompt} {seed}"


@node("fake.fail", title="Fail", category="Test")
def fail(text: Annotated[str, In("What to say")] = "it broke") -> Annotated[int, Out("never")]:
    """Raise an ordinary exception."""
    raise ValueError(text)


@node("fake.refuse", title="Refuse", category="Test")
def refuse() -> Annotated[int, Out("never")]:
    """Raise an error that says what to do."""
    raise NodeError("The picture is empty.", remedy="Choose another one.", port="image")


@node("fake.sys_exit", title="Exit politely", category="Test")
def sys_exit() -> Annotated[int, Out("never")]:
    """Call sys.exit."""
    sys.exit(3)


@node("fake.no_memory", title="No memory", category="Test")
def no_memory() -> Annotated[int, Out("never")]:
    """Raise MemoryError."""
    raise MemoryError


@node("fake.needs_room", title="Needs room", category="Test", lane="gpu")
def needs_room(context: Context) -> Annotated[int, Out("made")]:
    """Raise MemoryError as long as a model is loaded."""
    print("trying")
    if context.state("models").models():
        raise MemoryError
    return 1


@node("fake.no_device_memory", title="No device memory", category="Test")
def no_device_memory() -> Annotated[int, Out("never")]:
    """Raise what torch raises when CUDA itself has no memory."""
    raise RuntimeError("CUDA error: out of memory\nSearch for `cudaErrorMemoryAllocation`.")


@node("fake.break_device", title="Break the device", category="Test")
def break_device(context: Context) -> Annotated[int, Out("never")]:
    """Put the device out of order."""
    context.state("models").broken = True
    raise RuntimeError("CUDA error: device-side assert triggered")


@node("fake.garbage", title="Garbage", category="Test")
def garbage() -> Annotated[Any, Out("image", type="image")]:
    """Return nothing where a picture should be."""
    return None


@node("fake.exit", title="Exit", category="Test")
def exit_(code: Annotated[int, In("Exit code")] = 5) -> Annotated[int, Out("never")]:
    """End the process."""
    os._exit(code)


@node("fake.kill", title="Kill", category="Test", lane="gpu")
def kill(number: Annotated[int, In("Signal")] = int(signal.SIGTERM)) -> Annotated[int, Out("never")]:
    """Kill the process with a signal."""
    os.kill(os.getpid(), number)
    threading.Event().wait()
    return 0


@node("fake.crash", title="Crash", category="Test")
def crash() -> Annotated[int, Out("never")]:
    """Read from address zero."""
    return ctypes.string_at(0)[0]


@node("fake.hang", title="Hang", category="Test", lane="gpu")
def hang() -> Annotated[int, Out("never")]:
    """Never end, and never look whether the run was cancelled."""
    threading.Event().wait()
    return 0


@node("fake.hold_interpreter", title="Hold the interpreter", category="Test")
def hold_interpreter() -> Annotated[int, Out("never")]:
    """Compute for ever in C code that lets no other Python thread run."""
    re.match(r"(a+)+$", "a" * 64 + "b")
    return 0


@node("fake.wait", title="Wait", category="Test", lane="gpu")
def wait(context: Context) -> Annotated[int, Out("never")]:
    """Wait until cancelled."""
    while True:
        context.check()
        time.sleep(0.001)


@node("fake.wait_for_file", title="Wait for a file", category="Test")
def wait_for_file(
    context: Context, name: Annotated[str, In("Name in the input folder")]
) -> Annotated[str, Out("name")]:
    """Wait until a file is there."""
    while not (context.input_dir / name).exists():
        context.check()
        time.sleep(0.001)
    return name


@node("fake.eat_memory", title="Eat memory", category="Test")
def eat_memory(context: Context) -> Annotated[int, Out("never")]:
    """Take more and more memory."""
    eaten = []
    while True:
        context.check()
        eaten.append(b"\1" * 2**24)
        time.sleep(0.002)


@node("fake.spam", title="Spam", category="Test")
def spam(megabytes: Annotated[int, In("How much")] = 3) -> Annotated[int, Out("lines")]:
    """Print megabytes."""
    lines = megabytes * 2**20 // 64
    for number in range(lines):
        print(f"{number:063}")
    return lines


@node("fake.spam_native", title="Spam from C", category="Test")
def spam_native(lines: Annotated[int, In("How many lines")] = 3) -> Annotated[int, Out("lines")]:
    """Write to the file descriptor, as C code does."""
    os.write(1, b"".join(b"native %d\n" % number for number in range(lines)))
    return lines


@node("fake.talk", title="Talk", category="Test")
def talk(context: Context) -> Annotated[int, Out("words")]:
    """Speak in each way a node can."""
    print("printed")
    print("10%\r20%\r30%", file=sys.stderr)
    logging.getLogger("somewhere").error("logged")
    warnings.warn("warned", stacklevel=1)
    context.log("said", "debug")
    print("no end", end="")
    return 6


@node("fake.show", title="Show", category="Test", lane="gpu")
def show(context: Context, steps: Annotated[int, In("Steps")] = 50) -> Annotated[int, Out("steps")]:
    """Send progress and a preview at each step."""
    for step in range(1, steps + 1):
        context.progress(step, steps)
        context.preview(b"picture %d" % step, step=step)
    return steps


@node("fake.list", title="List", category="Test")
def make_list(count: Annotated[int, In("How many")] = 3) -> Annotated[list[int], Out("numbers")]:
    """Make the numbers from 0."""
    return list(range(count))


@node("fake.total", title="Total", category="Test")
def total(numbers: Annotated[list[int], In("Numbers")]) -> Annotated[int, Out("sum")]:
    """Add up a list."""
    return sum(numbers)


@node("fake.gather", title="Gather", category="Test")
def gather(
    values: Annotated[Any, In("Values", type="list[any]", many=True)],
) -> Annotated[list[Any], Out("values", type="json")]:
    """Give back what came over several edges."""
    return list(values)


@node("fake.time", title="Time", category="Test", cache="never")
def now() -> Annotated[int, Out("nanoseconds")]:
    """Tell the time: another value each time."""
    return time.monotonic_ns()


@node("fake.blob", title="Blob", category="Test", cache="always", output=True)
def blob(
    text: Annotated[str, In("Content")] = "x", size: Annotated[int, In("Bytes")] = 1
) -> Annotated[Any, Out("image", type="image")]:
    """Make a value that is no plain data."""
    return Blob((text * size).encode()[:size])


@node("fake.blobs", title="Blobs", category="Test", cache="always", output=True)
def blobs(count: Annotated[int, In("How many")] = 3) -> Annotated[Any, Out("images", type="list[image]")]:
    """Make a list of values that are no plain data."""
    return [Blob(b"blob %d" % number) for number in range(count)]


@node("fake.load_model", title="Load a model", category="Test", lane="gpu")
def load_model(context: Context) -> Annotated[int, Out("loads")]:
    """Load the fake model."""
    models = context.state("models")
    models.load()
    return int(models.loads())


@node("fake.keep", title="Keep", category="Test")
def keep(context: Context, text: Annotated[str, In("Content")]) -> Annotated[str, Out("read")]:
    """Keep text as an artifact and read it back."""
    return context.artifact(context.keep(text.encode(), extension=".txt").id).read_text()


@node("fake.graph", title="Graph", category="Test", cache="never", reads_graph=True, output=True)
def graph(
    context: Context, after: Annotated[Any, In("Something to wait for", type="any")] = None
) -> Annotated[str, Out("graph")]:
    """Give back the graph of the run."""
    return context.graph()


@node("fake.graph_unasked", title="Graph unasked", category="Test")
def graph_unasked(
    context: Context, after: Annotated[Any, In("Something to wait for", type="any")] = None
) -> Annotated[str, Out("graph")]:
    """Ask for the graph of the run without having said so."""
    return context.graph()


PATH = Port(
    name="path", type="string", description="Its ports are known once this file exists", widget=Widget(kind="text")
)


def resolve_described(view: NodeView) -> Resolved:
    need = Need(subject="fake", request={"until": view.params.get("path", "")})
    answer = view.descriptions.get(need.key)
    if answer is None:
        return Resolved(Interface(inputs=(PATH,), needs=(need,)))
    if "problem" in answer:
        raise NodeError(Problem(**answer["problem"]))
    outputs = (Port(name="path", type="string"), Port(name="commit", type="string"))
    interface = Interface(inputs=(PATH,), outputs=outputs)
    return Resolved(interface, bound={"commit": answer["commit"]}, repos={"org/a": "1"})


described = NodeDefinition(
    type=NodeType(
        type="fake.described", title="Described", category="Test", description="Its ports are asked of a worker.",
        dynamic=True, interface=Interface(inputs=(PATH,)),
    ),
    function=lambda path, commit: {"path": path, "commit": commit},
    resolve=resolve_described,
)  # fmt: skip


def describe(request: Mapping[str, Any]) -> dict[str, Any]:
    """Answer a question with itself; refuse one that says so, or until a file exists; die of one that says so."""
    if request.get("refuse") or ("until" in request and not Path(request["until"]).exists()):
        raise BlockloomError(Problem(code="no_repo", message="There is no such repo."))
    if request.get("exit"):
        os._exit(9)
    return {"request": dict(request), "pid": os.getpid(), "commit": Path(request.get("until", "")).name}


def worker_side(facts: WorkerFacts) -> WorkerSide:
    models = FakeModels()
    return WorkerSide(kinds=[BlobKind()], describers={"fake": describe}, states={"models": models}, models=models)


def load() -> Pack:
    """What a worker and a server load by the name `tests.fakes.pack:load`."""
    return Pack(name="fake", definitions=definitions_in(sys.modules[__name__]), worker=worker_side)


def load_broken() -> Pack:
    """A built-in pack that cannot be loaded."""
    raise RuntimeError(f"no pack in {Path(__file__).name}")
