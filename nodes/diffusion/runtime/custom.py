"""Describes and runs the blocks of any repo as one node, with components of their own or of a connected pipeline."""

import ctypes
import functools
import hashlib
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn, TypeVar, cast

from diffusers.modular_pipelines.mellon_node_utils import MellonParam, input_param_to_mellon_param
from diffusers.modular_pipelines.modular_pipeline import ModularPipelineBlocks
from PIL import Image

from engine.catalogue.context import Context
from engine.errors import STALE_DESCRIPTION, NodeError
from nodes.diffusion import overlay
from nodes.diffusion.own_code import bad_block, has_code
from nodes.diffusion.ref import ADAPTED, ComponentRef, PipelineRef, parse_ref
from nodes.diffusion.repos import INDEX_FILES, Located, Repos
from nodes.diffusion.runtime.blocks import Pipeline, root_pipeline, workflows
from nodes.diffusion.runtime.code import fetch_beside, problems_of
from nodes.diffusion.runtime.components import ComponentStore
from nodes.diffusion.runtime.convert import flat_pictures
from nodes.diffusion.runtime.describe import describe_block
from nodes.diffusion.runtime.foreign import foreign_sources
from nodes.diffusion.runtime.processors import needed_packages
from nodes.diffusion.runtime.run import run_ref
from nodes.diffusion.runtime.sizes import sizes
from nodes.diffusion.runtime.weights import refuse_pickled

Result = TypeVar("Result")

DESCRIBE_SECONDS = 60.0
"""How long a repo's code may take to be imported and to say what it is."""
CRASH_SECONDS = 600.0
"""How long code that ended a worker while it was imported is left alone."""


def described(located: Located, repos: Repos, data_dir: Path, workflow: str) -> dict[str, Any]:
    """As `describe.describe_block` of the whole, and besides:

    `leaf` (a single block of the repo's own), `workflow` (the one described) of `workflows` with the inputs that each
    `asks` for, `lacks` (components that a pipeline must share), `foreign` (those in other repos), `mellon` (what the
    author says of the node), `packages` (see `runtime.processors`), `warnings` and `sizes` (see `runtime.sizes`).
    Raises NodeError for a repo without blocks, and for code that may not run, fails, never ends or ends the worker.
    """
    if has_code(located):
        fetch_beside(located, repos)  # what is downloaded here does not count as time that the code takes
    with _crashes_remembered(data_dir, located):
        pipe, facts = _within(DESCRIBE_SECONDS, located, lambda: _describe(located, repos, workflow))
    if not located.on_hub and repos.locate(located.repo).commit != located.commit:
        raise NodeError(
            f"The folder of {located.repo!r} changed while it was read.", remedy="It is read again.",
            port="repo", code=STALE_DESCRIPTION,
        )  # fmt: skip
    config, warnings = overlay.read_config(located.folder)
    return facts | {
        "lacks": lacking(pipe, located),
        "foreign": foreign_sources(pipe, located),
        "packages": needed_packages(pipe, located),
        "mellon": overlay.node_config(config),
        "warnings": warnings,
        "sizes": sizes(pipe, located, repos),
    }


def _describe(located: Located, repos: Repos, workflow: str) -> tuple[Pipeline, dict[str, Any]]:
    """The pipeline, without weights, and what its blocks say of themselves."""
    with problems_of(located):
        refuse_pickled(repos, located)
        pipe = root_pipeline(located, repos)
        known = workflows(pipe._blocks)
        chosen = workflow or (known[0] if known else "")
        facts = describe_block(pipe._blocks, chosen, "")
        _refuse_names(located, facts)
        if own := has_code(located):  # a block, not a pipeline, whose parts need no ports
            facts["block"] = type(pipe._blocks).__name__
        said = _metadata(pipe._blocks)
        facts["inputs"] = [
            item | ({"mellon": said[item["name"]]} if item["name"] in said else {}) for item in facts["inputs"]
        ]
        facts |= {"leaf": own and not pipe._blocks.sub_blocks, "workflow": chosen, "workflows": known}
        return pipe, facts | {"asks": _asks(pipe._blocks)}


def _refuse_names(located: Located, facts: Mapping[str, Any]) -> None:
    """Blocks get at their values as attributes, so a name that is none is a mistake; it could be no port either."""
    for item in (*facts["inputs"], *facts["outputs"]):
        name = item["name"]
        if name and not (isinstance(name, str) and name.isidentifier() and name.isascii()):
            raise bad_block(f"The blocks of repo {located.repo!r} name an input or output {name!r}, which is no name.")


def _asks(blocks: ModularPipelineBlocks) -> dict[str, list[str]]:
    """The inputs that choose each workflow. Where a workflow has several ways to be chosen, its first counts."""
    ways = {name: each[0] if isinstance(each, tuple) else each for name, each in (blocks._workflow_map or {}).items()}
    return {name: [wanted for wanted, value in way.items() if value is True] for name, way in ways.items()}


def lacking(pipe: Pipeline, located: Located) -> list[str]:
    """The components with weights that the blocks name no place for; a repo with an index says it of all it needs."""
    if any((located.folder / name).is_file() for name in INDEX_FILES):
        return []
    specs = (pipe.get_component_spec(name) for name in pipe.pretrained_component_names)
    return sorted(spec.name for spec in specs if not spec.pretrained_model_name_or_path)


def _metadata(blocks: ModularPipelineBlocks) -> dict[str, dict[str, Any]]:
    """What the inputs' `metadata` says of their widgets, in the words of the Mellon config."""
    said = {}
    for param in blocks.inputs:
        wanted = (param.metadata or {}).get("mellon") if isinstance(param.metadata, dict) else None
        if param.name and isinstance(wanted, str | MellonParam):
            entry: dict[str, Any] = input_param_to_mellon_param(param).to_dict()
            entry.pop("label")
            said[param.name] = entry
    return said


# Running


def run_custom(
    context: Context,
    *,
    source: Mapping[str, Any],
    repo: str = "",
    workflow: str | None = None,
    pipeline: Any = None,
    **values: Any,
) -> dict[str, Any]:
    """Run the blocks that the ref `source` names, with components of the ref `pipeline` where theirs are missing.

    `repo` and `workflow` are in `source` already. Returns the outputs by port name. Raises NodeError, see `run_block`.
    """
    repos = cast(ComponentStore, context.state("components")).repos
    ref = parse_ref(source)
    if pipeline is not None:
        ref = _sharing(repos, ref, parse_ref(pipeline))
    with problems_of(repos.locate(ref.repo, ref.commit)):
        outputs = run_ref(context, ref, values)
    return {name: _as_port(name, context.ports[name], value) for name, value in outputs.items()}


def _sharing(repos: Repos, ref: PipelineRef, other: PipelineRef) -> PipelineRef:
    """`ref` with the precision and device of `other`, and with its components of the names that `ref` lacks."""
    located = repos.locate(ref.repo, ref.commit)
    lacks = lacking(root_pipeline(located, repos), located)
    taken: dict[str, ComponentRef] = {}
    if lacks:
        home = repos.locate(other.repo, other.commit)
        pipe = root_pipeline(home, repos)
        for name in lacks:
            if name in other.components:
                taken[name] = other.components[name]
            elif name in pipe.pretrained_component_names:
                spec = pipe.get_component_spec(name)
                taken[name] = ComponentRef(
                    repo=other.repo, commit=other.commit, subfolder=spec.subfolder or name, variant=other.variant
                )
            else:
                raise NodeError(
                    f"The block needs a component {name!r}, which {other.repo!r} has not either.",
                    remedy="Connect a pipeline that has it.", port="pipeline", code="missing_component",
                )  # fmt: skip
    return ref.model_copy(
        update={
            "components": {**ref.components, **taken},
            "ip_adapters": other.ip_adapters if ADAPTED in taken else ref.ip_adapters,
            "dtype": other.dtype,
            "dtypes": other.dtypes,
            "device": other.device,
            "guidance_scale": other.guidance_scale,
        }
    )


def _as_port(name: str, kind: str, value: Any) -> Any:
    """Pictures as the port says: one, or a list of them. Raises NodeError if one was announced and several came."""
    if kind == "list[image]" and isinstance(value, list | Image.Image):
        return flat_pictures(value)
    if kind != "image" or not isinstance(value, list):
        return value
    pictures = flat_pictures(value)
    if len(pictures) == 1:
        return pictures[0]
    raise NodeError(
        f"The block made {len(pictures)} pictures where its output {name!r} is one.",
        remedy="Its author can declare the output as list[PIL.Image.Image].", code="bad_output",
    )  # fmt: skip


# Code that does not come back


def _within(seconds: float, located: Located, work: Callable[[], Result]) -> Result:
    """What `work` returns or raises. Raises NodeError if that takes longer, and tells its thread to stop."""
    ended: queue.SimpleQueue[Callable[[], Result]] = queue.SimpleQueue()

    def attempt() -> None:
        try:
            result = work()
            ended.put(lambda: result)
        except BaseException as error:  # whatever it is, the one who waits gets it
            ended.put(functools.partial(_raise, error))

    thread = threading.Thread(target=attempt, name=f"describe {located.repo}", daemon=True)
    thread.start()
    try:
        outcome = ended.get(timeout=seconds)
    except queue.Empty:
        # reaches Python code within an instruction; what hangs in C keeps its thread
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(SystemExit))
        raise NodeError(
            f"The code of repo {located.repo!r} did not come back within {seconds:g} s.",
            remedy="Mend the code: importing a block must not compute or wait.", port="repo", code="block_hangs",
        ) from None  # fmt: skip
    return outcome()


def _raise(error: BaseException) -> NoReturn:
    raise error


@contextmanager
def _crashes_remembered(data_dir: Path, located: Located) -> Iterator[None]:
    """Raise NodeError for code that has ended the worker in here twice of late, rather than let it do so again."""
    name = hashlib.sha256(f"{located.repo} {located.commit}".encode()).hexdigest()[:32]
    mark = data_dir / "descriptions" / f"{name}.importing"
    crashes = _crashes(mark)
    if crashes > 1:
        raise NodeError(
            f"The code of repo {located.repo!r} ends the worker when it is imported.",
            remedy=f"Mend the code. This commit is tried again after {CRASH_SECONDS / 60:g} minutes.",
            port="repo", code="block_crashed",
        )  # fmt: skip
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.write_text(str(crashes + 1), encoding="ascii")
    try:
        yield
    finally:
        mark.unlink(missing_ok=True)


def _crashes(mark: Path) -> int:
    """How often in a row, not long ago, the mark was written and nobody came back to remove it."""
    try:
        return 0 if time.time() - mark.stat().st_mtime > CRASH_SECONDS else int(mark.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0
