"""Durable runs: what is queued, what became of it, and every event of it (SQLite, WAL)."""

import secrets
import sqlite3
import time
import zlib
from pathlib import Path
from typing import Any

from engine.errors import Problem
from engine.graph.document import Graph
from engine.run.events import FINAL_STATES, RunEvent, RunFinished, run_event_list
from engine.run.record import Run, RunPage, fold
from engine.values.artifacts import artifact_ids_in

SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, state TEXT NOT NULL, priority INTEGER NOT NULL, created REAL NOT NULL,
    finished REAL, graph BLOB NOT NULL, record BLOB NOT NULL, events BLOB, place INTEGER,
    source TEXT NOT NULL DEFAULT '', prompt TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS runs_by_state ON runs (state, id);
"""
LATER_COLUMNS = {"place": "INTEGER", "source": "TEXT NOT NULL DEFAULT ''", "prompt": "TEXT NOT NULL DEFAULT ''"}
"""What databases of earlier versions lack."""
ENDED = f"state IN ({', '.join(repr(state) for state in sorted(FINAL_STATES))})"


def new_run_id() -> str:
    """Sorts by time of creation (ms), then at random: 11 + 6 hex digits."""
    return f"{time.time_ns() // 1_000_000:011x}{secrets.token_hex(3)}"


class RunStore:
    """All runs, one row each. The record is the `Run` without its graph; graph, record and events are compressed.

    With all events of an ended run, its record has only the nodes that are targets, for lists: the others follow.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(SCHEMA)
        there = {row[1] for row in self._db.execute("PRAGMA table_info(runs)")}
        for column, kind in LATER_COLUMNS.items():
            if column not in there:
                self._db.execute(f"ALTER TABLE runs ADD COLUMN {column} {kind}")
        self._db.execute("CREATE INDEX IF NOT EXISTS runs_by_source ON runs (source, id)")

    def close(self) -> None:
        self._db.close()

    def add(self, run: Run) -> None:
        assert run.graph is not None
        self._db.execute(
            "INSERT INTO runs (id, name, state, priority, source, prompt, created, graph, record)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                run.id, run.name, run.state, run.priority, run.source, run.prompt, run.created,
                _pack(run.graph.model_dump_json()), _record(run),
            ),
        )  # fmt: skip

    def update(self, run: Run, events: list[RunEvent] | None = None) -> None:
        """Write the state of `run`; its `events` once it has ended."""
        packed = None if events is None else zlib.compress(b"[%b]" % b",".join([event.encoded for event in events]), 1)
        kept = _with_targets_only(run) if _is_whole(events or []) else run
        self._db.execute(
            "UPDATE runs SET state = ?, finished = ?, record = ?, events = ? WHERE id = ?",
            (run.state, run.finished, _record(kept), packed, run.id),
        )

    def get(self, run_id: str) -> Run:
        """The run with its graph. Raises KeyError if there is none."""
        row = self._db.execute("SELECT record, graph, events FROM runs WHERE id = ?", (run_id,)).fetchone()
        if row is None:
            raise KeyError(run_id)
        run, events = _run(row[0]), _events(row[2])
        if _is_whole(events):
            run.nodes = {}
            for event in events:
                fold(run, event)
        run.graph = Graph.model_validate_json(zlib.decompress(row[1]))
        return run

    def events(self, run_id: str) -> list[RunEvent]:
        """All events of a run that has ended. Raises KeyError if there is no such run."""
        row = self._db.execute("SELECT events FROM runs WHERE id = ?", (run_id,)).fetchone()
        if row is None:
            raise KeyError(run_id)
        return _events(row[0])

    def page(
        self, *, state: str | None, search: str | None, source: str | None, limit: int, cursor: str | None
    ) -> RunPage:
        """A page, newest first: in `state`, of `source`, with `search` in name, prompt or id, older than `cursor`."""
        where, values = _filters(state, search, source)
        total = self._db.execute(f"SELECT count(*) FROM runs WHERE {where}", values).fetchone()[0]
        if cursor is not None:
            where, values = f"{where} AND id < ?", [*values, cursor]
        rows = self._db.execute(
            f"SELECT record FROM runs WHERE {where} ORDER BY id DESC LIMIT ?", [*values, limit + 1]
        ).fetchall()
        runs = [_with_targets_only(_run(row[0])) for row in rows[:limit]]
        return RunPage(runs=runs, total=total, next=runs[-1].id if len(rows) > limit else None)

    def pending(self) -> list[Run]:
        """Queued runs, in the order in which they will run. Those that joined since the last `keep_order` have no
        place yet; they come after it."""
        rows = self._db.execute(
            "SELECT id FROM runs WHERE state = 'queued' ORDER BY place IS NULL, place, priority DESC, id"
        ).fetchall()
        return [self.get(row[0]) for row in rows]

    def keep_order(self, run_ids: list[str]) -> None:
        """Remember the order of the queued runs, which are all named."""
        self._db.execute("BEGIN")
        self._db.executemany("UPDATE runs SET place = ? WHERE id = ?", list(enumerate(run_ids)))
        self._db.execute("COMMIT")

    def end_interrupted(self, problem: Problem) -> None:
        """Runs that were running when the server stopped have failed: each run has exactly one ending."""
        for (record,) in self._db.execute("SELECT record FROM runs WHERE state = 'running'").fetchall():
            run = _run(record)
            for node in run.nodes.values():
                if node.state in ("queued", "running"):
                    node.state = "cancelled"
            now = time.time()
            end = RunFinished(
                run=run.id, seq=run.seq + 1, time=now, state="failed", problem=problem,
                seconds=now - (run.started or now),
            )  # fmt: skip
            fold(run, end)
            self.update(run, [end])

    def delete(self, run_id: str) -> None:
        """Remove an ended run from the history. Raises KeyError if there is none."""
        if not self._db.execute(f"DELETE FROM runs WHERE id = ? AND {ENDED}", (run_id,)).rowcount:
            raise KeyError(run_id)

    def prune(self, keep: int) -> None:
        """Remove all ended runs but the newest `keep`."""
        self._db.execute(
            f"DELETE FROM runs WHERE {ENDED} AND id <="
            f" (SELECT id FROM runs WHERE {ENDED} ORDER BY id DESC LIMIT 1 OFFSET ?)",
            (keep,),
        )

    def artifacts_in_use(self) -> set[str]:
        """Ids of artifacts that queued and running runs refer to in their graphs."""
        rows = self._db.execute("SELECT graph FROM runs WHERE state IN ('queued', 'running')").fetchall()
        return {found for row in rows for found in artifact_ids_in(zlib.decompress(row[0]).decode())}


def _filters(state: str | None, search: str | None, source: str | None) -> tuple[str, list[Any]]:
    where, values = ["1"], list[Any]()
    if state is not None:
        where.append("state = ?")
        values.append(state)
    if source is not None:
        where.append("source = ?")
        values.append(source)
    if search:
        where.append("(instr(lower(name), lower(?)) OR instr(lower(prompt), lower(?)) OR instr(id, ?))")
        values += [search, search, search]
    return " AND ".join(where), values


def _is_whole(events: list[RunEvent]) -> bool:
    """Whether they tell all of a run: when a server dies, those of its running runs are lost but for the ending."""
    return bool(events) and events[0].seq == 1


def _with_targets_only(run: Run) -> Run:
    targets = {name: run.nodes[name] for name in run.targets if name in run.nodes}
    return run.model_copy(update={"nodes": targets})


def _pack(text: str) -> bytes:
    return zlib.compress(text.encode(), 1)


def _record(run: Run) -> bytes:
    return _pack(run.model_dump_json(exclude={"graph", "outputs"}, exclude_none=True))


def _events(packed: bytes | None) -> list[RunEvent]:
    return run_event_list.validate_json(zlib.decompress(packed)) if packed else []


def _run(record: bytes) -> Run:
    return Run.model_validate_json(zlib.decompress(record))
