"""`python -m tests.bench [NAME of `BENCHES`]`: prints the tables of tests/bench/README.md."""

import platform
import sys
from importlib.metadata import version

from tests.bench import author, canvas, full_size, interfaces, overhead, startup, text_to_image

BENCHES = {
    "startup": startup.main,
    "overhead": overhead.main,
    "text_to_image": text_to_image.main,
    "full_size": full_size.main,
    "interfaces": interfaces.main,
    "canvas": canvas.main,
    "author": author.main,
}


def main(names: list[str]) -> None:
    print(f"{platform.machine()}, Python {platform.python_version()}, torch {version('torch')}\n")
    for name in names or list(BENCHES):
        print(f"## {name.replace('_', ' ').capitalize()}\n")
        print("\n".join(BENCHES[name]()), end="\n\n", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
