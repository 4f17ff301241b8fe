"""Saved graphs, with their last revisions; deleted ones can be brought back for a while (SQLite, WAL)."""

import sqlite3
import threading
import time
from pathlib import Path

from pydantic import BaseModel

from engine.graph.document import Graph
from engine.values.artifacts import artifact_ids_in

MAX_COUNT = 2**63 - 1
"""What SQLite counts to."""
KEPT_REVISIONS = 50
KEPT_DELETED = 30 * 24 * 3600.0
"""Seconds for which a deleted graph can be brought back."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS graphs (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, revision INTEGER NOT NULL, created REAL NOT NULL, updated REAL NOT NULL,
    deleted REAL
);
CREATE TABLE IF NOT EXISTS revisions (
    id TEXT NOT NULL REFERENCES graphs (id) ON DELETE CASCADE, revision INTEGER NOT NULL, updated REAL NOT NULL,
    graph TEXT NOT NULL, PRIMARY KEY (id, revision)
);
CREATE INDEX IF NOT EXISTS graphs_by_time ON graphs (updated);
"""
ARTIFACTS = """
CREATE TABLE artifacts (
    id TEXT NOT NULL, revision INTEGER NOT NULL, artifact TEXT NOT NULL, PRIMARY KEY (id, revision, artifact),
    FOREIGN KEY (id, revision) REFERENCES revisions (id, revision) ON DELETE CASCADE
);
"""
"""Which artifacts a revision refers to."""


COLUMNS = "id, name, revision, created, updated"


class SavedGraph(BaseModel):
    """What the list says of a graph. Times are seconds since the epoch; `revision` counts from 1."""

    id: str
    name: str
    revision: int
    created: float
    updated: float


class Revision(BaseModel):
    """What the graph was called, when it was saved (seconds since the epoch), and how many nodes it had."""

    revision: int
    name: str
    saved: float
    nodes: int


class RevisionList(BaseModel):
    """The kept revisions of a graph, newest first."""

    revisions: list[Revision]


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
        self._upgrade()
        self._purge()

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def get(self, graph_id: str, revision: int | None = None) -> tuple[SavedGraph, Graph]:
        """The graph, now or as it was. Raises KeyError if there is none, or that revision is not kept."""
        with self._lock:
            saved = self._saved(graph_id)
            text = self._text(graph_id, revision or saved.revision)
        return saved, Graph.model_validate_json(text)

    def revisions(self, graph_id: str) -> RevisionList:
        """The kept revisions. Raises KeyError if there is no such graph."""
        with self._lock:
            self._saved(graph_id)
            rows = self._db.execute(
                "SELECT revision, json_extract(graph, '$.name'), updated, json_array_length(graph, '$.nodes')"
                " FROM revisions WHERE id = ? ORDER BY revision DESC",
                (graph_id,),
            ).fetchall()
        return RevisionList(
            revisions=[Revision(revision=row[0], name=row[1], saved=row[2], nodes=row[3]) for row in rows]
        )

    def put(self, graph_id: str, graph: Graph, *, expected: int | None) -> SavedGraph:
        """Save a new revision over `expected` (None: there must be none yet). Raises Conflict.

        Under the id of a deleted graph, the revisions go on from it.
        """
        with self._lock, self._db:
            revision = self._revision(graph_id)
            if revision != expected:
                raise Conflict(revision)
            return self._put(graph_id, graph.name, graph.model_dump_json())

    def restore(self, graph_id: str, revision: int, *, expected: int | None = None) -> SavedGraph:
        """Save an earlier revision as the newest one.

        Raises KeyError if there is none, Conflict if the graph is not at `expected`.
        """
        with self._lock, self._db:
            now = self._saved(graph_id).revision
            if expected not in (None, now):
                raise Conflict(now)
            text = self._text(graph_id, revision)
            return self._put(graph_id, Graph.model_validate_json(text).name, text)

    def delete(self, graph_id: str, *, expected: int | None = None) -> None:
        """Remove it; it can be brought back. Raises KeyError if there is none, Conflict if it is not at `expected`."""
        with self._lock, self._db:
            revision = self._saved(graph_id).revision
            if expected not in (None, revision):
                raise Conflict(revision)
            self._db.execute("UPDATE graphs SET deleted = ? WHERE id = ?", (time.time(), graph_id))
        self._purge()

    def undelete(self, graph_id: str) -> SavedGraph:
        """Bring a deleted graph back with its revisions; one that is there stays so. Raises KeyError if it is gone."""
        with self._lock, self._db:
            self._db.execute("UPDATE graphs SET deleted = NULL WHERE id = ?", (graph_id,))
            return self._saved(graph_id)

    def artifacts(self) -> set[str]:
        """Ids of all artifacts that kept revisions refer to, those of deleted graphs included."""
        with self._lock:
            return {row[0] for row in self._db.execute("SELECT DISTINCT artifact FROM artifacts")}

    def page(self, *, search: str | None, limit: int, offset: int) -> GraphPage:
        """Graphs with `search` in name or id, newest first."""
        where, values = "deleted IS NULL", []
        if search:
            where += " AND (instr(lower(name), lower(?)) OR instr(lower(id), lower(?)))"
            values = [search, search]
        with self._lock:
            total = self._db.execute(f"SELECT count(*) FROM graphs WHERE {where}", values).fetchone()[0]
            rows = self._db.execute(
                f"SELECT {COLUMNS} FROM graphs WHERE {where} ORDER BY updated DESC, id LIMIT ? OFFSET ?",
                [*values, limit, offset],
            ).fetchall()
        return GraphPage(graphs=[_saved(row) for row in rows], total=total)

    def _put(self, graph_id: str, name: str, text: str) -> SavedGraph:
        """Within a transaction."""
        now = time.time()
        row = self._db.execute("SELECT revision FROM graphs WHERE id = ?", (graph_id,)).fetchone()
        new = row[0] + 1 if row else 1
        self._db.execute(
            "INSERT INTO graphs (id, name, revision, created, updated) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET name = excluded.name, revision = excluded.revision,"
            " updated = excluded.updated, deleted = NULL",
            (graph_id, name, new, now, now),
        )
        self._db.execute("INSERT INTO revisions VALUES (?, ?, ?, ?)", (graph_id, new, now, text))
        self._note_artifacts(graph_id, new, text)
        self._db.execute("DELETE FROM revisions WHERE id = ? AND revision <= ?", (graph_id, new - KEPT_REVISIONS))
        return self._saved(graph_id)

    def _note_artifacts(self, graph_id: str, revision: int, text: str) -> None:
        rows = [(graph_id, revision, artifact) for artifact in artifact_ids_in(text)]
        self._db.executemany("INSERT INTO artifacts VALUES (?, ?, ?)", rows)

    def _revision(self, graph_id: str) -> int | None:
        row = self._db.execute("SELECT revision FROM graphs WHERE id = ? AND deleted IS NULL", (graph_id,)).fetchone()
        return row[0] if row else None

    def _saved(self, graph_id: str) -> SavedGraph:
        row = self._db.execute(f"SELECT {COLUMNS} FROM graphs WHERE id = ? AND deleted IS NULL", (graph_id,)).fetchone()
        if row is None:
            raise KeyError(graph_id)
        return _saved(row)

    def _text(self, graph_id: str, revision: int) -> str:
        row = self._db.execute(
            "SELECT graph FROM revisions WHERE id = ? AND revision = ?", (graph_id, revision)
        ).fetchone()
        if row is None:
            raise KeyError(graph_id)
        return str(row[0])

    def _purge(self) -> None:
        """Let go of what was deleted long ago."""
        with self._lock, self._db:
            self._db.execute("DELETE FROM graphs WHERE deleted < ?", (time.time() - KEPT_DELETED,))

    def _upgrade(self) -> None:
        """Bring a database of an earlier version to this one."""
        with self._lock, self._db:
            if "deleted" not in {row[1] for row in self._db.execute("PRAGMA table_info(graphs)")}:
                self._db.execute("ALTER TABLE graphs ADD COLUMN deleted REAL")
            if not self._db.execute("PRAGMA table_info(artifacts)").fetchall():
                self._db.execute(ARTIFACTS)
                for row in self._db.execute("SELECT id, revision, graph FROM revisions").fetchall():
                    self._note_artifacts(*row)


def _saved(row: tuple[str, str, int, float, float]) -> SavedGraph:
    return SavedGraph(id=row[0], name=row[1], revision=row[2], created=row[3], updated=row[4])
