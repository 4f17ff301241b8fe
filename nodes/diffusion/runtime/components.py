"""The component store: each model of a worker is loaded once, shared by all nodes, and evicted when memory runs short.

torch is imported inside functions, since the store exists before the worker has imported it.
"""

import copy
import gc
import sys
import threading
import traceback
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from engine.catalogue.pack import LoadedModel, WorkerFacts
from engine.errors import NodeError
from nodes.diffusion.missing import missing_packages, missing_problem
from nodes.diffusion.ref import ADAPTED, PipelineRef
from nodes.diffusion.repos import Located, Repos
from nodes.diffusion.runtime.foreign import Home, home_of
from nodes.diffusion.runtime.weights import (
    configured_half,
    damaged_file,
    fetch_missing,
    read_config,
    stored_bytes,
    stored_dtype,
    weight_files,
)

_BYTES = {"float64": 8, "float32": 4, "float16": 2, "bfloat16": 2}
_HEADROOM = 1.2
"""Of device memory that must be free for weights of size 1: activations need some."""


class ComponentKey(NamedTuple):
    """What tells two loaded components apart: where their files are, and what is made of them.

    Pipelines that have a component's files in common share it, by whichever name. `kind` is its class; `ip_adapters`
    are the repos, commits and files of what was put into it.
    """

    repo: str
    commit: str
    subfolder: str
    variant: str | None
    kind: str
    dtype: str
    device: str
    ip_adapters: tuple[tuple[str, str, str], ...] = ()


@dataclass
class _Held:
    """A loaded component, with the name that it was first loaded by, and the repo of its weights.

    `size` in bytes, 0 for what has no weights (tokenizers, schedulers); of a UNet with adapters that of the adapters.
    """

    name: str
    repo: str
    component: Any
    size: int


class ComponentStore:
    """Loads components by pipeline ref. Implements `ModelHolder`; nodes get it as the state `components`.

    Locks: `_running` is held by a node while it uses components, `_lock` guards the table for a moment only.
    """

    def __init__(self, facts: WorkerFacts, repos: Repos) -> None:
        self.repos = repos
        self._budget = facts.models_memory
        self._held: OrderedDict[ComponentKey, _Held] = OrderedDict()
        self._needed: set[ComponentKey] = set()
        self._recent: set[ComponentKey] = set()
        self._lock = threading.Lock()
        self._running = threading.RLock()
        self._loads = 0
        self._refusals = 0

    @contextmanager
    def session(self, check: Callable[[], None]) -> Iterator[None]:
        """Components taken inside stay loaded until the end; `free` waits for it. `check` may end a download."""
        with self._running, self.repos.hub.interruptible(check):
            try:
                yield
            finally:
                with self._lock:
                    self._recent, self._needed = self._needed, set()

    @contextmanager
    def quiet(self, hurry: threading.Event) -> Iterator[None]:
        """Waits until no node runs here, or `hurry` is set; inside none begins, so stay but a moment."""
        held = False
        while not (held or hurry.is_set()):
            held = self._running.acquire(timeout=0.1)
        try:
            yield
        finally:
            if held:
                self._running.release()

    def take(self, ref: PipelineRef, located: Located, spec: Any) -> Any:
        """The component of a `ComponentSpec`, loaded if need be. Use it inside a `session`.

        Raises NodeError if its files are missing, damaged, or do not fit in memory.
        """
        device, home = device_for(ref), home_of(self.repos, ref, located, spec)
        place = home.located
        dtype = ref.dtypes.get(spec.name) or dtype_for(ref, device, (located.folder, home.folder))
        key = ComponentKey(
            place.repo, place.commit, home.subfolder, home.variant, _kind(spec), dtype, device,
        )  # fmt: skip
        component = self._kept(key)
        if component is None:
            if has_weights(spec):
                fetch_missing(self.repos, place, home.subfolder, home.variant)
                self._make_room(_expected_size(weight_files(home.folder, home.variant), key.dtype), device)
            component = self._keep(key, _load(spec, home, key, pickles=self.repos.pickles))
        return self._adapted(ref, key, component) if ref.ip_adapters and spec.name == ADAPTED else component

    def _adapted(self, ref: PipelineRef, plain: ComponentKey, unet: Any) -> Any:
        """The UNet with the ref's IP-Adapters, which shares its weights with the plain `unet`."""
        from nodes.diffusion.runtime.ip_adapter import adapted, added_bytes, fetched, set_scales

        named = tuple((each.repo, each.commit, each.file) for each in ref.ip_adapters)
        key = plain._replace(ip_adapters=named)
        made = self._kept(key)
        if made is None:
            paths = [fetched(self.repos, each) for each in ref.ip_adapters]
            self._make_room(_expected_size(paths, key.dtype), key.device)
            made = adapted(unet, paths)
            self._keep(key, _Held("ip_adapter", named[-1][0], made, added_bytes(made, unet)))
        with self._lock:
            self._held.move_to_end(plain)  # evicted after what shares its weights, which would not free them
        set_scales(made, ref.ip_adapters)
        return made

    def _kept(self, key: ComponentKey) -> Any | None:
        """What is loaded already, or None; it stays until the end of the session."""
        with self._lock:
            self._needed.add(key)
            if held := self._held.get(key):
                self._held.move_to_end(key)
                return held.component
        return None

    def _keep(self, key: ComponentKey, held: _Held) -> Any:
        with self._lock:
            self._held[key] = held
            self._loads += held.size > 0
        return held.component

    def peek(self, ref: PipelineRef, name: str) -> Any | None:
        """A component of the ref that is loaded already, or None; does not count as use."""
        source = ref.components.get(name, ref)
        with self._lock:
            for key, held in self._held.items():
                if (key.repo, key.commit, held.name) == (source.repo, source.commit, name):
                    return held.component
        return None

    def models(self) -> list[LoadedModel]:
        """What has weights, in order of last use."""
        with self._lock:
            return [
                LoadedModel(name=held.name, repo=held.repo, device=key.device, dtype=key.dtype, size=held.size)
                for key, held in self._held.items()
                if held.size
            ]

    def loads(self) -> int:
        return self._loads

    def device(self) -> tuple[str, int, int]:
        """Without importing torch: before the first model the device is not known to be anything but the CPU."""
        torch = sys.modules.get("torch")
        if torch is None or not hasattr(torch, "cuda") or not torch.cuda.is_available():
            return "cpu", 0, 0
        try:
            free, total = torch.cuda.mem_get_info()
            return torch.cuda.get_device_name(), total - free, total
        except RuntimeError:  # full or out of order: a node that wants it will say so
            return "cuda", 0, 0

    def free(self, model: str | None, repo: str | None = None) -> None:
        """Unload all models, or those of this name, of this repo, or of both; waits for a running node."""
        with self._running:
            with self._lock:
                for key, held in list(self._held.items()):
                    if model in (None, held.name) and repo in (None, held.repo):
                        self._drop(key)
            _release_memory()

    def recover(self) -> bool:
        with self._lock:
            unused = [key for key in self._held if key not in self._needed | self._recent]
            unloaded = any(self._held[key].size for key in unused)
            for key in unused:
                self._drop(key)
        before, refusals = _allocator()
        _release_memory()
        by_driver = refusals == self._refusals  # before torch itself refuses, it has given back what it caches
        self._refusals = refusals
        return unloaded or (by_driver and _allocator()[0] < before)

    def works(self) -> bool:
        """After some faults, as an index that is out of range, CUDA refuses all that the process asks of it."""
        if (cuda := _cuda()) is None:
            return True
        try:
            cuda.synchronize()
        except RuntimeError as error:
            return "out of memory" in str(error)
        return True

    def _make_room(self, size: int, device: str) -> None:
        """Evict what was not used for longest until `size` bytes fit; what this session needs stays."""
        if self._fits(size, device):
            return
        _release_memory()  # torch keeps what was freed
        while not self._fits(size, device):
            with self._lock:
                oldest = next((k for k, held in self._held.items() if held.size and k not in self._needed), None)
                if oldest is None:
                    return
                self._drop(oldest)
            _release_memory()

    def _drop(self, key: ComponentKey) -> None:
        """Forget a component, with the adapted ones that share its weights. The caller holds `_lock`."""
        for other in [other for other in self._held if other == key or other._replace(ip_adapters=()) == key]:
            del self._held[other]

    def _fits(self, size: int, device: str) -> bool:
        if self._budget is not None:
            with self._lock:
                if sum(held.size for held in self._held.values()) + size > self._budget:
                    return False
        if device != "cuda":
            return True
        import torch

        return bool(torch.cuda.mem_get_info()[0] > size * _HEADROOM)


def device_for(ref: PipelineRef) -> str:
    """Raises NodeError if the ref wants a GPU and there is none."""
    import torch

    if ref.device == "cpu":
        return "cpu"
    if torch.cuda.is_available():
        return "cuda"
    if ref.device == "cuda":
        raise NodeError("This machine has no CUDA device.", remedy="Set device to auto.", port="pipeline")
    return "cpu"


def dtype_for(ref: PipelineRef, device: str, folders: Iterable[Path]) -> str:
    """The ref's precision. Auto: float32 on a CPU, where half precision is slow, else what configs say, or bfloat16.

    One precision for all components that a person sets none for: blocks hand tensors on without casting them.
    """
    if ref.dtype != "auto":
        return ref.dtype
    return "float32" if device == "cpu" else configured_half(folders) or "bfloat16"


def has_weights(spec: Any) -> bool:
    """Whether the component is a model; one without a type hint is."""
    import torch

    return spec.type_hint is None or issubclass(spec.type_hint, torch.nn.Module)


def _load(spec: Any, home: Home, key: ComponentKey, *, pickles: bool) -> _Held:
    import torch

    if not home.folder.is_dir():
        raise NodeError(
            f"Repo {key.repo!r} has no component {spec.name!r}: there is no folder {home.subfolder!r}.",
            remedy="Choose another workflow or repo.", code="missing_component",
        )  # fmt: skip
    spec = copy.copy(spec)  # loading writes into it
    options: dict[str, Any] = {"variant": key.variant, "revision": None, "local_files_only": True}
    if has_weights(spec):
        pickled = pickles and not any(home.folder.glob("*.safetensors"))
        options |= {"dtype": getattr(torch, key.dtype), "use_safetensors": not pickled}
        spec.type_hint = _model_class(spec.type_hint, home)
    if _chooses_class(spec.type_hint):
        options["trust_remote_code"] = False
    place = {"pretrained_model_name_or_path": str(home.located.folder), "subfolder": home.subfolder}
    try:
        component = spec.load(**place, **options)
    except Exception as error:  # libraries raise anything on bad files
        raise _why_not(spec.name, key, home.folder, error) from error
    if not isinstance(component, torch.nn.Module):
        return _Held(spec.name, key.repo, component, 0)
    component.eval().to(key.device)
    return _Held(spec.name, key.repo, component, _size(component))


def _kind(spec: Any) -> str:
    return getattr(spec.type_hint, "__qualname__", "")


def _model_class(declared: Any, home: Home) -> Any:
    """The class of diffusers that the component's config names, which may be another than the block declares.

    A VAE may be replaced by a tiny one, say. A class of transformers stays as declared: configs name the whole model
    there, of which a pipeline may want a part.
    """
    import diffusers

    named = getattr(diffusers, str(read_config(home.folder).get("_class_name")), None)
    if isinstance(named, type) and issubclass(named, diffusers.ModelMixin):
        return named
    return declared


def _chooses_class(hint: Any) -> bool:
    """Whether the class is found by the files, which could name code of their own."""
    return hint is None or hint.__name__ == "AutoModel" or hint.__module__.startswith("transformers.models.auto")


def _why_not(name: str, key: ComponentKey, folder: Path, error: Exception) -> NodeError:
    if packages := missing_packages(error):
        details = "".join(traceback.format_exception(error))
        return NodeError(missing_problem(f"Component {name!r} of repo {key.repo!r}", packages, details=details))
    files = weight_files(folder, key.variant)
    if damaged := damaged_file(files):
        return NodeError(
            f"Component {name!r} of repo {key.repo!r} can't load: {folder.name}/{damaged.name} is damaged.",
            remedy="Download the repo again.", code="damaged_weights",
        )  # fmt: skip
    return NodeError(
        f"Component {name!r} of repo {key.repo!r} can't load: {error}",
        remedy="Check that the repo is complete.", code="component_failed",
    )  # fmt: skip


def _expected_size(files: list[Path], dtype: str) -> int:
    """Bytes that the weights in `files` take in `dtype`."""
    return int(stored_bytes(files) * _BYTES[dtype] / _BYTES[stored_dtype(files) or dtype])


def _size(module: Any) -> int:
    tensors = [*module.parameters(), *module.buffers()]
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)


def _cuda() -> Any | None:
    """The module, if this process has used the device; it may just be being imported."""
    cuda = sys.modules.get("torch.cuda")
    return cuda if cuda is not None and getattr(cuda, "is_initialized", bool)() else None


def _allocator() -> tuple[int, int]:
    """Bytes that torch holds of the device, in use or cached, and how often it has refused to give some."""
    if (cuda := _cuda()) is None:
        return 0, 0
    return cuda.memory_reserved(), cuda.memory_stats().get("num_ooms", 0)


def _release_memory() -> None:
    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
