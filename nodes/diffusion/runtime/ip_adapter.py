"""IP-Adapters in a UNet: loaded by diffusers' own code into a UNet that shares its weights with the plain one."""

import copy
import glob
import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from diffusers.loaders import ModularIPAdapterMixin

from engine.errors import NodeError
from nodes.diffusion.files import is_pickle
from nodes.diffusion.ref import ADAPTED, IPAdapterRef
from nodes.diffusion.repos import Located, Repos, require_commit
from nodes.diffusion.runtime.weights import damaged_file, pickled


class _Pipeline(ModularIPAdapterMixin):  # type: ignore[misc]  # diffusers has no types
    """As much of a pipeline as it takes to load adapters."""

    def __init__(self, unet: Any) -> None:
        self.unet = unet


def repo_of(repos: Repos, adapter: IPAdapterRef, port: str) -> Located:
    """Where the adapter's repo is. Raises NodeError if it changed, has no such file, or if that may not be loaded.

    A ref may come from anywhere, so a file counts only as one of the repo's.
    """
    place = repos.locate(adapter.repo, adapter.commit)
    require_commit(place, adapter.commit, port)
    pickle = is_pickle(adapter.file)
    if adapter.file not in repos.files(place) or not (pickle or adapter.file.endswith(".safetensors")):
        raise NodeError(
            f"Repo {adapter.repo!r} has no weights {adapter.file!r}.",
            remedy="Choose other weights in Load IP-Adapter.", port=port, code="missing_file",
        )  # fmt: skip
    if pickle and not repos.pickles:
        raise pickled(place, adapter.file)
    return place


def fetched(repos: Repos, adapter: IPAdapterRef) -> Path:
    """The adapter's file on this machine. Raises NodeError if it is not to be had, may not be loaded, or is damaged."""
    place = repo_of(repos, adapter, "pipeline")
    repos.fetch(place, [glob.escape(adapter.file)])
    path = place.folder / adapter.file
    if path.suffix == ".safetensors" and damaged_file([path]):
        raise NodeError(
            f"The IP-Adapter {adapter.file} of repo {adapter.repo!r} is damaged, or not on this machine.",
            remedy="Download the repo again.", port="pipeline", code="damaged_weights",
        )  # fmt: skip
    return path


def adapted(unet: Any, paths: Sequence[Path]) -> Any:
    """A UNet with the adapters in `paths`; `unet` stays as it is, and both have the same tensors in memory.

    Raises NodeError if an adapter does not fit.
    """
    made = copy.deepcopy(unet, {id(tensor): tensor for tensor in (*unet.parameters(), *unet.buffers())})
    places = [str(path.parent) for path in paths]
    try:
        with _without_false_alarm():
            _Pipeline(made).load_ip_adapter(
                places, subfolder=[""] * len(paths), weight_name=[path.name for path in paths], local_files_only=True
            )
    except Exception as error:  # whatever is in the files
        names = ", ".join(path.name for path in paths)
        raise NodeError(
            f"The IP-Adapter {names} does not fit the {ADAPTED}: {error}",
            remedy="Choose weights that are made for this kind of model.", port="pipeline", code="ip_adapter_misfit",
        ) from error  # fmt: skip
    made.eval()
    return made


def added_bytes(made: Any, unet: Any) -> int:
    """How much more memory the adapted UNet takes than the plain one."""
    shared = {id(tensor) for tensor in (*unet.parameters(), *unet.buffers())}
    tensors = [tensor for tensor in (*made.parameters(), *made.buffers()) if id(tensor) not in shared]
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)


def set_scales(made: Any, adapters: Iterable[IPAdapterRef]) -> None:
    """How much each adapter counts, from now on. Raises NodeError if scales by layer don't fit the UNet."""
    scales = [each.scale for each in adapters]
    try:
        _Pipeline(made).set_ip_adapter_scale(copy.deepcopy(scales))  # diffusers writes into them
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise NodeError(
            f"The IP-Adapter's scales by layer don't fit the {ADAPTED}: {error}",
            remedy="Mend them in Load IP-Adapter.", port="pipeline",
        ) from error  # fmt: skip


@contextmanager
def _without_false_alarm() -> Iterator[None]:
    """diffusers warns of casting modules that must stay float32 even where the list of them is empty."""
    logger = logging.getLogger("diffusers.models.modeling_utils")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)
