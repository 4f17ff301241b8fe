"""The tokenizer gives each known word one token and lets no other word pass for one."""

from pathlib import Path

import pytest
from transformers import AutoTokenizer, CLIPTokenizer

from nodes.demo.tokenizer import MAX_LENGTH, UNKNOWN, build_tokenizer
from nodes.demo.vocabulary import words


def test_every_word_is_one_token_of_its_own() -> None:
    tokenizer = build_tokenizer()
    ids = [tokenizer(word).input_ids for word in words()]
    assert all(len(each) == 3 for each in ids)
    assert len({each[1] for each in ids}) == len(words())


@pytest.mark.parametrize("text", ["hundred", "reddish", "zyx", "!", "日本"])
def test_other_text_is_nothing_but_unknown_tokens(text: str) -> None:
    tokenizer = build_tokenizer()
    assert set(tokenizer.tokenize(text)) == {UNKNOWN}


def test_case_and_punctuation_do_not_matter() -> None:
    tokenizer = build_tokenizer()
    known = [token for token in tokenizer.tokenize("A Red, circle.\nOn BLUE") if token != UNKNOWN]
    assert [token.lower() for token in known] == ["a", "red", "circle", "on", "blue"]


@pytest.mark.parametrize("loader", [CLIPTokenizer, AutoTokenizer])
def test_saved_tokenizer_loads_as_it_was(loader: type[CLIPTokenizer], tmp_path: Path) -> None:
    build_tokenizer().save_pretrained(tmp_path)
    loaded = loader.from_pretrained(tmp_path)
    text = "a beautiful red circle, on the hundred"
    assert loaded(text).input_ids == build_tokenizer()(text).input_ids
    assert loaded.model_max_length == MAX_LENGTH
