"""Prints the seconds that it takes to load each of the blocks `expander-0`, `expander-1` … for the first time.

`python -m tests.bench.custom_block FOLDER NUMBER`: they are below `FOLDER/blocks`, and approved there.
"""

import sys
import time
from pathlib import Path

from nodes.diffusion.heavy import runtime
from tests.fakes.diffusion import Direct

folder = Path(sys.argv[1])
runtime("run")
direct = Direct(folder, folder / "models", settings={"blocks": str(folder / "blocks"), "remote_code": True})
for number in range(int(sys.argv[2])):
    began = time.perf_counter()
    interface = direct.resolve("diffusion.custom", {"repo": f"expander-{number}"}, {}).interface
    print(time.perf_counter() - began)
    assert interface.input("old_prompt") is not None, interface
