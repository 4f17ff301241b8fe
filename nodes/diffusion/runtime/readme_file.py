"""Writes README.md of a published repo: how to call its blocks, where components load from, what they take and make."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from diffusers.modular_pipelines.modular_pipeline import ModularPipelineBlocks

from nodes.diffusion.ref import PipelineRef
from nodes.diffusion.runtime.block_file import MARK, described
from nodes.diffusion.runtime.built import Built
from nodes.diffusion.runtime.doc import markdown

_README = """\
---
library_name: diffusers
tags:
- modular-diffusers
---

# {title}

{description}

```python
import torch
from diffusers import ModularPipelineBlocks

blocks = ModularPipelineBlocks.from_pretrained("{name}", trust_remote_code=True)
pipe = blocks.init_pipeline("{source}")
pipe.load_components()

result = pipe({call})
```

In Blockloom: add the node *Custom block* and type `{name}`.

## Components

{components}

{doc}

{mark}.
"""


def readme(
    request: Mapping[str, Any],
    title: str,
    block: ModularPipelineBlocks,
    ref: PipelineRef,
    index: Mapping[str, Any],
    subject: Built,
) -> str:
    outputs = [output.name for output in block.outputs]
    wanted = next((name for name in ("images", "image", "videos", "latents") if name in outputs), None)
    call = [
        f"\n    {text},"
        for text in (*_arguments(block, request["values"]), *([f'output="{wanted}"'] if wanted else []))
    ]
    components = [
        f"- `{name}`: `{entry[2]['pretrained_model_name_or_path']}`"
        + (f", folder `{entry[2]['subfolder']}`" if entry[2]["subfolder"] else "")
        + (f", at `{entry[2]['revision']}`" if entry[2]["revision"] else "")
        for name, entry in index.items()
        if isinstance(entry, list) and len(entry) == 3
    ]
    return _README.format(
        title=title,
        description=described(title, block),
        name=request["name"],
        source=ref.repo,
        call="".join(call) + ("\n" if call else ""),
        components="\n".join(components) or "It needs none.",
        doc=markdown(subject).replace("### ", "## "),
        mark=MARK,
    )


def _arguments(block: ModularPipelineBlocks, values: Mapping[str, Any]) -> Iterable[str]:
    """The call as it was set in the node: what has a value, and what must be given."""
    for param in block.inputs:
        if param.name == "generator":
            yield f"generator=torch.Generator().manual_seed({int(values.get('seed') or 0)})"
        elif param.name and values.get(param.name) is not None:
            yield f"{param.name}={_python(values[param.name])}"
        elif param.name and param.required and param.default is None:
            yield f"{param.name}={param.name}"


def _python(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
