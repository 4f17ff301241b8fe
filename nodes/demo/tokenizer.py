"""The demo model's tokenizer: one token for each word it knows, one for each letter of any other."""

from typing import Final

from tokenizers import AddedToken
from transformers import CLIPTokenizer

from nodes.demo.vocabulary import words

START: Final = "<|startoftext|>"
END: Final = "<|endoftext|>"
UNKNOWN: Final = "<|unknown|>"
MAX_LENGTH: Final = 48


def build_tokenizer() -> CLIPTokenizer:
    """A CLIPTokenizer without merges, whose words are added tokens.

    Byte pair merges would not do: they know no start of a word, so that "hundred" would end in the token of "red".
    Added tokens match whole words only, in either case, and survive `save_pretrained`.
    """
    tokenizer = CLIPTokenizer(
        vocab={START: 0, END: 1, UNKNOWN: 2},
        merges=[],
        unk_token=UNKNOWN,
        bos_token=START,
        eos_token=END,
        pad_token=END,
        model_max_length=MAX_LENGTH,
    )
    tokenizer.add_tokens([AddedToken(word, single_word=True, normalized=True) for word in words()])
    return tokenizer
