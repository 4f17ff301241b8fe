"""Files in the output folder: numbered on from what is there, never written over."""

from pathlib import Path

from engine.errors import NodeError
from nodes.images.paths import output_place

MAX_FILES = 99_999


def write_next(data: bytes, folder: Path, name: str, ending: str) -> Path:
    """Write `data` as `name`, the first free number after the highest, and `ending`: `.png`. The file that was written.

    Another process may take a number at the same moment. Raises NodeError.
    """
    place, stem = output_place(folder, name, port="name")
    for number in range(_highest_number(place, stem) + 1, MAX_FILES + 1):
        path = place / f"{stem}_{number:05}{ending}"
        try:
            with path.open("xb") as file:  # fails if it exists: nothing is ever written over
                file.write(data)
            return path
        except FileExistsError:
            continue
        except OSError as error:
            path.unlink(missing_ok=True)
            raise NodeError(f"{path.name} cannot be written: {error.strerror}.", remedy="Check the disk.") from error
    raise NodeError(f"The numbers after {stem!r} are used up.", remedy="Choose another name.", port="name")


def _highest_number(place: Path, stem: str) -> int:
    numbers = (path.stem.removeprefix(f"{stem}_") for path in place.iterdir() if path.name.startswith(f"{stem}_"))
    return max((int(number) for number in numbers if number.isascii() and number.isdigit()), default=0)
