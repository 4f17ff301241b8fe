"""What the command line shows of a run: bars on a terminal, plain lines elsewhere."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from engine.run.events import (
    DownloadProgress,
    Event,
    NodeFailed,
    NodeFinished,
    NodeLog,
    NodeProgress,
    NodeSkipped,
    NodeStarted,
)  # fmt: skip

MB = 10**6
SMALL = MB
"""Bytes: downloads below that are over before anyone could read of them."""


class RunDisplay:
    """`with RunDisplay(console) as display: display.show(event)` for each event of a run."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._tasks: dict[str, TaskID] = {}
        self._bars = Progress(
            SpinnerColumn(finished_text="[green]✓"),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._bars.stop()

    def show(self, event: Event) -> None:
        match event:
            case NodeStarted():
                self._task(event.node)
                self._line(f"{event.node}: started")
            case NodeProgress():
                self._bars.update(self._task(event.node), completed=event.step, total=event.total)
            case NodeFinished():
                self._end(event.node)
                self._line(f"{event.node}: {'cached' if event.cached else f'done in {event.seconds:.2f} s'}")
            case NodeLog():
                self._console.print(f"{event.node}: {event.text}", style="dim", markup=False, highlight=False)
            case NodeFailed():
                self._console.print(
                    f"{event.node}: {event.problem.message}", style="red", markup=False, highlight=False
                )
            case NodeSkipped():
                self._line(f"{event.node}: skipped because of {event.because}")
            case DownloadProgress():
                self._download(event)
            case _:
                pass

    def _download(self, event: DownloadProgress) -> None:
        if event.total < SMALL:
            return
        name = f"download {event.repo}, MB"
        self._bars.update(self._task(name), completed=event.done // MB, total=max(1, event.total // MB))
        if event.state != "running":
            self._line(f"{event.repo}: download {event.state}, {event.done // MB} of {event.total // MB} MB")

    def _task(self, node: str) -> TaskID:
        if node not in self._tasks:
            self._tasks[node] = self._bars.add_task(node, total=1)
        return self._tasks[node]

    def _end(self, node: str) -> None:
        task = self._task(node)
        total = self._bars.tasks[task].total or 1
        self._bars.update(task, completed=total, total=total)

    def _line(self, text: str) -> None:
        if not self._console.is_terminal:
            self._console.print(text, markup=False, highlight=False)
