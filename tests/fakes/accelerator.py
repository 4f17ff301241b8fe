"""A node pack with nodes that an accelerator does not like."""

import itertools
import sys
from typing import Annotated

from engine.catalogue.define import Out, definitions_in, node
from engine.catalogue.pack import Pack


@node("test.hungry", title="Hungry", category="Test", lane="gpu", cache="never")
def hungry() -> Annotated[int, Out("bytes")]:
    """Takes one gigabyte of the device's memory after another, until there is no more."""
    import torch

    return len([torch.empty(2**30, dtype=torch.uint8, device="cuda") for _ in itertools.count()])


@node("test.astray", title="Astray", category="Test", lane="gpu", cache="never")
def astray() -> Annotated[int, Out("value")]:
    """Reads where there is nothing: a fault inside a kernel, after which CUDA refuses everything."""
    import torch

    return int(torch.arange(4, device="cuda")[torch.tensor([9], device="cuda")])


_ASKED: list[int] = []


@node("test.tight", title="Tight", category="Test", lane="gpu", cache="never")
def tight() -> Annotated[int, Out("bytes")]:
    """Wants a little more than is free when it is first called: what models hold would do."""
    import torch

    torch.cuda.empty_cache()
    _ASKED.append(_ASKED[0] if _ASKED else torch.cuda.mem_get_info()[0] + 4 * 2**20)
    return torch.empty(_ASKED[0], dtype=torch.uint8, device="cuda").numel()


def load() -> Pack:
    """The entry point of the pack."""
    return Pack(name="test-accelerator", definitions=definitions_in(sys.modules[__name__]))
