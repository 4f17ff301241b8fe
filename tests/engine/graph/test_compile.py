"""Compile: what is wrong with a graph, which types flow, and what runs."""

import pytest

from engine.catalogue.catalogue import Catalogue
from engine.errors import Problem
from engine.graph.compile import Source, compile_graph
from engine.graph.document import Edge, Graph, Lock, LockedRepo, Node
from tests.engine.graph.drawings import CALLS, CATALOGUE, DYNAMIC_NODE, compiled, draw, told

STRUCTURE = {
    # a ──> b
    "fine": ("a:image b:invert a.image>b.image", []),
    "unknown type": ("a:imagee", ["unknown_type a"]),
    "unknown type takes its edges along": ("a:nix b:invert a.x>b.image", ["unknown_type a"]),
    "edge from nowhere": ("b:invert z.image>b.image", ["unknown_node b.image"]),
    "edge to nowhere": ("a:image a.image>z.image", ["unknown_node a.image"]),
    "edge between nothing": ("a:image y.image>z.image", ["unknown_node"]),
    "no such output": ("a:image b:invert a.picture>b.image", ["unknown_port b.image"]),
    "no such input": ("a:image b:invert a.image>b.image a.image>b.picture", ["unknown_port b.picture"]),
    "two edges on one input": ("a:image b:invert a.image>b.image a.image>b.image", ["too_many_edges b.image"]),
    "many edges where many are welcome": ("a:image b:images c:sheet a.image>c.images b.images>c.images", []),
    "missing input": ("b:invert", ["missing_input b.image"]),
    "wrong type": ("a:latents b:invert a.latents>b.image", ["wrong_type b.image"]),
    # a ──> b ──> c
    # └───────────┘
    "cycle": ("a:invert b:invert c:invert a.image>b.image b.image>c.image c.image>a.image", ["cycle a"]),
    "self loop": ("a:invert a.image>a.image", ["cycle a"]),
    "two nodes, one id": ("a:image a:images b:invert a.image>b.image", ["duplicate_id a"]),
}


@pytest.mark.parametrize(("drawing", "expected"), STRUCTURE.values(), ids=STRUCTURE)
def test_structure(drawing, expected):
    assert told(compiled(drawing)) == expected


PARAMS = {
    "int for float": ({"scale": 3}, []),
    "null is the default": ({"steps": None}, []),
    "list": ({"sizes": [1, 2]}, []),
    "ref": ({"lora": {"repo": "x"}}, []),
    "json": ({"data": [{"a": [None, True, 1.5]}]}, []),
    "text for int": ({"steps": "20"}, ["wrong_type p.steps"]),
    "bool for int": ({"steps": True}, ["wrong_type p.steps"]),
    "float for int": ({"steps": 20.0}, ["wrong_type p.steps"]),
    "int for bool": ({"flag": 1}, ["wrong_type p.flag"]),
    "number for text": ({"name": 1}, ["wrong_type p.name"]),
    "text for ref": ({"lora": "x"}, ["wrong_type p.lora"]),
    "number for list": ({"sizes": 3}, ["wrong_type p.sizes"]),
    "text in list": ({"sizes": [1, "2"]}, ["wrong_type p.sizes"]),
    "too small": ({"steps": 0}, ["out_of_range p.steps"]),
    "too large": ({"steps": 151}, ["out_of_range p.steps"]),
    "beyond 64 bits": ({"sizes": [2**64]}, ["out_of_range p.sizes"]),
    "huge integer for a float": ({"scale": 10**400}, ["out_of_range p.scale"]),
    "not an option": ({"mode": "stretch"}, ["not_an_option p.mode"]),
    "NaN": ({"scale": float("nan")}, ["not_finite p.scale"]),
    "infinity deep inside": ({"data": {"a": [float("inf")]}}, ["not_finite p.data"]),
    "unknown": ({"stepz": 3}, ["?unknown_param p.stepz"]),
}


@pytest.mark.parametrize(("params", "expected"), PARAMS.values(), ids=PARAMS)
def test_params(params, expected):
    node = Node(id="p", type="params").model_copy(update={"params": params})
    assert told(compile_graph(Graph(nodes=[node]), CATALOGUE)) == expected


def test_params_are_typed_and_filled_in():
    params = compiled("p:params", p={"scale": 3, "steps": None}).nodes["p"].params
    assert params == {
        "steps": 20, "scale": 3.0, "mode": "fit", "name": "", "flag": False, "sizes": None, "data": None, "lora": None,
    }  # fmt: skip
    assert type(params["scale"]) is float


def test_an_edge_wins_over_a_value():
    result = compiled("t:text p:params t.text>p.name", t={"text": "x"}, p={"name": 5})
    assert told(result) == [] and "name" not in result.nodes["p"].params and result.graph.nodes[1].params == {"name": 5}


def test_a_picture_cannot_be_typed_in():
    assert told(compiled("b:invert", b={"image": "cat.png"})) == ["wrong_type b.image"]


def test_an_empty_name_of_a_file_is_missing():
    assert told(compiled("p:photo", p={"file": " "})) == ["missing_input p.file"]
    assert told(compiled("t:text", t={"text": ""})) == []


SENTENCES = {
    "a:latents b:invert a.latents>b.image": Problem(
        code="wrong_type", message="b.image takes image; a.latents gives latents.", node="b", port="image",
        remedy="Connect an output of type image.",
    ),
    "a:imagee": Problem(
        code="unknown_type", message="a is of the type 'imagee', which does not exist here.", node="a",
        remedy="Did you mean 'image' or 'images'?",
    ),
    "load:image b:invert lod.image>b.image": Problem(
        code="unknown_node", message="The edge lod.image → b.image comes from a node that does not exist.", node="b",
        port="image", remedy="Did you mean 'load'?",
    ),
    "b:invert a:invert b.image>a.image a.image>b.image": Problem(
        code="cycle", message="The nodes b → a → b wait for each other.", node="b",
        remedy="Remove one of the edges between them.",
    ),
    "b:invert": Problem(
        code="missing_input", message="b.image needs image.", node="b", port="image",
        remedy="Connect an output of type image.",
    ),
    "s:sheet": Problem(
        code="missing_input", message="s.images needs image.", node="s", port="images",
        remedy="Connect an output of type image.",
    ),
    "p:photo": Problem(
        code="missing_input", message="p.file needs a picture.", node="p", port="file",
        remedy="Choose or drop one, or connect its name.",
    ),
    "t:text": Problem(
        code="missing_input", message="t.text needs string.", node="t", port="text",
        remedy="Connect it or set a value.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("drawing", SENTENCES)
def test_problems_are_sentences(drawing):
    assert compiled(drawing).problems == (SENTENCES[drawing],)


def test_a_param_problem_says_what_is_taken_and_what_was_given():
    messages = [str(problem) for problem in compiled("p:params", p={"steps": 0, "mode": "x", "nmae": "y"}).problems]
    assert messages == [
        "p.steps takes at least 1; it got 0.",
        "p.mode takes one of 'fit', 'fill'; it got 'x'.",
        "p.nmae: p has no input 'nmae'; the value is kept and ignored. Did you mean 'name'?",
    ]


# Lists

LISTS = {
    # drawing: (mapped inputs of b, wrapped inputs of b, outputs of b)
    "a:images b:invert a.images>b.image": ({"image"}, set(), {"image": "list[image]"}),
    "a:image b:strip a.image>b.images": (set(), {"images"}, {"image": "image"}),
    "a:images b:strip a.images>b.images": (set(), set(), {"image": "image"}),
    "a:images b:split a.images>b.image": ({"image"}, set(), {"tiles": "list[image]", "count": "list[int]"}),
    "a:image b:sheet a.image>b.images": (set(), set(), {"image": "image"}),
}


@pytest.mark.parametrize("drawing", LISTS)
def test_lists(drawing):
    node = compiled(drawing).nodes["b"]
    assert (node.mapped, node.wrapped, node.outputs) == LISTS[drawing]


def test_a_mapped_node_maps_the_next_one():
    # images ──> b* ──> c*
    result = compiled("a:images b:invert c:invert a.images>b.image b.image>c.image")
    assert result.nodes["c"].mapped == {"image"} and result.nodes["c"].outputs == {"image": "list[image]"}


def test_a_node_waits_once_for_one_that_it_takes_two_values_of():
    result = compiled("b:params a:split a.count>b.steps a.count>b.scale")
    assert result.order == ("a", "b") and result.nodes["b"].parents == {"a"}


# Bypassed and muted nodes


def test_bypass_leads_around_a_chain_of_nodes():
    # a ──> ~b ──> ~c ──> d
    result = compiled("a:image ~b:invert ~c:invert d:invert a.image>b.image b.image>c.image c.image>d.image")
    assert (told(result), result.order) == ([], ("a", "d"))
    assert result.nodes["d"].inputs == {"image": (Source("a", "image"),)}


BYPASSED = {
    "nothing connected": ("~b:invert d:invert b.image>d.image", ["nothing_to_pass d.image"]),
    "no input of that type": ("a:image ~b:split p:params a.image>b.image b.count>p.steps", ["nothing_to_pass p.steps"]),
    "consumer is bypassed too": ("~b:invert ~d:invert b.image>d.image", []),
    "nobody listens": ("~b:invert", []),
    "unknown type": ("~b:nix d:invert b.image>d.image", ["?unknown_type b", "nothing_to_pass d.image"]),
    "mapped as if it ran": ("a:images ~b:invert c:strip a.images>b.image b.image>c.images", []),
}


@pytest.mark.parametrize(("drawing", "expected"), BYPASSED.values(), ids=BYPASSED)
def test_bypass_with_nothing_to_pass(drawing, expected):
    assert told(compiled(drawing)) == expected


def test_mute_skips_all_that_depends_on_it():
    # a ──> !b ──> c ──> d(mask)        e
    result = compiled(
        "a:image !b:invert c:invert m:image d:invert e:image "
        "a.image>b.image b.image>c.image m.image>d.image c.image>d.mask"
    )
    assert (result.order, result.skipped) == (("a", "m", "e"), {"c": "b", "d": "b"})


def test_mute_reaches_through_bypassed_nodes():
    result = compiled("!a:image ~b:invert c:invert a.image>b.image b.image>c.image")
    assert (result.order, result.skipped) == ((), {"c": "a"})


def test_faults_of_nodes_that_do_not_run_are_warnings():
    result = compiled("!a:nix b:params a.x>b.name", b={"steps": 0})
    assert told(result) == ["?unknown_type a", "?out_of_range b.steps"] and not result.errors


# Dynamic nodes


def test_ports_follow_from_params():
    result = compiled("d:ports b:invert d.y>b.image", d={"letters": "xy"})
    assert told(result) == [] and result.nodes["d"].outputs == {"x": "image", "y": "image"}


def test_ports_follow_from_known_values_upstream():
    result = compiled("t:text d:ports b:invert t.text>d.letters d.q>b.image", t={"text": "q"})
    assert told(result) == [] and result.nodes["t"].known == {"text": "q"}


def test_only_what_dynamic_nodes_need_is_worked_out():
    CALLS.clear()
    result = compiled("t:text u:text p:params d:ports t.text>d.letters u.text>p.name", t={"text": "q"}, u={"text": "u"})
    assert CALLS == ["q"] and result.nodes["u"].known is None


def test_values_flow_through_bypassed_nodes():
    result = compiled("t:text ~v:text d:ports t.text>v.text v.text>d.letters", t={"text": "q"}, v={"text": "no"})
    assert result.nodes["d"].outputs == {"q": "image"}


DYNAMIC = {
    "port that is gone": ({"letters": "x"}, ["unknown_port b.image"]),
    "pending": ({"letters": "wait"}, []),
    "pending keeps unknown params": ({"letters": "wait", "later": 1}, []),
    "refused": ({"letters": "refuse"}, ["node_error d.letters"]),
    "crashed": ({"letters": "crash"}, ["resolver_failed d"]),
    "wrong param": ({"letters": 5}, ["wrong_type d.letters"]),
}


@pytest.mark.parametrize(("params", "expected"), DYNAMIC.values(), ids=DYNAMIC)
def test_dynamic_ports(params, expected):
    assert told(compiled("d:ports b:invert d.z>b.image", d=params)) == expected


def test_what_a_resolver_binds_is_kept_with_the_node():
    assert compiled("d:ports", d={"letters": "xy"}).nodes["d"].bound == {"count": 2}


def test_what_a_resolver_warns_of_is_told_and_keeps_nothing_from_running():
    compile_result = compiled("d:ports", d={"letters": "odd"})
    assert [(problem.code, problem.node, problem.severity) for problem in compile_result.problems] == [
        ("odd", "d", "warning")
    ]
    assert compile_result.order == ("d",)
    assert set(compile_result.nodes["d"].outputs) == set("od")


def test_what_a_resolver_finds_wrong_is_told_and_its_interface_stays():
    compile_result = compiled("d:ports", d={"letters": "bad"})
    assert [(problem.code, problem.node, problem.severity) for problem in compile_result.problems] == [
        ("odd", "d", "error")
    ]
    assert set(compile_result.nodes["d"].outputs) == set("bad")


@pytest.mark.parametrize(
    ("drawing", "kept"),
    [
        ("d:ports", False),
        ("!e:ports d:ports", False),
        ("b:invert d:ports", False),  # what lacks an input is known all the same
        ("i:image d:ports i.image>d.image", False),  # a picture does not say what a node is
        ("t:text d:ports t.text>d.letters", True),  # it comes when the graph runs
        ("w:ports d:ports", True),
        ("r:ports d:ports", True),
        ("u:unheard_of d:ports", True),
        ("b:invert c:invert d:ports b.image>c.image c.image>b.image", True),
    ],
    ids=["known", "muted", "incomplete", "picture", "later", "pending", "refused", "unknown type", "circle"],
)
def test_the_lock_names_the_repos_in_use_and_others_only_while_a_node_may_use_them(drawing: str, kept: bool) -> None:
    letters = {
        "d": {"letters": "x"},
        "e": {},
        "w": {"letters": "wait"},
        "r": {"letters": "refuse"},
        "t": {"text": "boom"},
    }
    before = {repo: LockedRepo(commit="0") for repo in ("org/x", "org/y")}
    graph = draw(drawing, **letters).model_copy(update={"lock": Lock(repos=before)})
    lock = compile_graph(graph, CATALOGUE).graph.lock
    expected = {"org/x": "0" if drawing.startswith("t:") else "1"} | ({"org/y": "0"} if kept else {})
    assert {repo: locked.commit for repo, locked in lock.repos.items() if repo in before} == expected


def test_a_lock_that_says_it_all_stays_as_it_is() -> None:
    graph = draw("d:ports", d={"letters": "x"}).model_copy(
        update={"lock": Lock(repos={"org/x": LockedRepo(commit="1")})}
    )
    assert compile_graph(graph, CATALOGUE).graph is graph
    assert compile_graph(draw(""), CATALOGUE).graph.lock == Lock()


def test_needs_are_collected_once_and_answers_end_them():
    graph = draw("d:ports e:ports", d={"letters": "wait"}, e={"letters": "wait"})
    catalogue = Catalogue([DYNAMIC_NODE])
    (need,) = compile_graph(graph, catalogue).needs
    catalogue.describe({need.key: {}})
    answered = compile_graph(graph, catalogue)
    assert answered.needs == () and answered.nodes["d"].outputs.keys() == set("wait")


def test_what_follows_from_a_pending_node_waits_with_it():
    graph = draw("d:ports e:ports d.w>e.image", d={"letters": "wait"}, e={"letters": "x"})
    catalogue = Catalogue([DYNAMIC_NODE])
    compiled = compile_graph(graph, catalogue)
    assert compiled.waiting == {"d", "e"}
    catalogue.describe({need.key: {} for need in compiled.needs})
    assert compile_graph(graph, catalogue).waiting == set()


def test_a_fault_upstream_is_told_once():
    # t (wrong param) ──> d (ports unknown) ──> b
    result = compiled("t:text d:ports b:invert t.text>d.letters d.z>b.image", t={"text": 5})
    assert told(result) == ["wrong_type t.text"]


def test_a_node_that_raises_is_left_to_the_run():
    result = compiled("t:text d:ports t.text>d.letters", t={"text": "boom"})
    assert told(result) == [] and result.nodes["t"].known is None


def test_the_details_of_a_crashed_resolver_hold_the_traceback():
    (problem,) = compiled("d:ports", d={"letters": "crash"}).problems
    assert "ZeroDivisionError" in problem.message and "Traceback" in problem.details


# Order and size


def test_order_is_topological_and_problems_are_in_document_order():
    result = compiled("c:invert b:invert a:params b.image>c.image", a={"steps": 0})
    assert (result.order, told(result)) == (("b", "c", "a"), ["missing_input b.image", "out_of_range a.steps"])


SHAPES = {
    "chain": lambda n: [(i, i + 1) for i in range(n - 1)],
    "fan": lambda n: [(0, i) for i in range(1, n)],
    "ring": lambda n: [(i, (i + 1) % n) for i in range(n)],
}


@pytest.mark.parametrize("shape", SHAPES)
def test_ten_thousand_nodes(shape):
    n = 10_000
    pairs = SHAPES[shape](n)
    edges = [Edge(source=f"n{a}", sourceHandle="image", target=f"n{b}", targetHandle="image") for a, b in pairs]
    nodes = [Node(id=f"n{i}", type="invert") for i in range(n)]
    result = compile_graph(Graph(nodes=nodes, edges=edges), CATALOGUE)
    assert told(result) == (["cycle n0"] if shape == "ring" else ["missing_input n0.image"])
    assert len(result.order) == (0 if shape == "ring" else n)


def test_a_chain_of_ten_thousand_known_and_bypassed_nodes():
    modes = (None, "bypassed")
    nodes = [Node(id=f"n{i}", type="text", params={"text": "q"}, mode=modes[i % 2]) for i in range(10_000)]
    edges = [Edge(source=f"n{i}", sourceHandle="text", target=f"n{i + 1}", targetHandle="text") for i in range(9_999)]
    edges.append(Edge(source="n9999", sourceHandle="text", target="d", targetHandle="letters"))
    result = compile_graph(Graph(nodes=[*nodes, Node(id="d", type="ports")], edges=edges), CATALOGUE)
    assert told(result) == [] and result.nodes["d"].outputs == {"q": "image"}


def test_a_graph_that_is_wrong_everywhere_is_checked_to_the_end():
    nodes = [Node(id=f"n{i}", type=f"nix{i}") for i in range(3_000)]
    edges = [Edge(source=f"z{i}", sourceHandle="a", target=f"n{i}", targetHandle="b") for i in range(3_000)]
    assert len(compile_graph(Graph(nodes=nodes, edges=edges), CATALOGUE).problems) == 6_000
