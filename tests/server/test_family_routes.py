"""Families over HTTP and on the command line: a real worker with the real diffusers."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from server.coverage import HEADS, coverage_rows
from server.instance import DataLock

pytestmark = pytest.mark.slow


def test_rest_and_command_line_tell_the_same(helpers: Any, tmp_path: Path, root: Path) -> None:
    with helpers.serving(tmp_path, packs=("nodes:load",)) as server, DataLock(tmp_path, url=server.url):
        view = server.http.get("/api/families", timeout=100).raise_for_status().json()
        command = [sys.executable, "-m", "server.cli", "nodes", "--coverage"]
        environment = os.environ | {"BLOCKLOOM_DATA": str(tmp_path)}
        done = [
            subprocess.run(each, cwd=root, env=environment, capture_output=True, text=True, timeout=100, check=True)
            for each in ([*command, "--json"], command)
        ]
    assert json.loads(done[0].stdout) == view
    assert any(row["family"] == "StableDiffusionXLModularPipeline" for row in view["rows"])
    assert "StableDiffusionXL " in done[1].stdout and f"{len(view['rows'])} workflows" in done[1].stdout
    assert "Not represented" not in done[1].stdout


ROW = {
    "family": "FluxModularPipeline", "workflow": "", "blocks": 2, "inputs": 3000, "inputs_represented": 2999,
    "inputs_handled": 1, "inputs_typed": 5, "inputs_with_widget": 4, "outputs": 2, "outputs_represented": 2,
    "outputs_typed": 1, "components": 0, "components_represented": 0,
}  # fmt: skip


def test_only_all_of_them_are_a_hundred_percent() -> None:
    row, total = coverage_rows([ROW])
    assert row == ("Flux", "(all blocks)", "2", "3000", "99.9 %", "1", "5", "4", "2", "100 %", "1", "0", "100 %")
    assert (total[:2], len(total)) == (("1 families", "1 workflows"), len(HEADS))
