"""What a demo picture shows, and how a caption says it."""

import itertools
import random
from dataclasses import dataclass
from typing import Final

from nodes.demo.vocabulary import COLOURS, FILLERS, PLACE_WORDS, PLACES, SHAPES, SIZE_WORDS, SIZES

HELD_OUT_SEED: Final = 20
HELD_OUT_COMBINATIONS: Final = 40

Combination = tuple[str, str, str]
"""Shape, its colour, the background's colour."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One shape on a plain background."""

    shape: str
    colour: str
    background: str
    size: str
    place: str

    @property
    def combination(self) -> Combination:
        return self.shape, self.colour, self.background


@dataclass(frozen=True, kw_only=True)
class Captioned:
    """A caption with the scene it asks for, and which of the scene's properties it names."""

    caption: str
    scene: Scene
    names_size: bool
    names_place: bool


def combinations() -> list[Combination]:
    """Every shape in every colour on every other colour, in a fixed order."""
    return [(shape, *pair) for shape in SHAPES for pair in itertools.permutations(COLOURS, 2)]


def held_out_combinations() -> frozenset[Combination]:
    """The combinations which no training picture and no training caption shows."""
    return frozenset(random.Random(HELD_OUT_SEED).sample(combinations(), HELD_OUT_COMBINATIONS))


def random_scene(rng: random.Random, allowed: list[Combination]) -> Scene:
    """A scene of one of the allowed combinations; two in five are in the centre."""
    shape, colour, background = rng.choice(allowed)
    place = "centre" if rng.random() < 0.25 else rng.choice(list(PLACES))
    return Scene(shape=shape, colour=colour, background=background, size=rng.choice(list(SIZES)), place=place)


def caption_scene(rng: random.Random, scene: Scene) -> Captioned:
    """One of the phrasings for a scene. The size may stay unnamed; of the places, only the centre may."""
    names_size = rng.random() < 0.6
    names_place = scene.place != "centre" or rng.random() < 0.35
    size = f"{rng.choice(SIZE_WORDS[scene.size])} " if names_size else ""
    thing = f"{size}{scene.colour} {scene.shape}"
    place = rng.choice(PLACE_WORDS[scene.place]) if names_place else ""
    caption = _phrase(rng, thing, f"{scene.background} background", scene.place, place)
    return Captioned(caption=caption, scene=scene, names_size=names_size, names_place=names_place)


def training_caption(rng: random.Random, scene: Scene) -> str:
    """What the model learns from: full captions, some that leave things open, some that say nothing at all."""
    chance = rng.random()
    if chance < 0.03:
        return " ".join(_gibberish(rng) for _ in range(rng.choice((0, 0, 1, 2, 3))))
    caption = _open_caption(rng, scene) if chance < 0.11 else caption_scene(rng, scene).caption
    return with_strange_words(rng, caption) if rng.random() < 0.12 else caption


def with_strange_words(rng: random.Random, caption: str) -> str:
    """The caption with one to three words put in that mean nothing: known fillers, or letters which make no word."""
    parts = caption.split(" ")
    for _ in range(rng.randint(1, 3)):
        filler = rng.choice(FILLERS) if rng.random() < 0.5 else _gibberish(rng)
        parts.insert(rng.randint(0, len(parts)), filler)
    return " ".join(parts)


def held_out_captions(count: int, seed: int) -> list[Captioned]:
    """Captions of held-out combinations, the same for the same count and seed."""
    rng = random.Random(seed)
    held_out = sorted(held_out_combinations())
    return [caption_scene(rng, random_scene(rng, held_out)) for _ in range(count)]


def _open_caption(rng: random.Random, scene: Scene) -> str:
    """A caption without the background, or with nothing but one property."""
    if rng.random() < 0.7:
        thing = _article(f"{scene.colour} {scene.shape}")
        place = rng.choice(PLACE_WORDS[scene.place])
        return thing if scene.place == "centre" else f"{thing} {_where(rng, scene.place, place)}"
    return rng.choice((_article(scene.shape), scene.shape, f"{scene.background} background"))


def _phrase(rng: random.Random, thing: str, background: str, place: str, place_word: str) -> str:
    comma = rng.choice((",", "", ""))
    if not place_word:
        return rng.choice(
            (
                f"{_article(thing)} on {_article(background)}",
                f"{_article(thing)} on {_article(background)}",
                f"{thing} on {background}",
                f"{_article(thing)}{comma} {background}",
                f"{thing}{comma} {background}",
                f"{_article(background)} with {_article(thing)}",
                f"{background} with {_article(thing)}",
                f"{background}{comma} {thing}",
            )
        )
    where = _where(rng, place, place_word)
    return rng.choice(
        (
            f"{_article(thing)} {where} of {_article(background)}",
            f"{_article(thing)} {where} of {_article(background)}",
            f"{_article(thing)} {where} on {_article(background)}",
            f"{_article(thing)} on {_article(background)} {where}",
            f"{thing} {where}{comma} {background}",
            f"{thing}{comma} {place_word}{comma} {background}",
            f"{_article(background)} with {_article(thing)} {where}",
            f"{background} with {_article(thing)} {where}",
            f"{background}{comma} {thing}{comma} {place_word}",
        )
    )


def _where(rng: random.Random, place: str, word: str) -> str:
    if place in ("left", "right"):
        return rng.choice((f"on the {word}", f"on the {word}", f"at the {word}", f"on the {word} side"))
    return rng.choice((f"at the {word}", f"in the {word}")) if place != "centre" else f"in the {word}"


def _article(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


def _gibberish(rng: random.Random) -> str:
    return "".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(2, 12)))
