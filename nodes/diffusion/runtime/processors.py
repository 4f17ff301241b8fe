"""Which packages the components of a pipeline need besides: known from their classes, before any of them loads."""

from collections.abc import Iterator
from typing import Any, cast

import transformers
from transformers.processing_utils import MODALITY_TO_AUTOPROCESSOR_MAPPING, ProcessorMixin

from nodes.diffusion.repos import Located
from nodes.diffusion.runtime.blocks import Pipeline
from nodes.diffusion.runtime.foreign import own_components


def needed_packages(pipe: Pipeline, located: Located) -> dict[str, list[str]]:
    """By component, packages that are not installed, as Python imports them, and without which it can't load.

    In place of classes whose packages are not there, transformers exports stand-ins that name them.
    """
    own = own_components(pipe, located)
    found: dict[str, list[str]] = {}
    for name in pipe.pretrained_component_names:
        spec = pipe.get_component_spec(name)
        if name in own or spec.pretrained_model_name_or_path:
            packages = dict.fromkeys(package for cls in _classes(spec.type_hint) for package in _stands_for(cls))
            found |= {name: list(packages)} if packages else {}
    return found


def _classes(cls: Any) -> Iterator[Any]:
    """The class, and those of the parts that a processor is made of."""
    yield cls
    if isinstance(cls, type) and issubclass(cls, ProcessorMixin):
        for part in cast(Any, cls).get_attributes():
            if part in MODALITY_TO_AUTOPROCESSOR_MAPPING:
                yield getattr(transformers, MODALITY_TO_AUTOPROCESSOR_MAPPING[part].__name__)


def _stands_for(cls: Any) -> list[str]:
    """The packages that a stand-in's class would need; none for a class as it is."""
    return list(cls._backends) if getattr(cls, "is_dummy", False) else []
