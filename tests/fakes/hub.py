"""A small hub: a real HTTP server that speaks what huggingface_hub and diffusers ask, with faults on demand.

    with FakeHub() as hub:
        first = hub.commit("org/block", {"block.py": "…", "modular_config.json": "{}"})
        hub.use(monkeypatch, tmp_path / "cache")   # this process and workers that it starts from now on
        subprocess.run(…, env=hub.environment(tmp_path / "cache"))   # a process of its own

Repos have branches, tags and commits; large and binary files go the way of LFS, with a redirect. A transfer can break
off, fail or be held. Writing needs a token: `create_repo`, `upload_folder` and `create_commit` work.
"""

import base64
import hashlib
import json
import os
import re
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

TOKEN = "hf_tests"
LFS_SUFFIXES = (".safetensors", ".bin", ".ckpt", ".pt", ".png", ".model")
LFS_BYTES = 1_000_000
PAGE = 100
"""Files in one answer of the tree; more come with a `Link` to the next."""
PIECE = 16 * 1024


@dataclass
class Repo:
    """Branches and tags lead to commits, commits to files, files to their bytes. `parents` are those of commits."""

    refs: dict[str, str] = field(default_factory=dict)
    tags: set[str] = field(default_factory=set)
    commits: dict[str, dict[str, bytes]] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    private: bool = False
    gated: bool = False

    def resolve(self, revision: str) -> str | None:
        found = self.refs.get(revision, revision)
        return found if found in self.commits else None


@dataclass
class Held:
    """A transfer that waits half-way: `reached` is set when it does, `release` lets it go on."""

    after: int
    reached: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)

    def release(self) -> None:
        self.released.set()


@dataclass
class Faults:
    """What happens to transfers of one file, in this order: each `statuses` and each `breaks` once."""

    statuses: list[int] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)
    held: Held | None = None


class FakeHub:
    """`url` goes into `HF_ENDPOINT`; `requests` are `(method, path)` in order; `served` counts bytes of files."""

    def __init__(self) -> None:
        self.repos: dict[str, Repo] = {}
        self.requests: list[tuple[str, str]] = []
        self.served = 0
        self.down = False
        self._faults: dict[str, Faults] = {}
        self._uploaded: dict[str, bytes] = {}
        self._lock = threading.RLock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.hub = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.files_url = f"http://localhost:{self._server.server_port}"  # large files come from another host

    def __enter__(self) -> "FakeHub":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for faults in self._faults.values():
            if faults.held is not None:
                faults.held.release()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    # What is there

    def commit(
        self, repo: str, files: Mapping[str, str | bytes | None], *, branch: str = "main", fresh: bool = False
    ) -> str:
        """A new commit on `branch` (begun from `main`): files are added or replaced, None removes one.

        With `fresh` the commit holds these files only. Returns its id.
        """
        with self._lock:
            there = self.repos.setdefault(repo, Repo())
            parent = there.refs.get(branch) or there.refs.get("main", "")
            tree = {} if fresh else dict(there.commits.get(parent, {}))
            for path, content in files.items():
                if content is None:
                    del tree[path]
                else:
                    tree[path] = content.encode() if isinstance(content, str) else content
            facts = [repo, branch, parent, len(there.commits), sorted((path, _sha1(tree[path])) for path in tree)]
            sha = hashlib.sha1(json.dumps(facts).encode()).hexdigest()
            there.commits[sha] = tree
            there.parents[sha] = parent
            there.refs[branch] = sha
            return sha

    def pull_request(self, repo: str, files: Mapping[str, str | bytes | None]) -> str:
        """A commit of somebody else on top of `main`: of a pull request or a fork, which no branch leads to."""
        return self.commit(repo, files, branch="refs/pr/1")

    def upload(self, repo: str, folder: Path, *, branch: str = "main") -> str:
        """A new commit with all files of `folder`. Returns its id."""
        paths = sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
        files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
        return self.commit(repo, files, branch=branch, fresh=True)

    def tag(self, repo: str, name: str, commit: str) -> None:
        self.repos[repo].refs[name] = commit
        self.repos[repo].tags.add(name)

    def files(self, repo: str, revision: str = "main") -> dict[str, bytes]:
        """The files of a repo, pushed ones included."""
        there = self.repos[repo]
        commit = there.resolve(revision)
        assert commit is not None
        return there.commits[commit]

    # What goes wrong

    def break_off(self, path: str, *, after: int, times: int = 1) -> None:
        """Cut the connection after so many bytes of each of the next transfers of the file `path` of any repo."""
        self._faults.setdefault(path, Faults()).breaks += [after] * times

    def fail(self, path: str, *, status: int = 500, times: int = 1) -> None:
        self._faults.setdefault(path, Faults()).statuses += [status] * times

    def mend(self, path: str) -> None:
        """Let transfers of the file go well from now on."""
        self._faults.pop(path, None)

    def hold(self, path: str, *, after: int) -> Held:
        """Stop the next transfer of the file after so many bytes, until it is released."""
        held = self._faults.setdefault(path, Faults()).held = Held(after)
        return held

    # Who asks

    def environment(self, cache: Path, *, token: str | None = None) -> dict[str, str]:
        """The environment of a process that uses this hub, and `cache` as its Hugging Face home."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
        kept |= {
            "HF_ENDPOINT": self.url,
            "HF_HOME": str(cache),
            "HF_HUB_DISABLE_XET": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
        }
        kept |= {name: "127.0.0.1,localhost" for name in ("NO_PROXY", "no_proxy")}
        return kept | ({"HF_TOKEN": token} if token else {})

    def use(self, monkeypatch: pytest.MonkeyPatch, cache: Path, *, token: str | None = None) -> None:
        """Let this process, and those that it starts, use this hub with `cache` as the Hugging Face home."""
        for name in [name for name in os.environ if name.startswith("HF_")]:
            monkeypatch.delenv(name)
        for name, value in self.environment(cache, token=token).items():
            monkeypatch.setenv(name, value)
        values = {
            "ENDPOINT": self.url,
            "HUGGINGFACE_CO_URL_TEMPLATE": self.url + "/{repo_id}/resolve/{revision}/{filename}",
            "HF_HUB_CACHE": str(cache / "hub"),
            "HF_HUB_DISABLE_XET": True,
            "HF_TOKEN_PATH": str(cache / "token"),
        }
        for name, value in values.items():
            monkeypatch.setattr(f"huggingface_hub.constants.{name}", value)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    hub: FakeHub

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no error of the hub."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, *_: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_PUT(self) -> None:
        self._answer()

    def _answer(self) -> None:
        url = urlsplit(self.path)
        self.query = {name: values[-1] for name, values in parse_qs(url.query).items()}
        self.body = self._read_body()
        hub = self.server.hub
        hub.requests.append((self.command, unquote(url.path)))
        if hub.down:
            return self._error(503, "", "The hub is down.")
        for method, pattern, name in _ROUTES:
            if self.command in method and (match := re.fullmatch(pattern, url.path)):
                return getattr(self, name)(*map(unquote, match.groups()))
        self._error(404, "", "There is no such page.")

    def _read_body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        pieces = []
        while size := int(self.rfile.readline(), 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(pieces)

    # Reading

    def info(self, repo: str, revision: str = "main") -> None:
        if (found := self._find(repo, revision)) is None:
            return
        there, commit = found
        files = there.commits[commit]
        self._json({
            "id": repo, "modelId": repo, "sha": commit, "private": there.private, "disabled": False, "tags": [],
            "gated": "manual" if there.gated else False, "downloads": 0, "likes": 0,
            "siblings": [_sibling(path, files[path], blobs="blobs" in self.query) for path in sorted(files)],
        })  # fmt: skip

    def refs(self, repo: str) -> None:
        if (found := self._find(repo, "main")) is None:
            return
        there, _ = found
        named = {name: commit for name, commit in there.refs.items() if not name.startswith("refs/pr/")}

        def told(kind: str, *, tags: bool) -> list[dict[str, str]]:
            return [
                {"name": name, "ref": f"refs/{kind}/{name}", "targetCommit": commit}
                for name, commit in named.items()
                if (name in there.tags) == tags
            ]

        self._json({"branches": told("heads", tags=False), "tags": told("tags", tags=True), "converts": []})

    def commits(self, repo: str, revision: str) -> None:
        if (found := self._find(repo, revision)) is None:
            return
        there, commit = found
        history = [commit]
        while parent := there.parents.get(history[-1]):
            history.append(parent)
        facts = {"authors": [], "date": "2026-01-01T00:00:00.000Z", "title": "", "message": ""}
        self._json([{"id": each, **facts} for each in history])

    def tree(self, repo: str, revision: str) -> None:
        if (found := self._find(repo, revision)) is None:
            return
        there, commit = found
        files = there.commits[commit]
        folders = {parent.as_posix() for path in files for parent in Path(path).parents} - {"."}
        entries = [{"type": "directory", "oid": _sha1(name.encode()), "size": 0, "path": name} for name in folders]
        entries += [_entry(path, data) for path, data in files.items()]
        entries.sort(key=lambda entry: str(entry["path"]))
        start = int(self.query.get("cursor", "0"))
        following = f"{self.server.hub.url}{urlsplit(self.path).path}?recursive=true&cursor={start + PAGE}"
        more = {"Link": f'<{following}>; rel="next"'} if len(entries) > start + PAGE else {}
        self._json(entries[start : start + PAGE], headers=more)

    def resolve(self, repo: str, revision: str, path: str) -> None:
        if (found := self._find(repo, revision)) is None:
            return
        there, commit = found
        if there.gated and not self._authorized():
            status = 403 if self.headers.get("Authorization") else 401
            return self._error(status, "GatedRepo", f"Access to model {repo} is restricted.")
        if (data := there.commits[commit].get(path)) is None:
            return self._error(404, "EntryNotFound", "Entry not found", {"X-Repo-Commit": commit})
        headers = {"X-Repo-Commit": commit, "Accept-Ranges": "bytes"}
        if _is_lfs(path, data):
            linked = {"X-Linked-ETag": f'"{_sha256(data)}"', "X-Linked-Size": str(len(data))}
            location = f"{self.server.hub.files_url}/lfs/{repo}/{commit}/{path}"
            return self._send(302, b"", headers | linked | {"Location": location})
        self._file(path, data, headers | {"ETag": f'"{_blob_id(data)}"'})

    def lfs(self, repo: str, commit: str, path: str) -> None:
        data = self.server.hub.repos[repo].commits[commit][path]
        self._file(path, data, {"ETag": f'"{_sha256(data)}"', "Accept-Ranges": "bytes"})

    def _file(self, path: str, data: bytes, headers: dict[str, str]) -> None:
        hub = self.server.hub
        faults = hub._faults.get(path, Faults()) if self.command == "GET" else Faults()
        if faults.statuses:
            return self._error(faults.statuses.pop(0), "", "The hub is unwell.")
        start, status = 0, 200
        if match := re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", "")):
            start, status = int(match[1]), 206
            headers |= {"Content-Range": f"bytes {start}-{len(data) - 1}/{len(data)}"}
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(data) - start)}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self._transfer(data[start:], faults)

    def _transfer(self, data: bytes, faults: Faults) -> None:
        hub, end = self.server.hub, len(data)
        broken = bool(faults.breaks)
        if broken:
            end = faults.breaks.pop(0)
        if (held := faults.held) is not None:
            faults.held = None
            self.wfile.write(data[: held.after])
            held.reached.set()
            held.released.wait()
            data, end = data[held.after :], end - held.after
        for place in range(0, end, PIECE):
            self.wfile.write(data[place : min(place + PIECE, end)])
        hub.served += end
        if broken:
            self.wfile.flush()
            with suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True

    def whoami(self) -> None:
        if self._may_write():
            self._json({"type": "user", "name": "tester", "orgs": [{"name": "org"}], "auth": {"accessToken": {}}})

    # Writing

    def create(self) -> None:
        if not self._may_write():
            return
        wish = json.loads(self.body)
        repo = "/".join(filter(None, (wish.get("organization") or "tester", wish["name"])))
        hub = self.server.hub
        if repo in hub.repos:
            return self._error(409, "", "You already created this model repo", body={"url": f"{hub.url}/{repo}"})
        hub.commit(repo, {".gitattributes": "*.safetensors filter=lfs diff=lfs merge=lfs -text\n"})
        hub.repos[repo].private = wish.get("visibility") == "private" or bool(wish.get("private"))
        self._json({"url": f"{hub.url}/{repo}", "name": repo, "id": repo})

    def validate_yaml(self) -> None:
        self._json({"errors": [], "warnings": []})

    def preupload(self, repo: str, revision: str) -> None:
        if not self._may_write() or (found := self._find(repo, revision)) is None:
            return
        there, commit = found
        self._json({"files": [
            {
                "path": file["path"], "shouldIgnore": False,
                "uploadMode": "lfs" if _is_lfs(file["path"], b"", file["size"]) else "regular",
                "oid": _blob_id(there.commits[commit][file["path"]]) if file["path"] in there.commits[commit] else None,
            }
            for file in json.loads(self.body)["files"]
        ]})  # fmt: skip

    def lfs_batch(self, repo: str) -> None:
        if not self._may_write():
            return
        hub = self.server.hub
        objects = [{"oid": item["oid"], "size": item["size"]} for item in json.loads(self.body)["objects"]]
        for item in objects:
            if item["oid"] not in hub._uploaded:
                item["actions"] = {"upload": {"href": f"{hub.url}/put/{item['oid']}"}}
        self._json({"transfer": "basic", "objects": objects})

    def put(self, oid: str) -> None:
        if _sha256(self.body) != oid:
            return self._error(400, "", "The content is not that of its name.")
        self.server.hub._uploaded[oid] = self.body
        self._send(200, b"", {"ETag": f'"{oid}"'})

    def commit(self, repo: str, revision: str) -> None:
        if not self._may_write() or self._find(repo, revision) is None:
            return
        hub, changes, title = self.server.hub, dict[str, bytes | None](), ""
        for line in self.body.splitlines():
            item = json.loads(line)
            kind, value = item["key"], item["value"]
            if kind == "header":
                title = value["summary"]
            elif kind == "file":
                changes[value["path"]] = base64.b64decode(value["content"])
            elif kind == "lfsFile":
                changes[value["path"]] = hub._uploaded[value["oid"]]
            elif kind == "deletedFile":
                changes[value["path"]] = None
            elif kind == "deletedFolder":
                inside = value["path"].rstrip("/") + "/"
                changes |= {path: None for path in hub.files(repo, revision) if path.startswith(inside)}
        commit = hub.commit(repo, changes, branch=revision)
        self._json({"success": True, "commitOid": commit, "commitUrl": f"{hub.url}/{repo}/commit/{commit}",
                    "hookOutput": title})  # fmt: skip

    # Answers

    def _find(self, repo: str, revision: str) -> tuple[Repo, str] | None:
        """The repo and the commit; if there is none, that was the answer."""
        there = self.server.hub.repos.get(repo)
        if there is None or (there.private and not self._authorized()):
            # whoever is not logged in is not told whether it is private or not there
            status = 404 if self.headers.get("Authorization") else 401
            self._error(status, "RepoNotFound", "Repository not found")
            return None
        if (commit := there.resolve(revision)) is None:
            self._error(404, "RevisionNotFound", f"Invalid rev id: {revision}")
            return None
        return there, commit

    def _authorized(self) -> bool:
        return self.headers.get("Authorization") == f"Bearer {TOKEN}"

    def _may_write(self) -> bool:
        if not self._authorized():
            self._error(401, "", "Invalid credentials in Authorization header")
        return self._authorized()

    def _json(self, data: Any, *, headers: Mapping[str, str] | None = None) -> None:
        self._send(200, json.dumps(data).encode(), {"Content-Type": "application/json", **(headers or {})})

    def _error(
        self,
        status: int,
        code: str,
        message: str,
        headers: Mapping[str, str] | None = None,
        *,
        body: Mapping[str, str] | None = None,
    ) -> None:
        told = {"X-Error-Message": message} | ({"X-Error-Code": code} if code else {})
        self._send(status, json.dumps({"error": message, **(body or {})}).encode(), {**told, **(headers or {})})

    def _send(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


_ID, _REV = r"([^/]+/[^/]+)", r"([^/]+)"
_ROUTES = (
    (("GET",), "/api/whoami-v2", "whoami"),
    (("GET",), f"/api/models/{_ID}", "info"),
    (("GET",), f"/api/models/{_ID}/revision/{_REV}", "info"),
    (("GET",), f"/api/models/{_ID}/refs", "refs"),
    (("GET",), f"/api/models/{_ID}/commits/{_REV}", "commits"),
    (("GET",), f"/api/models/{_ID}/tree/{_REV}", "tree"),
    (("GET", "HEAD"), f"/{_ID}/resolve/{_REV}/(.+)", "resolve"),
    (("GET", "HEAD"), f"/lfs/{_ID}/{_REV}/(.+)", "lfs"),
    (("POST",), "/api/repos/create", "create"),
    (("POST",), "/api/validate-yaml", "validate_yaml"),
    (("POST",), f"/api/models/{_ID}/preupload/{_REV}", "preupload"),
    (("POST",), f"/api/models/{_ID}/commit/{_REV}", "commit"),
    (("POST",), rf"/{_ID}\.git/info/lfs/objects/batch", "lfs_batch"),
    (("PUT",), "/put/([0-9a-f]+)", "put"),
)
"""Methods, path, and the method of the handler."""


def _is_lfs(path: str, data: bytes, size: int | None = None) -> bool:
    return path.endswith(LFS_SUFFIXES) or (len(data) if size is None else size) > LFS_BYTES


def _sibling(path: str, data: bytes, *, blobs: bool) -> dict[str, Any]:
    if not blobs:
        return {"rfilename": path}
    lfs = {"lfs": {"sha256": _sha256(data), "size": len(data), "pointerSize": 130}} if _is_lfs(path, data) else {}
    return {"rfilename": path, "size": len(data), "blobId": _blob_id(data), **lfs}


def _entry(path: str, data: bytes) -> dict[str, Any]:
    lfs = {"lfs": {"oid": _sha256(data), "size": len(data), "pointerSize": 130}} if _is_lfs(path, data) else {}
    return {"type": "file", "oid": _blob_id(data), "size": len(data), "path": path, **lfs}


def _blob_id(data: bytes) -> str:
    """The id that git gives to a file."""
    return _sha1(b"blob %d\0" % len(data) + data)


def _sha1(data: bytes) -> str:
    return hashlib.sha1(data).hexdigest()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
