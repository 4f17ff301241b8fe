"""Loading and saving graph documents."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import GraphError, Problem
from engine.graph import document
from engine.graph.document import Edge, Graph, Node, Position, compact_graph, dump_graph, load_graph

FULL = {
    "format": "blockloom/1",
    "name": "Text to image",
    "nodes": [
        {"id": "load", "type": "diffusion.pipeline", "params": {"a": "b", "x": None}, "position": {"x": 1.5, "y": 2}},
        {"id": "show", "type": "image.preview", "mode": "muted", "title": "Mine", "size": {"width": 200}},
    ],
    "edges": [{"source": "load", "sourceHandle": "a", "target": "show", "targetHandle": "b", "colour": "red"}],
    "lock": {"repos": {"demo": {"commit": "abc", "approved": True}}, "made": "today"},
    "view": {"viewport": {"x": 0, "y": 0, "zoom": 1}, "notes": ["ä"]},
}


def nodes(*items):
    return {"format": "blockloom/1", "nodes": list(items)}


def test_nothing_is_lost_on_the_way_through():
    graph = load_graph(FULL)
    text = dump_graph(graph)
    assert load_graph(text) == graph and dump_graph(load_graph(text.encode())) == text
    assert json.loads(text) == FULL


def test_a_byte_order_mark_is_welcome():
    assert load_graph(b"\xef\xbb\xbf" + json.dumps(FULL).encode()) == load_graph(FULL)


TEXTS = {
    "cut off": ('{"format": "blockloom/1",\n "nodes": [', r"not valid JSON \(line 2, column 12\): Expecting value"),
    "empty": ("", r"line 1, column 1"),
    "NaN": ('{"format": "blockloom/1", "view": {"a": NaN}}', "holds NaN"),
    "infinity": ('{"format": "blockloom/1", "view": {"a": -Infinity}}', "holds -Infinity"),
    "number too large for a float": (
        '{"format": "blockloom/1", "view": {"a": 1e999}}', "The graph, field 'view.a': it is infinite",
    ),
    "thousands of digits": (f'{{"a": {"9" * 5000}}}', "integer beyond 64 bits"),
    "not UTF-8": (b'{"format": "\xff"}', r"not UTF-8 text \(byte 12\)"),
    "a list": ("[]", "is a JSON object; this is a list"),
    "deep": ("[" * 100_000, "nested too deeply"),
    "deeper than the limit": ('{"view": ' + '{"a":' * 80 + "1" + "}" * 81, "nested deeper than 64 levels"),
    "no format": ("{}", "does not say its format"),
    "newer format": ('{"format": "blockloom/2"}', "reads formats up to blockloom/1. Update Blockloom"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "message"), TEXTS.values(), ids=TEXTS)
def test_unreadable_texts(text, message):
    with pytest.raises(GraphError, match=message):
        load_graph(text)


FIELDS = {
    "no type": (nodes({"id": "a"}), Problem(code="bad_graph", message="Node a has no 'type'.", node="a")),
    "no id": (nodes({"type": "t"}), Problem(code="bad_graph", message="The node nodes[0] has no 'id'.")),
    "bad id": (
        nodes({"id": "a b", "type": "t"}),
        Problem(
            code="bad_graph", node="a b",
            message="Node a b has the id 'a b'; an id is 1 to 64 letters, digits, - and _.",
        ),
    ),
    "not a node": (nodes(5), Problem(code="bad_graph", message="The node nodes[0] is 5; it must be an object.")),
    "bad mode": (
        nodes({"id": "a", "type": "t", "mode": "off"}),
        Problem(code="bad_graph", message="Node a has 'off' as 'mode'; it must be 'bypassed' or 'muted'.", node="a"),
    ),
    "bad params": (
        nodes({"id": "a", "type": "t", "params": []}),
        Problem(code="bad_graph", message="Node a has a list as 'params'; it must be an object.", node="a"),
    ),
    "bad position": (
        nodes({"id": "a", "type": "t", "position": {"x": "left"}}),
        Problem(code="bad_graph", message="Node a has 'left' as 'position.x'; it must be a number.", node="a"),
    ),
    "bad edge": (
        {"format": "blockloom/1", "edges": [{"source": "a", "sourceHandle": "b", "target": "c"}]},
        Problem(code="bad_graph", message="The edge edges[0] has no 'targetHandle'."),
    ),
    "unknown field": (
        {"format": "blockloom/1", "links": []},
        Problem(code="bad_graph", message="The graph has a field 'links' that the format does not know."),
    ),
    "nodes is no list": (
        {"format": "blockloom/1", "nodes": {}},
        Problem(code="bad_graph", message="The graph has an object as 'nodes'; it must be a list."),
    ),
    "NaN": (
        nodes({"id": "a", "type": "t", "params": {"seed": float("nan")}}),
        Problem(code="not_finite", message="a.seed is NaN, which JSON does not have.", node="a", port="seed"),
    ),
    "huge number": (
        nodes({"id": "a", "type": "t", "params": {"seeds": [1, 2**64]}}),
        Problem(code="too_large", message="a.seeds is an integer beyond 64 bits (at [1]).", node="a", port="seeds"),
    ),
    "long text": (
        nodes({"id": "a", "type": "t", "params": {"prompt": "x" * 1_000_001}}),
        Problem(
            code="too_long", message="a.prompt is a text of more than 1,000,000 bytes.", node="a", port="prompt",
            remedy="Upload it as an artifact and use its id.",
        ),
    ),
    "half a character": (
        nodes({"id": "a", "type": "t", "params": {"prompt": "\ud800"}}),
        Problem(
            code="not_text", message="a.prompt holds half of a character (a lone surrogate).", node="a", port="prompt",
        ),
    ),
    "not JSON": (
        nodes({"id": "a", "type": "t", "params": {"x": {1, 2}}}),
        Problem(code="not_json", message="a.x is a Python set, which is not JSON data.", node="a", port="x"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("data", "problem"), FIELDS.values(), ids=FIELDS)
def test_bad_fields(data, problem):
    with pytest.raises(GraphError) as caught:
        load_graph(data)
    assert caught.value.problems == (problem,)


def test_all_problems_are_told_at_once():
    with pytest.raises(GraphError) as caught:
        load_graph(nodes({"id": "a"}, {"type": "t"}))
    assert [problem.message for problem in caught.value.problems] == [
        "Node a has no 'type'.", "The node nodes[1] has no 'id'.",
    ]  # fmt: skip


def test_a_document_of_100_mb_is_refused_by_its_size():
    with pytest.raises(GraphError, match="has 100 MB; at most 64 MB are read"):
        load_graph(b" " * (100 * 2**20))


@pytest.mark.parametrize("field", ["nodes", "edges"])
def test_counts_are_limited(monkeypatch, field):
    monkeypatch.setattr(document, f"MAX_{field.upper()}", 3)
    with pytest.raises(GraphError, match=f"The graph has 4 {field}; at most 3 are read"):
        load_graph({"format": "blockloom/1", field: [{}] * 4})


names = st.text("abc_-1", min_size=1, max_size=8)
numbers = st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
plain = st.recursive(
    st.none() | st.booleans() | numbers | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
some_nodes = st.builds(
    lambda id, type, params, mode, x, title: Node(
        id=id, type=type, params=params, mode=mode, position=Position(x=x), title=title
    ),
    names, names, st.dictionaries(names, plain, max_size=3), st.sampled_from([None, "bypassed", "muted"]),
    st.floats(-1e6, 1e6), st.text(),
)  # fmt: skip
some_edges = st.builds(Edge, source=names, sourceHandle=names, target=names, targetHandle=names)


@given(st.lists(some_nodes, max_size=4), st.lists(some_edges, max_size=4), st.dictionaries(st.text(), plain))
def test_any_graph_survives_saving_and_loading(nodes, edges, view):
    graph = Graph(nodes=nodes, edges=edges, view=view)
    text = dump_graph(graph)
    assert load_graph(text) == graph and dump_graph(load_graph(text)) == text
    assert load_graph(compact_graph(graph)) == graph and "\n" not in compact_graph(graph)
