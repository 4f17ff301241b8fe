"""Words of a prompt that a tokenizer does not know."""

import re
from collections.abc import Iterable
from typing import Any

from transformers import PreTrainedTokenizerBase


def unknown_words(tokenizers: Iterable[Any], prompts: Iterable[str]) -> list[str]:
    """The words that some tokenizer maps to its unknown token, in order, each once; punctuation is not counted."""
    texts = list(prompts)
    found = [
        word
        for tokenizer in tokenizers
        if isinstance(tokenizer, PreTrainedTokenizerBase) and tokenizer.unk_token_id is not None
        for text in texts
        if _has_unknown(tokenizer, text)
        for word in re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", text)
        if _has_unknown(tokenizer, word)
    ]
    return list(dict.fromkeys(found))


def _has_unknown(tokenizer: PreTrainedTokenizerBase, text: str) -> bool:
    return tokenizer.unk_token_id in tokenizer(text, add_special_tokens=False, verbose=False).input_ids
