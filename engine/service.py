"""The assembled engine: catalogue, worker, stores and run queue behind one face, for server, CLI and tests."""

import asyncio
import gc
import itertools
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Literal

from pydantic import JsonValue

from engine.catalogue.catalogue import Catalogue
from engine.catalogue.load import definition_from_data, load_pack, outside_packs, refuse_conflicts
from engine.catalogue.pack import Pack
from engine.errors import STALE_DESCRIPTION, BlockloomError, DefinitionError, Problem, StorageError
from engine.graph.compile import Compiled
from engine.graph.descriptions import Descriptions
from engine.graph.document import Graph, NodeId
from engine.graph.overrides import apply_overrides
from engine.run.events import (
    CatalogueChanged,
    DownloadProgress,
    Event,
    LoadedModel,
    NodeFailed,
    QueueChanged,
    RunEvent,
    RunFinished,
    RunQueued,
    WorkerChanged,
    WorkerMemory,
)  # fmt: skip
from engine.run.executor import CANCELLED, Executor
from engine.run.keys import content_keys
from engine.run.order import QueueOrder
from engine.run.prepare import checked_targets, draw_seeds, first_values, raise_errors
from engine.run.queue import RunStore, new_run_id
from engine.run.record import Run, RunPage, fold
from engine.run.results import Results
from engine.values.artifacts import ArtifactStore
from engine.values.cache import ResultCache
from engine.values.refs import Key, ValueSummary
from engine.worker.host import HostState, WorkerHost
from engine.worker.protocol import (
    Done,
    Downloading,
    Evicted,
    Failed,
    FromWorker,
    Kept,
    Log,
    PackLoaded,
    Preview,
    Progress,
    Release,
    Started,
    Stats,
    StopDownload,
    WorkerConfig,
)  # fmt: skip

logger = logging.getLogger(__name__)

GIB = 2**30
YOUNG = 1
"""The generations of objects in which cyclic garbage is looked for while nothing runs."""

SWEEP_EVERY = 60.0
"""Seconds between checks of the artifact quota, and between looks for cyclic garbage while nothing runs."""

Preview_ = Callable[[dict[str, Any], bytes], None]


@dataclass(frozen=True, kw_only=True)
class EngineConfig:
    """Folders and budgets (bytes). `builtin_packs` are import names with `:function`; `settings` are data for packs.

    `history_runs` is how many ended runs are kept.
    """

    data_dir: Path
    input_dir: Path
    output_dir: Path
    builtin_packs: tuple[str, ...] = ("nodes:load",)
    nodes_dir: Path | None = None
    results_memory: int = 2 * GIB
    results_disk: int = 10 * GIB
    artifacts_disk: int = 20 * GIB
    history_runs: int = 1000
    models_memory: int | None = None
    worker_memory: int | None = None
    cpu_threads: int = 4
    preview_rate: float = 8.0
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class LiveRun:
    """A run that has not ended."""

    run: Run
    ended: asyncio.Event
    compiled: Compiled | None = None
    events: list[RunEvent] = field(default_factory=list)
    executor: Executor | None = None
    cancelled: bool = False


class Engine:
    """`async with Engine(config) as engine:` starts the worker and the run queue, and stops both at the end.

    `artifacts_in_use` names artifacts that others than runs need, so that they are not removed to make room; it is
    called in a thread.
    """

    def __init__(self, config: EngineConfig, artifacts_in_use: Callable[[], set[str]] = set) -> None:
        self.config = config
        self._artifacts_in_use = artifacts_in_use
        definitions = [definition for name in config.builtin_packs for definition in load_pack(name).definitions]
        self.catalogue = Catalogue(definitions)
        self.pack_problems: dict[str, Problem] = {}
        self._awaited_packs = set(outside_packs(config.nodes_dir))
        self._packs_loaded = asyncio.Event()
        self.artifacts = ArtifactStore(config.data_dir / "artifacts", config.artifacts_disk)
        self.results_cache = ResultCache(config.data_dir / "results", config.results_disk)
        self._results = Results(self.results_cache, self.artifacts.exists)
        self._store = RunStore(config.data_dir / "runs.sqlite")
        self._live: dict[str, LiveRun] = {}
        self._order = QueueOrder()
        self._current: LiveRun | None = None
        self._listeners: list[Callable[[Event], None]] = []
        self._preview_listeners: list[Preview_] = []
        self._descriptions = Descriptions(self.catalogue, self.describe, self._catalogue_changed)
        self._next_id = itertools.count(1).__next__
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._worker_state = WorkerChanged(state="starting")
        self._host = WorkerHost(_worker_config(config), self)

    async def __aenter__(self) -> "Engine":
        _calm_collector()
        for folder in (self.config.input_dir, self.config.output_dir):
            folder.mkdir(parents=True, exist_ok=True)
        self._store.end_interrupted(
            Problem(
                code="server_stopped",
                message="The server stopped while this run was running.",
                remedy="Run it again; what had finished is cached.",
            )
        )
        pending = self._store.pending()
        self._order = QueueOrder((run.id, run.priority) for run in pending)
        for run in pending:
            self._live[run.id] = live = LiveRun(run, asyncio.Event())
            self._emit(live, RunQueued, name=run.name, prompt=run.prompt, seed=run.seed)
        self._tasks = [asyncio.create_task(self._work()), asyncio.create_task(self._sweep())]
        if not self._awaited_packs:
            self._packs_loaded.set()
        self._host.start()
        self._wake.set()
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, self._descriptions.close(), return_exceptions=True)
        await self._host.stop()
        self._store.close()
        self.results_cache.close()

    # Graphs

    def compile(self, graph: Graph, *, retry: bool = False) -> Compiled:
        """Compile now; what is pending is asked of the worker in the background (`catalogue_changed` follows).

        Questions that were refused are asked again after a while, or with `retry` at once.
        """
        return self._descriptions.compile(graph, retry=retry)

    async def settle(self, graph: Graph) -> Compiled:
        """Compile, waiting for all pending interfaces, and for packs that are still being loaded."""
        if any(self.catalogue.get(node.type) is None for node in graph.nodes):
            await self.packs_loaded()
        return await self._descriptions.settle(graph)

    async def packs_loaded(self) -> None:
        """Wait until each pack outside the built-in ones is in the catalogue, or in `pack_problems`.

        Raises WorkerError if no worker comes to life to load them.
        """
        if not self._packs_loaded.is_set():
            await self._host.wait_ready()
        await self._packs_loaded.wait()

    async def describe(self, subject: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """Ask the worker. Raises BlockloomError with its problem."""
        return await self._host.describe(subject, dict(request))

    def ask_anew(self, *, refused: bool = False, keys: Iterable[str] | None = None) -> None:
        """Forget what the worker described, or only what it refused to, or these needs; everyone compiles again."""
        self._descriptions.ask_anew(refused=refused, keys=keys)

    async def compile_latest(self, graph: Graph) -> Compiled:
        """Compile as if the graph's lock were empty, with repos as they are on the hub now; changes nothing else.

        Its lock says what the graph would use if it were updated.
        """
        return await self._descriptions.compile_latest(graph)

    def _catalogue_changed(self) -> None:
        self._tell(CatalogueChanged(revision=self.catalogue.revision))

    # Runs

    async def submit(
        self,
        graph: Graph,
        *,
        overrides: Mapping[str, JsonValue] | None = None,
        targets: list[str] | None = None,
        priority: int = 0,
        source: str = "",
    ) -> Run:
        """Check and queue a run. Raises GraphError with all problems; then nothing is queued.

        `source` says who asked for it; it is only kept.
        """
        if overrides:
            graph = apply_overrides(graph, overrides)
        compiled = await self.settle(graph)
        raise_errors(compiled, overrides or {})
        if (seeded := draw_seeds(compiled)) is not None:
            compiled = await self.settle(seeded)
        prompt, seed = first_values(compiled)
        run = Run(
            id=new_run_id(), name=graph.name, priority=priority, source=source, prompt=prompt, seed=seed,
            created=time.time(),
            overrides=dict(overrides or {}), targets=checked_targets(compiled, targets), graph=compiled.graph,
        )  # fmt: skip
        self._store.add(run)
        self._live[run.id] = live = LiveRun(run, asyncio.Event(), compiled)
        passes = self._order.add(run.id, priority)
        self._emit(live, RunQueued, name=run.name, prompt=run.prompt, seed=run.seed)
        if passes:
            self._order_changed()
        self._wake.set()
        return run

    @property
    def queue(self) -> tuple[list[str], list[str]]:
        """The ids of running runs, and of queued ones in the order in which they will run."""
        in_hand = [self._current.run] if self._current else []
        preparing = [run.id for run in in_hand if run.state == "queued"]
        return [run.id for run in in_hand if run.state == "running"], [*preparing, *self._order.ids]

    def reorder(self, run_ids: list[str]) -> None:
        """Let queued runs go in this order, before those not named. Runs that have been started meanwhile stay so.

        Raises KeyError, with their ids, if runs have ended or never were; then nothing changes.
        """
        if gone := [run_id for run_id in run_ids if run_id not in self._live]:
            raise KeyError(*gone)
        self._order.rearrange(run_ids)
        self._order_changed()

    def _order_changed(self) -> None:
        _, queued = self.queue
        self._store.keep_order(queued)
        self._tell(QueueChanged(runs=queued))

    async def cancel(self, run_id: str) -> Run:
        """Stop a run, wherever it is. A run that has ended stays as it is. Raises KeyError if there is none."""
        if (live := self._live.get(run_id)) is None:
            return self._store.get(run_id)
        live.cancelled = True
        if live.executor is not None:
            live.executor.cancel()
        elif live is not self._current:
            self._order.remove(run_id)
            self._emit(live, RunFinished, state="cancelled", seconds=0.0, problem=CANCELLED)
        await live.ended.wait()
        return live.run

    async def wait(self, run_id: str, timeout: float | None = None) -> Run:
        """The run once it has ended, or as it is after `timeout` seconds. Raises KeyError if there is none."""
        if (live := self._live.get(run_id)) is None:
            return self._store.get(run_id)
        try:
            async with asyncio.timeout(timeout):
                await live.ended.wait()
        except TimeoutError:
            pass
        return live.run

    def run(self, run_id: str) -> Run:
        """The run as it is now. Raises KeyError if there is none."""
        live = self._live.get(run_id)
        return live.run if live else self._store.get(run_id)

    def runs(
        self,
        *,
        state: str | None = None,
        search: str | None = None,
        source: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> RunPage:
        """A page of runs, newest first."""
        return self._store.page(state=state, search=search, source=source, limit=limit, cursor=cursor)

    def run_events(self, run_id: str, after: int = 0) -> list[RunEvent]:
        """The events of a run with a `seq` above `after`. Raises KeyError if there is no such run."""
        live = self._live.get(run_id)
        if live:
            return live.events[after:]
        return [event for event in self._store.events(run_id) if event.seq > after]

    async def publish(self, run_id: str, node_id: str) -> Mapping[str, ValueSummary]:
        """The outputs of a node that ended in a run, with their pictures as artifacts.

        A run makes those of its targets; all others are made when somebody looks, from the results that are kept. So
        are those of nodes that the run did not need. Raises KeyError if there is no such run or node, StorageError if
        the result is not kept any more.
        """
        node = self.run(run_id).nodes[node_id]
        key, outputs = Key(node.key), node.outputs
        if node.state == "unneeded":
            self._results.look_up([key])
            if not self._results.available(key):
                raise _no_result(node_id)
            outputs = self._results.summaries(key)
        if not outputs or self._results.visible(outputs):
            return outputs
        if (published := await self._host.publish(key)) is None:
            self._results.lost([key])
            raise _no_result(node_id)
        self._results.described(key, published)
        return published

    def delete_run(self, run_id: str) -> None:
        """Remove an ended run from the history. Raises KeyError if there is none."""
        self._store.delete(run_id)

    def subscribe(self, listener: Callable[[Event], None], previews: Preview_ | None = None) -> Callable[[], None]:
        """Call `listener` with each event, `previews(header, data)` with each preview; returns the way to stop it."""
        self._listeners.append(listener)
        if previews is not None:
            self._preview_listeners.append(previews)

        def stop() -> None:
            self._listeners.remove(listener)
            if previews is not None:
                self._preview_listeners.remove(previews)

        return stop

    # System

    async def free(self, what: Literal["results", "models"], model: str | None = None, repo: str | None = None) -> None:
        """Drop all cached results, in memory and on disk, or the worker's models; see `ModelHolder.free`."""
        await self._host.free(what, model, repo)
        if what == "results":
            self._results.forget_disk()

    def stop_download(self, repo: str) -> None:
        """End what the worker downloads of a repo; nodes and descriptions that wait for it fail, and say why."""
        self._host.send(StopDownload(repo=repo))

    @property
    def worker(self) -> WorkerChanged:
        """The state of the worker, as last told."""
        return self._worker_state

    @property
    def worker_pid(self) -> int | None:
        """Process id of the worker that runs now."""
        return self._host.pid

    # What the worker says

    def on_message(self, message: FromWorker) -> None:
        match message:
            case Done() | Progress() | Started() | Failed():
                self._to_executor(message)
            case Log() if message.id is not None:
                self._to_executor(message)
            case Log():
                logger.info("worker: %s", message.text)
            case Preview():
                self._preview(message)
            case Kept():
                self._results.kept(message.keys)
            case Evicted():
                self._results.evicted(message.keys)
            case PackLoaded():
                self._pack_loaded(message)
            case Stats():
                self._stats(message)
            case Downloading():
                self._downloading(message)
            case _:
                pass

    def on_state(self, state: HostState, reason: str) -> None:
        self._worker_changed(state=state, reason=reason)
        if state == "ready" and self._current and self._current.executor:
            self._current.executor.worker_ready()

    def on_death(self, problem: Problem) -> None:
        self._results.worker_gone()
        if self._current and self._current.executor:
            self._current.executor.worker_gone(problem)

    def _to_executor(self, message: Done | Progress | Started | Failed | Log) -> None:
        if (live := self._current) is None or live.executor is None:
            return
        try:
            live.executor.on_message(message)
        except Exception as error:
            logger.exception("Run %s broke on %s", live.run.id, type(message).__name__)
            self._fail(live, Problem(code="internal", message=f"The run broke: {error!r}."))

    def _preview(self, message: Preview) -> None:
        live = self._current
        if live and live.executor and (node := live.executor.node_of(message.id)):
            header = {"run": live.run.id, "node": node, "step": message.step, "mime": message.mime}
            for listener in tuple(self._preview_listeners):
                listener(header, message.data)

    def _pack_loaded(self, message: PackLoaded) -> None:
        problem = message.problem
        try:
            definitions = [definition_from_data(data, message.pack) for data in message.types]
            refuse_conflicts(Pack(name=message.pack, definitions=definitions), self.catalogue.types())
            self.catalogue.put(definitions)
        except DefinitionError as error:
            problem = error.problems[0]
        if problem is None:
            self.pack_problems.pop(message.pack, None)
        else:
            self.pack_problems[message.pack] = problem
            logger.warning("%s", problem)
        self._awaited_packs.discard(message.pack)
        if not self._awaited_packs:
            self._packs_loaded.set()
        self._catalogue_changed()

    def _stats(self, stats: Stats) -> None:
        self._worker_changed(
            device=stats.device,
            memory=WorkerMemory(
                rss=stats.rss, results=stats.results, device_used=stats.device_used, device_total=stats.device_total
            ),
            models=[
                LoadedModel(name=model.name, repo=model.repo, device=model.device, dtype=model.dtype, size=model.size)
                for model in stats.models
            ],
            loads=stats.loads,
        )

    def _downloading(self, message: Downloading) -> None:
        self._tell(
            DownloadProgress(
                repo=message.repo, done=message.done, total=message.total, state=message.state, file=message.file,
                problem=message.problem,
            )
        )  # fmt: skip

    def _worker_changed(self, **changes: Any) -> None:
        changed = self._worker_state.model_copy(update=changes)
        if changed != self._worker_state:
            self._worker_state = changed
            self._tell(changed)

    # The queue

    async def _work(self) -> None:
        """Run what is queued, one at a time."""
        while True:
            await self._wake.wait()
            if (run_id := self._order.take()) is None:
                self._wake.clear()
                continue
            self._current = live = self._live[run_id]
            try:
                await self._execute(live)
            finally:
                self._current = None
            del live  # or what the run was made of would stay until the next one

    async def _execute(self, live: LiveRun) -> None:
        try:
            live.executor = await self._prepare(live)
        except BlockloomError as error:
            self._fail(live, error.problems[0])
        except Exception as error:
            logger.exception("Run %s could not be planned", live.run.id)
            self._fail(live, Problem(code="internal", message=f"The run could not be planned: {error!r}."))
        else:
            live.executor.start()
            if live.cancelled:
                live.executor.cancel()
            if not live.ended.is_set():
                self._store.update(live.run)
            await live.ended.wait()
            self._host.send(Release(run=live.run.id))
        finally:
            live.executor = None  # the executor knows `live` too; without the ring both go at once, not when collected

    async def _prepare(self, live: LiveRun) -> Executor:
        assert live.run.graph is not None
        if live.compiled is None:
            live.compiled = await self.settle(live.run.graph)
            raise_errors(live.compiled, {})
        keys = content_keys(live.compiled, input_dir=self.config.input_dir, salt=live.run.id)
        return Executor(
            live.run.id, live.compiled, keys, map(NodeId, live.run.targets), results=self._results, worker=self._host,
            emit=partial(self._emit, live), next_id=self._next_id,
        )  # fmt: skip

    def _fail(self, live: LiveRun, problem: Problem) -> None:
        if not live.ended.is_set():
            self._emit(live, RunFinished, state="failed", seconds=0.0, problem=problem)

    def _emit(self, live: LiveRun, kind: type[Any], /, **fields: Any) -> None:
        event = kind(run=live.run.id, seq=live.run.seq + 1, time=time.time(), **fields)
        live.events.append(event)
        fold(live.run, event)
        self._tell(event)
        if isinstance(event, NodeFailed) and event.problem.code == STALE_DESCRIPTION:
            self.catalogue.forget_all()
            self._catalogue_changed()
        if isinstance(event, RunFinished):
            self._end(live)

    def _end(self, live: LiveRun) -> None:
        self._store.update(live.run, live.events)
        del self._live[live.run.id]
        live.ended.set()

    def _tell(self, event: Event) -> None:
        for listener in tuple(self._listeners):
            listener(event)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_EVERY)
            if self._current is None:
                gc.collect(YOUNG)
            self._store.prune(self.config.history_runs)
            await asyncio.to_thread(self._sweep_artifacts, self._store.artifacts_in_use())

    def _sweep_artifacts(self, in_use: set[str]) -> None:
        """In a thread."""
        self.artifacts.sweep(in_use | self._artifacts_in_use())


def _no_result(node: str) -> StorageError:
    return StorageError(
        Problem(
            code="no_result", message="The result of this run is no longer kept.", node=node, remedy="Run it again."
        )
    )


def _calm_collector() -> None:
    """Keep Python's cycle collector out of runs of up to some 40,000 nodes, and from what was imported.

    A run of 10,000 nodes makes some 300,000 objects that live until it is stored, and hardly a cycle among them. With
    the usual thresholds half of the time per node went into looking for cycles, in pauses of up to half a second.
    The rest of the looking is done while nothing runs.
    """
    gc.freeze()
    gc.set_threshold(1_000_000, 5, 50)
    gc.enable()


def _worker_config(config: EngineConfig) -> WorkerConfig:
    return WorkerConfig(
        packs=list(config.builtin_packs), nodes_dir=config.nodes_dir, data_dir=config.data_dir,
        input_dir=config.input_dir, output_dir=config.output_dir, results_memory=config.results_memory,
        results_disk=config.results_disk, artifacts_disk=config.artifacts_disk, models_memory=config.models_memory,
        worker_memory=config.worker_memory, cpu_threads=config.cpu_threads, preview_rate=config.preview_rate,
        settings=dict(config.settings),
    )  # fmt: skip
