"""Overrides replace params of a graph, or say exactly why they cannot."""

import pytest

from engine.errors import GraphError, Problem
from engine.graph.overrides import apply_overrides, unknown_overrides
from tests.engine.graph.drawings import compiled, draw

GRAPH = draw("encode:text p:params encode.text>p.name", encode={"text": "old"}, p={"steps": 3})


def test_a_copy_gets_the_values():
    changed = apply_overrides(GRAPH, {"encode.text": "new", "p.steps": 5, "p.data": {"a": [1]}})
    assert [node.params for node in changed.nodes] == [{"text": "new"}, {"steps": 5, "data": {"a": [1]}}]
    assert [node.params for node in GRAPH.nodes] == [{"text": "old"}, {"steps": 3}]
    assert changed.edges == GRAPH.edges


REFUSED = {
    "no dot": ({"text": 1}, Problem(
        code="bad_override", message="The override 'text' does not name a param.",
        remedy="Write it as node.param, like encode.prompt.",
    )),
    "no param": ({"encode.": 1}, Problem(
        code="bad_override", message="The override 'encode.' does not name a param.",
        remedy="Write it as node.param, like encode.prompt.",
    )),
    "unknown node": ({"encoder.text": 1}, Problem(
        code="unknown_node", message="There is no node 'encoder' to override.", remedy="Did you mean 'encode'?",
    )),
    "unlike any node": ({"zzz.text": 1}, Problem(
        code="unknown_node", message="There is no node 'zzz' to override.", remedy="The graph's nodes are encode, p.",
    )),
    "connected": ({"p.name": "x"}, Problem(
        code="override_connected", message="It cannot be overridden, since the input is connected.", node="p",
        port="name", remedy="Remove the edge first.",
    )),
    "NaN": ({"p.scale": float("nan")}, Problem(
        code="not_finite", message="The override's value is NaN, which JSON does not have.", node="p", port="scale",
    )),
}  # fmt: skip


@pytest.mark.parametrize(("overrides", "problem"), REFUSED.values(), ids=REFUSED)
def test_refused(overrides, problem):
    with pytest.raises(GraphError) as caught:
        apply_overrides(GRAPH, overrides)
    assert caught.value.problems == (problem,)


def test_an_override_of_an_unknown_param_is_an_error_and_a_leftover_is_not():
    problems = compiled("p:params", p={"stepz": 1, "old": 2}).problems
    found = unknown_overrides({"p.stepz": 1, "p.steps": 2}, problems)
    assert [(problem.severity, problem.port) for problem in found] == [("error", "stepz")]
    assert str(found[0]) == "p.stepz: There is no param to override: p has no input 'stepz'. Did you mean 'steps'?"
