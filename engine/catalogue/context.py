"""What a running node may ask of its surroundings."""

from pathlib import Path
from typing import Any, Literal, Protocol

from engine.values.refs import ArtifactRef


class Context(Protocol):
    """Handed to a node function that has a parameter annotated `Context`. Thread-bound: use it in the node's thread."""

    node: str
    """Id of the node in the graph."""

    input_dir: Path
    """The only folder, beside artifacts, that a node reads files of people from."""

    output_dir: Path
    """Where saved results go."""

    data_dir: Path
    """The server's own data; nodes keep caches below `data_dir / "nodes"`."""

    ports: dict[str, str]
    """The outputs this node has now: name → port type."""

    def progress(self, step: int, total: int) -> None:
        """Say that `step` of `total` steps are done; also raises `Cancelled` if the run was cancelled."""

    def preview(self, data: bytes, *, mime: str = "image/jpeg", step: int = 0) -> None:
        """Show an encoded picture now. Throttled: the newest wins."""

    def wants_preview(self) -> bool:
        """Whether a preview sent now would go out, so that a node does not make one for nothing."""

    def check(self) -> None:
        """Raise `Cancelled` if the run was cancelled. Call it in long loops."""

    def log(self, text: str, level: Literal["debug", "info", "warning", "error"] = "info") -> None:
        """Write a line that is shown with the node."""

    def artifact(self, artifact_id: str) -> Path:
        """The file of an artifact. Raises NodeError if there is none."""

    def keep(self, data: bytes, *, extension: str) -> ArtifactRef:
        """Keep `data` as an artifact; `extension` like `.png` decides its media type."""

    def graph(self) -> str:
        """The graph of the run as compact JSON text, overrides and drawn seeds included.

        Only for node types declared with `reads_graph=True`; others get a NodeError.
        """

    def state(self, name: str) -> Any:
        """The worker-wide object that a pack registered under `name` (the component store, for example)."""
