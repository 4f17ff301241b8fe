"""What the command line shows while a run waits for a download."""

import io

import pytest
from rich.console import Console

from engine.run.events import DownloadProgress
from server.progress import RunDisplay


@pytest.mark.parametrize(
    ("total", "shown"), [(20_000_000, "org/x: download finished, 20 of 20 MB\n"), (20_000, "")], ids=["large", "small"]
)
def test_where_nobody_looks_at_bars_a_large_download_is_a_line(total: int, shown: str) -> None:
    output = io.StringIO()
    with RunDisplay(Console(file=output)) as display:
        for done in (0, total // 2):
            display.show(DownloadProgress(repo="org/x", done=done, total=total))
        display.show(DownloadProgress(repo="org/x", done=total, total=total, state="finished"))
    assert output.getvalue() == shown
