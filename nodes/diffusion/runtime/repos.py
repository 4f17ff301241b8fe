"""Where a repo's files are on this machine: the demo model, a folder among the local models, or the hub's cache."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.catalogue.pack import WorkerFacts
from engine.errors import NodeError

DEMO_FOLDER = Path(__file__).parents[2] / "demo" / "model"
INDEX_FILES = ("modular_model_index.json", "model_index.json")
CONFIG_PATTERNS = ("*.json", "*.txt", "*.model", "*.jinja")
PICKLED = (".bin", ".ckpt", ".pt", ".pth", ".pkl")
HASHED_WHOLE = 64 * 2**20
"""Bytes: folders up to this size are known by their content, larger ones by names, sizes and times."""


@dataclass(frozen=True)
class Located:
    """A repo's folder and the commit its files are of; `on_hub`: missing files can be fetched."""

    repo: str
    folder: Path
    commit: str
    on_hub: bool


class Repos:
    """Finds repos. Settings: `models` is the folder of local models, `offline` forbids asking the hub."""

    def __init__(self, facts: WorkerFacts) -> None:
        models = facts.settings.get("models")
        self._models = Path(models).resolve() if models else None
        self._offline = bool(facts.settings.get("offline"))
        self._fingerprints: dict[tuple[Any, ...], str] = {}

    def locate(self, repo: str, revision: str | None = None) -> Located:
        """The repo's folder with its configs at hand. Raises NodeError if there is none."""
        folder = DEMO_FOLDER if repo == "demo" else self._local(repo)
        if folder is None:
            return self._from_hub(repo, revision)
        if not any((folder / name).is_file() for name in INDEX_FILES):
            raise NodeError(
                f"The folder of repo {repo!r} holds no pipeline: neither {' nor '.join(INDEX_FILES)}.",
                remedy="Check the repo's name.", code="not_a_pipeline",
            )  # fmt: skip
        return Located(repo, folder, self._fingerprint(folder), on_hub=False)

    def fetch(self, repo: str, commit: str, patterns: list[str]) -> Path:
        """Download the files of a hub repo that match. Raises NodeError if the hub can't be reached."""
        from huggingface_hub import snapshot_download

        try:
            folder = snapshot_download(repo, revision=commit, allow_patterns=patterns, local_files_only=self._offline)
            return Path(folder)
        except Exception as error:  # the hub client has no base class for what can go wrong on the way
            raise _unreachable(repo, error) from error

    def _local(self, repo: str) -> Path | None:
        if self._models is not None:
            folder = (self._models / repo).resolve()
            if folder.is_relative_to(self._models) and folder != self._models and folder.is_dir():
                return folder
        if Path(repo).is_absolute() or repo.startswith((".", "~")) or repo.count("/") > 1:
            raise NodeError(
                f"There is no model folder {repo!r} below the models folder.",
                remedy="Put the repo there, or name a repo of the hub as org/name.", code="missing_repo",
            )  # fmt: skip
        return None

    def _from_hub(self, repo: str, revision: str | None) -> Located:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HFValidationError

        try:
            folder = snapshot_download(repo, revision=revision, local_files_only=True)
        except HFValidationError as error:
            raise NodeError(f"{repo!r} is no repo id.", remedy="Write it as org/name.", code="missing_repo") from error
        except Exception:  # not in the cache, whatever the reason: ask the hub
            folder = str(self.fetch(repo, revision or "main", list(CONFIG_PATTERNS)))
        if not any((Path(folder) / name).is_file() for name in INDEX_FILES):
            folder = str(self.fetch(repo, Path(folder).name, list(CONFIG_PATTERNS)))
        return Located(repo, Path(folder), Path(folder).name, on_hub=True)

    def _fingerprint(self, folder: Path) -> str:
        files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
        stats = [(path, path.stat()) for path in files]
        signature = tuple((str(path.relative_to(folder)), stat.st_size, stat.st_mtime_ns) for path, stat in stats)
        key = (str(folder), *signature)
        if key not in self._fingerprints:
            whole = sum(stat.st_size for _, stat in stats) <= HASHED_WHOLE
            digest = hashlib.sha256()
            for path, facts in zip(files, signature, strict=True):
                digest.update(repr((facts[0], _sha256(path)) if whole else facts).encode())
            self._fingerprints[key] = digest.hexdigest()[:40]
        return self._fingerprints[key]


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _unreachable(repo: str, error: Exception) -> NodeError:
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError, RevisionNotFoundError

    if isinstance(error, GatedRepoError):
        return NodeError(
            f"Repo {repo!r} is gated.", remedy="Accept its terms on the hub and log in.", code="missing_repo"
        )
    if isinstance(error, RepositoryNotFoundError | RevisionNotFoundError):
        return NodeError(
            f"The hub has no repo {repo!r} at this revision.", remedy="Check the name.", code="missing_repo"
        )
    return NodeError(
        f"There is no repo {repo!r} in the local model cache, and the hub can't be reached.",
        remedy="Check the name and the network, or choose a repo that is here.",
        code="missing_repo",
    )
