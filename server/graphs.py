"""Saved graphs, with their last revisions (SQLite, WAL)."""

import sqlite3
import threading
import time
from pathlib import Path

from pydantic import BaseModel

from engine.graph.document import Graph

KEPT_REVISIONS = 50

SCHEMA = """
CREATE TABLE IF NOT EXISTS graphs (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, revision INTEGER NOT NULL, created REAL NOT NULL, updated REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS revisions (
    id TEXT NOT NULL REFERENCES graphs (id) ON DELETE CASCADE, revision INTEGER NOT NULL, updated REAL NOT NULL,
    graph TEXT NOT NULL, PRIMARY KEY (id, revision)
);
CREATE INDEX IF NOT EXISTS graphs_by_time ON graphs (updated);
"""


class SavedGraph(BaseModel):
    """What the list says of a graph. Times are seconds since the epoch; `revision` counts from 1."""

    id: str
    name: str
    revision: int
    created: float
    updated: float


class GraphPage(BaseModel):
    """Saved graphs, newest first, and how many there are in all."""

    graphs: list[SavedGraph]
    total: int


class Conflict(Exception):
    """The graph is at `revision` (None: there is none), not where the writer thinks."""

    def __init__(self, revision: int | None) -> None:
        self.revision = revision
        super().__init__(f"The graph is at revision {revision}.")


class GraphStore:
    """Thread-safe: every call is one short transaction."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, check_same_thread=False)
        self._db.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; {SCHEMA}")

    def close(self) -> None:
        self._db.close()

    def get(self, graph_id: str, revision: int | None = None) -> tuple[SavedGraph, Graph]:
        """The graph, now or as it was. Raises KeyError if there is none, or that revision is not kept."""
        with self._lock:
            saved = self._saved(graph_id)
            row = self._db.execute(
                "SELECT graph FROM revisions WHERE id = ? AND revision = ?", (graph_id, revision or saved.revision)
            ).fetchone()
        if row is None:
            raise KeyError(graph_id)
        return saved, Graph.model_validate_json(row[0])

    def put(self, graph_id: str, graph: Graph, *, expected: int | None) -> SavedGraph:
        """Save a new revision over `expected` (None: there must be none yet). Raises Conflict."""
        now = time.time()
        with self._lock, self._db:
            revision = self._revision(graph_id)
            if revision != expected:
                raise Conflict(revision)
            new = (revision or 0) + 1
            self._db.execute(
                "INSERT INTO graphs VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE"
                " SET name = excluded.name, revision = excluded.revision, updated = excluded.updated",
                (graph_id, graph.name, new, now, now),
            )
            self._db.execute("INSERT INTO revisions VALUES (?, ?, ?, ?)", (graph_id, new, now, graph.model_dump_json()))
            self._db.execute("DELETE FROM revisions WHERE id = ? AND revision <= ?", (graph_id, new - KEPT_REVISIONS))
            return self._saved(graph_id)

    def delete(self, graph_id: str, *, expected: int | None = None) -> None:
        """Remove it with its history. Raises KeyError if there is none, Conflict if it is not at `expected`."""
        with self._lock, self._db:
            revision = self._saved(graph_id).revision
            if expected not in (None, revision):
                raise Conflict(revision)
            self._db.execute("DELETE FROM graphs WHERE id = ?", (graph_id,))

    def page(self, *, search: str | None, limit: int, offset: int) -> GraphPage:
        """Graphs with `search` in name or id, newest first."""
        where, values = "1", []
        if search:
            where, values = "instr(lower(name), lower(?)) OR instr(lower(id), lower(?))", [search, search]
        with self._lock:
            total = self._db.execute(f"SELECT count(*) FROM graphs WHERE {where}", values).fetchone()[0]
            rows = self._db.execute(
                f"SELECT * FROM graphs WHERE {where} ORDER BY updated DESC, id LIMIT ? OFFSET ?",
                [*values, limit, offset],
            ).fetchall()
        return GraphPage(graphs=[_saved(row) for row in rows], total=total)

    def _revision(self, graph_id: str) -> int | None:
        row = self._db.execute("SELECT revision FROM graphs WHERE id = ?", (graph_id,)).fetchone()
        return row[0] if row else None

    def _saved(self, graph_id: str) -> SavedGraph:
        row = self._db.execute("SELECT * FROM graphs WHERE id = ?", (graph_id,)).fetchone()
        if row is None:
            raise KeyError(graph_id)
        return _saved(row)


def _saved(row: tuple[str, str, int, float, float]) -> SavedGraph:
    return SavedGraph(id=row[0], name=row[1], revision=row[2], created=row[3], updated=row[4])
