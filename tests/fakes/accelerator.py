"""A node pack with nodes that an accelerator does not like."""

import ctypes
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
_CACHED: list[int] = []


@node("test.tight", title="Tight", category="Test", lane="gpu", cache="never")
def tight() -> Annotated[int, Out("bytes")]:
    """Wants a little more than is free when it is first called: what models hold would do."""
    import torch

    torch.cuda.empty_cache()
    _ASKED.append(_ASKED[0] if _ASKED else torch.cuda.mem_get_info()[0] + 1)
    return torch.empty(_ASKED[0], dtype=torch.uint8, device="cuda").numel()


@node("test.driver", title="Driver", category="Test", lane="gpu", cache="never")
def driver() -> Annotated[int, Out("status")]:
    """Asks the driver itself for half a gigabyte, as libraries beside torch do; at first torch has nearly all."""
    import torch

    if not _CACHED:
        _CACHED.append(torch.empty(torch.cuda.mem_get_info()[0] - 2**28, dtype=torch.uint8, device="cuda").numel())
    libcuda, address = ctypes.CDLL("libcuda.so.1"), ctypes.c_uint64()
    if status := libcuda.cuMemAlloc_v2(ctypes.byref(address), ctypes.c_size_t(2**29)):
        raise RuntimeError(f"CUDA error: out of memory ({status})")
    return int(libcuda.cuMemFree_v2(address))


def load() -> Pack:
    """The entry point of the pack."""
    return Pack(name="test-accelerator", definitions=definitions_in(sys.modules[__name__]))
