"""The worker process: reads messages, gives executions to their lanes, and ends when the server does.

Started by the host as `python -m engine.worker.process <link>`; the first frame is its `WorkerConfig`.
"""

import ctypes
import faulthandler
import gc
import os
import platform
import signal
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from engine.catalogue.load import load_outside, load_pack, outside_packs, refuse_conflicts
from engine.catalogue.pack import DownloadStatus, WorkerFacts
from engine.errors import BlockloomError, Cancelled, Problem
from engine.values.artifacts import ArtifactStore
from engine.values.cache import ResultCache
from engine.values.refs import Key
from engine.worker import capture
from engine.worker.context import NodeContext
from engine.worker.execution import Execution, failure, sources
from engine.worker.invoke import OUT_OF_MEMORY, problem_from
from engine.worker.lanes import Job, Lane
from engine.worker.library import Library
from engine.worker.link import connect
from engine.worker.protocol import (
    FAULTS,
    Begin,
    Cancel,
    Describe,
    Described,
    Done,
    Downloading,
    Execute,
    Failed,
    Frames,
    Free,
    Log,
    PackLoaded,
    PackLoading,
    Publish,
    Ready,
    Release,
    Shutdown,
    Started,
    StopDownload,
    ToWorker,
    WorkerConfig,
    config_decoder,
    to_worker_decoder,
)  # fmt: skip
from engine.worker.results import Results
from engine.worker.sender import Sender
from engine.worker.store import ResultStore
from engine.worker.vitals import Vitals

FLUSH_SECONDS = 2.0
"""How long a worker that is told to end may go on writing results."""
READ_BYTES = 256 * 1024
SECOND_TRY = "There was not enough memory. What this node does not use was unloaded, and it runs again."


@dataclass
class Running:
    """An execution that has not ended. It goes to its lane when the executions that it `awaits` have ended."""

    execution: Execution
    job: Job
    awaits: int


class Worker:
    """Lives in the main thread of the process, which reads control messages; all work is done in other threads."""

    def __init__(self, link: socket.socket, config: WorkerConfig) -> None:
        self._sender = Sender(link)
        self.send = self._sender.send
        self._config = config
        self._facts = WorkerFacts(
            data_dir=config.data_dir, input_dir=config.input_dir, output_dir=config.output_dir,
            models_memory=config.models_memory, settings=config.settings, report_download=self._report_download,
        )  # fmt: skip
        self._library = Library(self._facts)
        self._artifacts = ArtifactStore(config.data_dir / "artifacts", config.artifacts_disk)
        self._results = Results(
            store=ResultStore(config.results_memory),
            cache=ResultCache(config.data_dir / "results", config.results_disk, self._library.kinds),
            artifacts=self._artifacts, kinds=self._library.kinds, send=self.send,
        )  # fmt: skip
        self._vitals = Vitals(
            library=self._library, results=self._results, limit_bytes=config.worker_memory, sender=self._sender
        )
        flush = self._sender.flush
        self._lanes = {"cpu": Lane("cpu", config.cpu_threads, idle=flush), "gpu": Lane("gpu", 1, idle=flush)}
        self._aside = Lane("aside", 2, idle=flush)
        self._running: dict[int, Running] = {}
        self._packs_loaded = False
        self._unknown: list[Running] = []  # of node types that a pack may still bring
        self._making: dict[Key, list[Running]] = {}  # keys of running executions, with those that wait for each
        self._graphs: dict[str, str] = {}  # of runs that read theirs; only the main thread looks here
        self._lock = threading.Lock()
        self._handlers: dict[type[Any], Callable[[Any], None]] = {
            Begin: self._begin, Execute: self._execute, Cancel: self._cancel, Describe: self._describe,
            Publish: self._publish, Free: self._free, Release: self._release, StopDownload: self._stop_download,
            Shutdown: self._shutdown,
        }  # fmt: skip

    def start(self) -> None:
        """Load the built-in packs, say `Ready`, and go on with the other packs in the background."""
        for name in self._config.packs:
            self._library.add(load_pack(name))
        self.send(Ready(pid=os.getpid(), versions={"python": platform.python_version()}))
        self._vitals.start()
        threading.Thread(target=self._load_outside_packs, name="load-packs", daemon=True).start()

    def handle(self, message: ToWorker) -> None:
        self._handlers[type(message)](message)

    def _report_download(self, status: DownloadStatus) -> None:
        self.send(
            Downloading(
                repo=status.repo, done=status.done, total=status.total, state=status.state, file=status.file,
                problem=status.problem,
            )
        )  # fmt: skip

    def _stop_download(self, message: StopDownload) -> None:
        self._library.stop_download(message.repo)

    def _begin(self, message: Begin) -> None:
        self._graphs[message.run] = message.graph

    def _execute(self, request: Execute) -> None:
        for source in sources(request):
            self._results.pin(source.key, request.run)
        log = capture.NodeLog(lambda text, level: self.send(Log(id=request.id, text=text, level=level)))
        context = NodeContext(
            id=request.id, node=request.node, ports=request.ports, facts=self._facts, artifacts=self._artifacts,
            states=self._library.states, preview_rate=self._config.preview_rate, send=self.send, log=log,
            graph=self._graphs.get(request.run) if self._library.may_read_graph(request.type) else None,
        )  # fmt: skip
        execution = Execution(request, context, log, self._library, self._results)
        job = Job(lambda: self._run(execution))
        with self._lock:
            awaited = {source.key for source in sources(request)} & self._making.keys()
            self._running[request.id] = running = Running(execution, job, len(awaited))
            for key in awaited:
                self._making[key].append(running)
            self._making.setdefault(request.key, [])
        if not awaited:
            self._submit(running)

    def _submit(self, running: Running) -> None:
        """Give it to its lane: now, or once the packs are loaded that may bring its node type."""
        if not self._packs_loaded and not self._library.knows(running.execution.request.type):
            with self._lock:
                if not self._packs_loaded:
                    self._unknown.append(running)
                    return
        self._lanes[self._library.lane(running.execution.request.type)].submit(running.job)

    def _run(self, execution: Execution) -> None:
        """In a lane."""
        self.send(Started(id=execution.request.id))
        ending = execution.run()
        if _lacked_memory(ending) and self._vitals.recover():
            execution.log.line(SECOND_TRY, "warning")
            ending = execution.run()
            if _lacked_memory(ending):
                self._vitals.recover()
        try:
            self._end(execution)
            self._vitals.node_ended()
            self.send(ending)
        except (TypeError, ValueError, OverflowError) as error:  # a kind's summary that msgpack cannot carry
            self.send(failure(error, execution.request, ending.seconds))
        self._let_go(execution.request.key)
        if isinstance(ending, Failed) and ending.kind == "error":
            self._vitals.check_device()

    def _let_go(self, key: Key) -> None:
        """An execution has ended and the server was told: what waited for nothing else may begin."""
        with self._lock:
            waiting = self._making.pop(key, [])
            for running in waiting:
                running.awaits -= 1
        for running in waiting:
            if not running.awaits:
                self._submit(running)

    def _end(self, execution: Execution) -> None:
        with self._lock:
            self._running.pop(execution.request.id, None)
            released = execution.released
        if released:
            self._results.release(execution.request.run)

    def _cancel(self, message: Cancel) -> None:
        with self._lock:
            running = self._running.get(message.id)
        if running is None:
            return
        running.execution.context.cancel()
        if running.job.claim():
            self._end(running.execution)
            self.send(failure(Cancelled(), running.execution.request, 0.0))
            self._let_go(running.execution.request.key)

    def _release(self, message: Release) -> None:
        with self._lock:
            for running in self._running.values():
                if running.execution.request.run == message.run:
                    running.execution.released = True
        self._results.release(message.run)
        self._graphs.pop(message.run, None)

    def _describe(self, message: Describe) -> None:
        self._answer(message.id, lambda: self._library.describe(message.subject, message.request))

    def _publish(self, message: Publish) -> None:
        def publish() -> dict[str, Any]:
            outputs = self._results.show(message.key)
            return {} if outputs is None else {"outputs": msgspec.to_builtins(outputs)}

        self._answer(message.id, publish)

    def _free(self, message: Free) -> None:
        def free() -> dict[str, Any]:
            if message.what == "results":
                self._results.clear()
            elif self._library.models is not None:
                self._library.models.free(message.model, message.repo)
            self._vitals.tell()  # whoever waits for the answer finds memory and models as they are now
            return {}

        self._answer(message.id, free)

    def _answer(self, message_id: int, work: Callable[[], dict[str, Any]]) -> None:
        def answer() -> None:
            try:
                self.send(Described(id=message_id, data=work()))
            except BaseException as error:  # whatever a pack raises is an answer
                self.send(Described(id=message_id, problem=replace(problem_from(error, ""), node=None)))

        self._aside.submit(Job(answer))

    def _shutdown(self, _: Shutdown) -> None:
        """Results that are not yet on disk are written first; the host waits a little longer than this does."""

        def end() -> None:
            self._results.flush(FLUSH_SECONDS)
            os._exit(0)

        threading.Thread(target=end, daemon=True).start()

    def _load_outside_packs(self) -> None:
        for name in outside_packs(self._config.nodes_dir):
            if name not in self._config.skip:
                self._load_outside_pack(name)
        with self._lock:
            self._packs_loaded = True
            waiting, self._unknown = self._unknown, []
        for running in waiting:
            self._submit(running)
        self._library.warm()
        gc.freeze()  # torch and the like make half a million objects that stay: no need to look at them again and again

    def _load_outside_pack(self, name: str) -> None:
        self.send(PackLoading(pack=name))
        try:
            pack = load_outside(name, self._config.nodes_dir)
            refuse_conflicts(pack, self._library.types())
            self._library.add(pack)
            types = [definition.type.model_dump(mode="json") for definition in pack.definitions]
            self.send(PackLoaded(pack=name, types=types))
        except BaseException as error:  # a pack may raise anything, SystemExit included
            self.send(PackLoaded(pack=name, problem=_pack_problem(name, error)))


def _pack_problem(name: str, error: BaseException) -> Problem:
    problem = replace(problem_from(error, ""), node=None)
    if isinstance(error, BlockloomError):
        return problem
    message = f"The node pack {name!r} could not be loaded: {problem.message}"
    return replace(problem, code="bad_pack", message=message, remedy="Mend or remove the pack.")


def _receive(link: socket.socket, frames: Frames) -> list[bytes]:
    """The next frames, at least one. If the server is gone, the process ends here and now."""
    while True:
        try:
            data = link.recv(READ_BYTES)
        except OSError:
            data = b""
        if not data:
            os._exit(0)
        if bodies := frames.feed(data):
            return bodies


def _lacked_memory(ending: Done | Failed) -> bool:
    return isinstance(ending, Failed) and ending.problem.code == OUT_OF_MEMORY


def _die_with_the_server() -> None:
    """On Linux the kernel ends the worker too, even when a node holds the interpreter and no thread can read."""
    if sys.platform == "linux":
        PR_SET_PDEATHSIG = 1  # linux/prctl.h
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def main() -> None:
    _die_with_the_server()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then ends the worker in good order
    sys.setswitchinterval(0.001)  # control is answered within milliseconds while nodes compute in Python
    link = connect(sys.argv[1])
    frames = Frames()
    first, *bodies = _receive(link, frames)
    config = config_decoder.decode(first)
    config.data_dir.mkdir(parents=True, exist_ok=True)
    with open(config.data_dir / FAULTS, "w") as faults:
        faulthandler.enable(faults)
        capture.install()
        worker = Worker(link, config)
        worker.start()
        while True:
            for body in bodies:
                worker.handle(to_worker_decoder.decode(body))
            bodies = _receive(link, frames)


if __name__ == "__main__":
    main()
