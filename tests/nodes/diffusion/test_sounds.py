"""Sounds between nodes and blocks: tensors there, with the rate that somebody says."""

from types import SimpleNamespace
from typing import Any

import numpy
import pytest
import torch
from diffusers.configuration_utils import FrozenDict
from diffusers.modular_pipelines.minimax_h3 import MiniMaxH3AudioReference

from engine.errors import NodeError
from nodes.audio.coding import sound_of
from nodes.audio.sound import Sound
from nodes.diffusion.objects import object_value
from nodes.diffusion.ports import look
from nodes.diffusion.runtime.convert import block_value
from nodes.diffusion.runtime.objects import class_facts
from nodes.diffusion.runtime.sounds import missing_rates, rate_of, sounds

WAVE = [[0.0, 0.5, -0.5], [1.0, -1.0, 0.25]]
SOUND = sound_of(WAVE, 8000)


def item(name: str, type: str = "torch.Tensor", **more: Any) -> dict[str, Any]:
    return {"name": name, "type": type, "tuple": False, "default": None, **more}


@pytest.mark.parametrize(
    ("facts", "type"),
    [
        (item("audio", final=True), "list[audio]"),
        (item("audios", "torch.Tensor | numpy.ndarray", final=True), "list[audio]"),
        (item("sound", "", final=True), "list[audio]"),
        (item("audio", final=True, handed_on=True), "tensor"),  # another block takes the tensor that it is
        (item("audio", upstream=True), "tensor"),
        (item("audio", "str", final=True), "string"),
        (item("audio"), "audio"),
        (item("memory_audio_waveforms", "list"), "list[audio]"),
    ],
)
def test_ports_of_sounds(facts: dict[str, Any], type: str) -> None:
    assert look(facts).type == type


@pytest.mark.parametrize(
    ("made", "count", "channels"),
    [
        (torch.tensor([WAVE, WAVE], dtype=torch.bfloat16), 2, 2),
        (torch.tensor(WAVE), 1, 2),
        (numpy.array(WAVE[0]), 1, 1),
        ([torch.tensor([WAVE]), torch.tensor([WAVE])], 2, 2),
    ],
)
def test_a_batch_becomes_a_list_of_sounds(made: Any, count: int, channels: int) -> None:
    assert [(sound.channels, sound.samples, sound.rate) for sound in sounds(made, 8000)] == [
        (channels, 3, 8000)
    ] * count


def test_a_sound_reaches_the_block_as_the_tensor_it_was_made_of() -> None:
    assert torch.equal(block_value(item("audio"), SOUND), torch.tensor(WAVE))
    (first, _) = block_value(item("memory_audio_waveforms", "list"), [SOUND, SOUND])
    assert torch.equal(first, torch.tensor(WAVE))
    with pytest.raises(NodeError, match="audio is no sound"):
        block_value(item("audio"), "rain.wav")


def test_the_rate_of_a_sound_goes_where_the_block_takes_it() -> None:
    names = ["audio", "fps", "sample_rate", "memory_audio_waveforms", "memory_audio_sample_rates"]
    assert missing_rates(names, {"audio": SOUND}) == {"sample_rate": 8000}
    assert missing_rates(names, {"memory_audio_waveforms": [SOUND, SOUND]}) == {"memory_audio_sample_rates": [8000] * 2}
    assert missing_rates(names, {"audio": SOUND, "sample_rate": 7, "memory_audio_sample_rates": 8}) == {}
    assert missing_rates(["audio"], {"audio": SOUND}) == {}


def test_an_object_takes_a_sound_with_its_rate() -> None:
    value = object_value(class_facts(MiniMaxH3AudioReference)["class"], {"audio": SOUND})
    made = block_value(item("references", "list"), value)
    assert (made.sample_rate, made.audio.tolist()) == (8000, WAVE)


def models(**configs: dict[str, Any]) -> Any:
    return SimpleNamespace(
        components={name: SimpleNamespace(config=FrozenDict(config)) for name, config in configs.items()}
    )


def test_the_block_says_the_rate_or_its_last_model_does() -> None:
    pipe = models(audio_vae={"sample_rate": 16000}, vocoder={"output_sampling_rate": 24000}, vae={})
    assert rate_of(pipe, {"sampling_rate": 48000}) == 48000
    assert rate_of(pipe, {"sampling_rate": None}) == 24000
    assert rate_of(models(audio_vae={"sample_rate": 16000}), {}) == 16000
    assert rate_of(models(vae={}), {}) is None


def test_sounds_are_equal_when_their_samples_are() -> None:
    assert isinstance(SOUND, Sound) and sounds(torch.tensor(WAVE), 8000) == [SOUND]
