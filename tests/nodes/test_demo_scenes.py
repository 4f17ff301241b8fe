"""Captions say what the scene shows, in words the tokenizer knows, and the held-out combinations stay held out."""

import random

from nodes.demo.scenes import (
    HELD_OUT_COMBINATIONS,
    caption_scene,
    combinations,
    held_out_captions,
    held_out_combinations,
    random_scene,
    with_strange_words,
)
from nodes.demo.vocabulary import COLOURS, PLACE_WORDS, SHAPES, SIZE_WORDS, words


def test_every_shape_comes_in_every_colour_on_every_other() -> None:
    all_of_them = combinations()
    assert len(set(all_of_them)) == len(all_of_them) == len(SHAPES) * len(COLOURS) * (len(COLOURS) - 1)
    assert all(colour != background for _, colour, background in all_of_them)


def test_held_out_combinations_are_always_the_same() -> None:
    assert held_out_combinations() == held_out_combinations() < set(combinations())
    assert len(held_out_combinations()) == HELD_OUT_COMBINATIONS


def test_held_out_captions_show_held_out_combinations_only() -> None:
    captioned = held_out_captions(50, seed=3)
    assert captioned == held_out_captions(50, seed=3)
    assert {each.scene.combination for each in captioned} <= held_out_combinations()


def test_caption_names_what_it_says_it_names() -> None:
    rng = random.Random(4)
    for _ in range(500):
        scene = random_scene(rng, combinations())
        captioned = caption_scene(rng, scene)
        said = set(captioned.caption.replace(",", " ").split())
        assert {scene.shape, scene.colour, scene.background} <= said
        assert bool(said & set(SIZE_WORDS[scene.size])) == captioned.names_size
        assert bool(said & set(PLACE_WORDS[scene.place])) == captioned.names_place
        assert captioned.names_place or scene.place == "centre"


def test_captions_are_made_of_vocabulary_words() -> None:
    rng = random.Random(5)
    captions = [caption_scene(rng, random_scene(rng, combinations())).caption for _ in range(500)]
    assert set(" ".join(captions).replace(",", " ").split()) <= set(words())


def test_no_word_is_listed_twice() -> None:
    assert len(set(words())) == len(words())


def test_strange_words_leave_the_caption_in_order() -> None:
    caption = "a red circle on a blue background"
    rest = iter(with_strange_words(random.Random(6), caption).split())
    assert all(word in rest for word in caption.split())
