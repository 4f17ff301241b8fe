"""The expression node: what it calculates, and what it refuses."""

import math

import pytest

from engine.errors import NodeError
from nodes.basics.math import evaluate, expression

VARIABLES = {"a": 3.0, "b": 4.0, "c": 0.0, "d": -2.5}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", 7.0),
        ("(a + b) / 2", 3.5),
        ("7 // 2 + 7 % 4", 6.0),
        ("-a ** 2", -9.0),
        ("2 ** 3 ** 2", 512.0),
        ("a < b <= 4", 1.0),
        ("a < b > 9", 0.0),
        ("not a", 0.0),
        ("c or b", 4.0),
        ("c and 1 / c", 0.0),
        ("b if a > 2 else 1 / c", 4.0),
        ("min(a, b, d) + max(1, 2) + abs(d)", 2.0),
        ("round(d) + floor(d) + ceil(d)", -7.0),
        ("round(1.23456, 2)", 1.23),
        ("sqrt(b) + exp(0) + log(e) + log(8, 2)", 7.0),
        ("sin(pi / 2) + cos(0) + tan(0)", 2.0),
        ("clamp(9, 0, 5) + lerp(10, 20, 0.5)", 20.0),
        ("round(1000 / 64) * 64", 1024.0),
        ("True + 1", 2.0),
        ("9007199254740991", 9007199254740991.0),
    ],
)
def test_calculates(text: str, expected: float) -> None:
    assert evaluate(text, VARIABLES) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("9 ** 9 ** 9", "too large"),
        ("10 ** 30", "too large"),
        ("1e999", "too large"),
        ("exp(1000)", "too large"),
        ("1 / c", "divides by zero"),
        ("1 % c", "divides by zero"),
        ("sqrt(0 - 1)", "has no value here"),
        ("(0 - 8) ** 0.5", "has no value here"),
        ("log(0)", "has no value here"),
        ("1e308 * 10 - 1e308 * 10", "no number"),
        ("", "empty"),
        ("1 +", "cannot be read"),
        ("1\0", "cannot be read"),
        ("x + 1", "'x', which is unknown"),
        ("open(1)", "'open', which is unknown"),
        ("abs()", "takes 1 numbers"),
        ("clamp(1, 2)", "takes 3 numbers"),
        ("'a' * 9", "no arithmetic"),
        ("a.real", "no arithmetic"),
        ("[1, 2][0]", "no arithmetic"),
        ("(lambda: 1)()", "no arithmetic"),
        ("__import__('os').system('true')", "no arithmetic"),
        ("max(1, *[2])", "no arithmetic"),
        ("round(number=1)", "no arithmetic"),
        ("1 if a in b else 2", "unknown operator"),
        ("1 << 99999", "unknown operator"),
        ("~1", "unknown operator"),
        ("1" + "+1" * 600, "more than 1000 characters"),
        ("1" + "+1" * 200, "nested deeper"),
        ("-" * 900 + "1", "nested deeper|cannot be read"),
        ("(" * 900 + "1", "cannot be read"),
    ],
)
def test_refuses(text: str, message: str) -> None:
    with pytest.raises(NodeError, match=message) as caught:
        evaluate(text, VARIABLES)
    assert caught.value.problems[0].port == "expression"
    assert caught.value.problems[0].remedy


def test_gives_the_result_as_a_float_a_whole_number_and_a_truth() -> None:
    assert expression("a * 1.5", a=3) == (4.5, 4, True)
    assert expression("a > b", a=1.0, b=2.0) == (0.0, 0, False)
    assert math.copysign(1, expression("0 * 1")[0]) == 1
