"""Load pipeline: its ref and its interface follow from the repo's description; nothing heavy is imported for that."""

import subprocess
import sys
from typing import Any

import pytest

from engine.catalogue.define import NodeView
from engine.catalogue.spec import Need
from engine.errors import NodeError
from nodes.diffusion.pipeline import resolve

NEED = Need(subject="diffusion.repo", request={"repo": "org/name", "revision": None})
DESCRIPTION = {"repo": "org/name", "commit": "c0ffee", "workflows": ["text2image", "inpainting"], "guidance_scale": 7.5}
REF = {"kind": "pipeline", "repo": "org/name", "commit": "c0ffee", "workflow": "text2image"}


def view(params: dict[str, Any], description: dict[str, Any] | None = DESCRIPTION, **lock: str) -> NodeView:
    descriptions = {NEED.key: description} if description else {}
    return NodeView(params=params, known={}, connected=frozenset(), descriptions=descriptions, lock=lock)


REFS = {
    "defaults": ({}, REF),
    "workflow": ({"workflow": "inpainting"}, REF | {"workflow": "inpainting"}),
    "guidance": ({"guidance_scale": 3}, REF | {"guidance_scale": 3.0}),
    "precision": ({"dtype": "float16", "device": "cpu"}, REF | {"dtype": "float16", "device": "cpu"}),
    "empty variant": ({"variant": ""}, REF),
}


@pytest.mark.parametrize("case", REFS)
def test_ref(case: str) -> None:
    params, ref = REFS[case]
    assert resolve(view({"repo": "org/name"} | params)).outputs == {"pipeline": ref}


WRONG = {
    "workflow": ({"workflow": "video"}, "org/name has no workflow 'video'."),
    "dtype": ({"dtype": "int8"}, None),
    "guidance_scale": ({"guidance_scale": float("nan")}, None),
}


@pytest.mark.parametrize("port", WRONG)
def test_wrong_param_is_named(port: str) -> None:
    params, message = WRONG[port]
    with pytest.raises(NodeError) as caught:
        resolve(view({"repo": "org/name"} | params))
    assert caught.value.problems[0].port == port
    assert message in (None, caught.value.problems[0].message)


def test_interface_is_pending_until_the_repo_is_described() -> None:
    assert resolve(view({"repo": "org/name"}, None)).interface.needs == (NEED,)


def test_revision_comes_from_the_name_or_else_from_the_lock() -> None:
    named = resolve(view({"repo": "org/name@v2"}, None, **{"org/name": "abc"})).interface.needs[0]
    locked = resolve(view({"repo": "org/name"}, None, **{"org/name": "abc"})).interface.needs[0]
    assert (named.request["revision"], locked.request["revision"]) == ("v2", "abc")


def test_guidance_is_offered_only_where_there_is_a_guider() -> None:
    without = resolve(view({"repo": "org/name"}, DESCRIPTION | {"guidance_scale": None})).interface
    assert without.input("guidance_scale") is None
    assert resolve(view({"repo": "org/name"})).interface.input("guidance_scale") is not None


def test_neither_definitions_nor_worker_side_import_torch() -> None:
    code = (
        "import sys; from pathlib import Path; from nodes.diffusion import pack;"
        "from engine.catalogue.pack import WorkerFacts; pack.definitions();"
        "side = pack.worker_side(WorkerFacts(data_dir=Path(), input_dir=Path(), output_dir=Path()));"
        "assert not side.kinds[0].owns(3) and side.models.models() == [] and side.models.device()[0] == 'cpu';"
        "assert not {'torch', 'diffusers', 'transformers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
