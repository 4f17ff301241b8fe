"""Arithmetic: an expression that a person writes, evaluated without `eval`."""

import ast
import math
import operator
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from engine.catalogue.define import In, Out, node
from engine.errors import NodeError

MAX_LENGTH = 1000
"""Characters of an expression."""
MAX_NESTING = 50
"""Levels of operators, calls and parentheses inside each other."""
MAX_RESULT = 2.0**63
"""A whole number beyond it does not fit into a message to other processes."""


@node(
    "math.expression",
    title="Expression",
    category="Math",
    lane="inline",
    keywords=["calculate", "formula", "add", "subtract", "multiply", "divide", "compare", "round"],
)
def expression(
    expression: Annotated[
        str,
        In("A formula with a, b, c and d: a * 2 + 1, round(a / 8) * 8, a if b > 0 else c", placeholder="a + b"),
    ],
    a: Annotated[float, In("The number a")] = 0.0,
    b: Annotated[float, In("The number b")] = 0.0,
    c: Annotated[float, In("The number c")] = 0.0,
    d: Annotated[float, In("The number d")] = 0.0,
) -> tuple[
    Annotated[float, Out("result", "The result")],
    Annotated[int, Out("rounded", "The result as a whole number; halves go to the even neighbour")],
    Annotated[bool, Out("is_true", "Whether the result is not zero; comparisons give 1 or 0")],
]:
    """Calculate with numbers.

    Operators: + - * / // % ** == != < <= > >= and or not, and `x if condition else y`. Functions: min max abs round
    floor ceil sqrt sin cos tan log exp clamp(x, low, high) lerp(from, to, t). Constants: pi, e. Angles are in radians.
    """
    result = evaluate(expression, {"a": a, "b": b, "c": c, "d": d})
    return result, round(result), result != 0


def evaluate(expression: str, variables: Mapping[str, float]) -> float:
    """The value of `expression`. Raises NodeError for anything but arithmetic on finite numbers.

    All numbers are floats, so each operation takes constant time: 9**9**9 overflows at once instead of filling memory.
    """
    try:
        result = _Evaluator(variables).value(_parse(expression), 0)
    except ZeroDivisionError:
        raise _wrong("The expression divides by zero.", "Check the divisor.") from None
    except OverflowError:
        raise _wrong("A number in the expression becomes too large.", "Use smaller numbers.") from None
    except ValueError as error:
        raise _wrong(f"The expression has no value here: {error}.", "Check what functions and ** are given.") from None
    if not abs(result) <= MAX_RESULT:  # also catches NaN
        raise _wrong(f"The result, {result:g}, is too large or no number.", "Use smaller numbers.")
    return result


def _parse(expression: str) -> ast.expr:
    if not expression.strip():
        raise _wrong("The expression is empty.", "Write a formula such as a + b.")
    if len(expression) > MAX_LENGTH:
        raise _wrong(f"The expression has more than {MAX_LENGTH} characters.", "Split it over several nodes.")
    try:
        return ast.parse(expression.strip(), mode="eval").body
    except SyntaxError as error:
        place = f" at character {error.offset}" if error.offset else ""
        raise _wrong(f"The expression cannot be read{place}: {error.msg}.", "Mend the formula.") from None
    except (ValueError, RecursionError, MemoryError):  # NUL characters; too many levels for the parser
        raise _wrong("The expression cannot be read.", "Write a simpler formula.") from None


def _round(number: float, digits: float = 0.0) -> float:
    return round(number, int(digits))


def _clamp(number: float, low: float, high: float) -> float:
    return max(low, min(high, number))


def _lerp(start: float, end: float, t: float) -> float:
    return start + (end - start) * t


_CONSTANTS = {"pi": math.pi, "e": math.e}

_FUNCTIONS: dict[str, tuple[Callable[..., float], int, int]] = {
    "min": (min, 2, 100), "max": (max, 2, 100), "abs": (abs, 1, 1), "round": (_round, 1, 2),
    "floor": (math.floor, 1, 1), "ceil": (math.ceil, 1, 1), "sqrt": (math.sqrt, 1, 1), "sin": (math.sin, 1, 1),
    "cos": (math.cos, 1, 1), "tan": (math.tan, 1, 1), "log": (math.log, 1, 2), "exp": (math.exp, 1, 1),
    "clamp": (_clamp, 3, 3), "lerp": (_lerp, 3, 3),
}  # fmt: skip
"""Name → function, fewest and most arguments."""

_OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod,
    ast.Pow: math.pow,  # the operator would give complex numbers
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le,
    ast.Gt: operator.gt, ast.GtE: operator.ge,
    ast.UAdd: operator.pos, ast.USub: operator.neg, ast.Not: operator.not_,
}  # fmt: skip


class _Evaluator:
    """Walks the tree of one expression; `and`, `or` and `if` leave out what they do not need."""

    def __init__(self, variables: Mapping[str, float]) -> None:
        self._names = {**_CONSTANTS, **{name: float(value) for name, value in variables.items()}}

    def value(self, tree: ast.expr, level: int) -> float:
        if level > MAX_NESTING:
            raise _wrong(f"The expression is nested deeper than {MAX_NESTING} levels.", "Split it over several nodes.")
        match tree:
            case ast.Constant(value=bool() | int() | float() as number):
                return float(number)
            case ast.Name(id=name):
                return self._variable(name)
            case ast.UnaryOp(op=sign, operand=operand):
                return float(_operator(sign)(self.value(operand, level + 1)))
            case ast.BinOp(left=left, op=sign, right=right):
                return float(_operator(sign)(self.value(left, level + 1), self.value(right, level + 1)))
            case ast.Compare():
                return float(self._compare(tree, level + 1))
            case ast.BoolOp(op=sign, values=operands):
                return self._either(operands, isinstance(sign, ast.Or), level + 1)
            case ast.IfExp(test=test, body=body, orelse=other):
                return self.value(body if self.value(test, level + 1) else other, level + 1)
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                return self._call(name, arguments, level + 1)
        source = ast.unparse(tree)[:60]
        raise _wrong(f"The expression holds {source!r}, which is no arithmetic.", "Use numbers, names and functions.")

    def _variable(self, name: str) -> float:
        if name not in self._names:
            raise _wrong(f"The expression names {name!r}, which is unknown.", f"There are: {', '.join(self._names)}.")
        return self._names[name]

    def _compare(self, tree: ast.Compare, level: int) -> bool:
        left = self.value(tree.left, level)
        for sign, operand in zip(tree.ops, tree.comparators, strict=True):
            right = self.value(operand, level)
            if not _operator(sign)(left, right):
                return False
            left = right
        return True

    def _either(self, operands: list[ast.expr], stop_at: bool, level: int) -> float:
        for operand in operands[:-1]:
            if bool(value := self.value(operand, level)) is stop_at:
                return value
        return self.value(operands[-1], level)

    def _call(self, name: str, arguments: list[ast.expr], level: int) -> float:
        if name not in _FUNCTIONS:
            raise _wrong(f"The expression calls {name!r}, which is unknown.", f"There are: {', '.join(_FUNCTIONS)}.")
        function, fewest, most = _FUNCTIONS[name]
        if not fewest <= len(arguments) <= most:
            wanted = str(fewest) if fewest == most else f"{fewest} to {most}"
            raise _wrong(f"{name} takes {wanted} numbers; it got {len(arguments)}.", "Mend the call.")
        return float(function(*(self.value(argument, level) for argument in arguments)))


def _operator(sign: ast.AST) -> Callable[..., Any]:
    if type(sign) not in _OPERATORS:
        raise _wrong(f"The expression uses an unknown operator, {type(sign).__name__}.", "Use + - * / // % **.")
    return _OPERATORS[type(sign)]


def _wrong(message: str, remedy: str) -> NodeError:
    return NodeError(message, remedy=remedy, port="expression")
