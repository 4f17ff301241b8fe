"""Join, template, replace and split."""

from typing import Any

import pytest

from engine.errors import NodeError
from nodes.basics import text


def test_join_keeps_the_order_and_leaves_out_empty_texts() -> None:
    assert text.join(["a cat", " ", "on a mat"]) == "a cat, on a mat"
    assert text.join(["a", "", "b"], separator="\\n", skip_empty=False) == "a\n\nb"
    assert text.join([]) == ""


@pytest.mark.parametrize(
    ("template", "inputs", "expected"),
    [
        ("{a} on {b}", {"a": "a cat", "b": "a mat"}, "a cat on a mat"),
        ("{place}", {"values": {"place": "Rome"}}, "Rome"),
        ("{a}", {"a": "edge", "values": {"a": "mapping"}}, "edge"),
        ("{{a}} {a}", {"a": 1}, "{a} 1"),
        ("{ a }", {"a": 0.5}, "0.5"),
        ("{a} {b}", {"a": True, "b": [1, "ä"]}, 'true [1, "ä"]'),
        ("{a}", {"a": "{b}"}, "{b}"),
        ("{größe}", {"values": {"größe": 3}}, "3"),
        ("plain", {}, "plain"),
    ],
)
def test_template_fills_in_names(template: str, inputs: dict[str, Any], expected: str) -> None:
    assert text.template(template, **inputs) == expected


@pytest.mark.parametrize(
    ("template", "inputs", "message"),
    [
        ("{a} {place}", {"a": 1}, r"'place', which has no value; there are: a\."),
        ("{a.__class__}", {"a": 1}, "not a name in braces"),
        ("{a[0]}", {"a": "x"}, "not a name in braces"),
        ("{a:>999999999}", {"a": "x"}, "not a name in braces"),
        ("{a!r}", {"a": "x"}, "not a name in braces"),
        ("{}", {}, "not a name in braces"),
        ("a { b", {}, "single '{'"),
        ("a } b", {}, "single '}'"),
        ("{a}", {"a": object()}, "no text but a Python object"),
        ("{a}", {"values": [1]}, "not a JSON object"),
        ("{a}" * 10, {"a": "x" * 200_000}, "more than 1,000,000 characters"),
    ],
)
def test_template_refuses(template: str, inputs: dict[str, Any], message: str) -> None:
    with pytest.raises(NodeError, match=message):
        text.template(template, **inputs)


def test_replace_takes_the_text_as_it_stands() -> None:
    assert text.replace("a.b.c", ".", "-") == "a-b-c"
    assert text.replace("a.b", ".") == "ab"


def test_replace_refuses_an_empty_search_and_an_endless_result() -> None:
    with pytest.raises(NodeError, match="nothing to look for"):
        text.replace("abc", "")
    with pytest.raises(NodeError, match="more than 1,000,000 characters"):
        text.replace("a" * 1000, "a", "b" * 2000)


def test_split_gives_one_item_per_line() -> None:
    assert text.split("a cat\n\n  a dog ") == ["a cat", "a dog"]
    assert text.split("a;;b ", separator=";", strip=False) == ["a", "", "b "]
    with pytest.raises(NodeError, match="separator is empty"):
        text.split("abc", separator="")
