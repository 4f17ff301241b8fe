"""Building a graph by hand: nodes are found, connected, arranged and changed by mouse and keyboard, and undone."""

import re
from typing import Any

import httpx
from playwright.sync_api import BrowserContext, Locator, expect

from tests.web.canvas import Canvas, middle, place

Node = dict[str, Any]


def opened(canvas: Canvas, http: httpx.Client, name: str, nodes: list[Node], edges: tuple[str, ...] = ()) -> Canvas:
    """The canvas with these nodes side by side and edges such as `a.number->b.a`, saved on the server as `name`."""
    placed = [{"position": {"x": 320 * index, "y": 0}} | node for index, node in enumerate(nodes)]
    ends = [re.fullmatch(r"(\w+)\.(\w+)->(\w+)\.(\w+)", edge) for edge in edges]
    drawn = [dict(zip(("source", "output", "target", "input"), end.groups(), strict=True)) for end in ends if end]
    graph = {
        "format": "blockloom/1", "name": name, "nodes": placed,
        "edges": [
            {"source": end["source"], "sourceHandle": end["output"],
             "target": end["target"], "targetHandle": end["input"]} for end in drawn
        ],
    }  # fmt: skip
    http.put(f"/api/graphs/{name}", json=graph).raise_for_status()
    canvas.open(f"g/{name}")
    expect(canvas.nodes).to_have_count(len(nodes))
    expect(canvas.page.locator("[data-pending]")).to_have_count(0)
    return canvas


def saved(canvas: Canvas, http: httpx.Client, name: str) -> dict[str, Any]:
    """The graph as the server has it, once all is saved."""
    expect(canvas.page.get_by_role("contentinfo", name="Status")).not_to_contain_text("not saved")
    graph: dict[str, Any] = http.get(f"/api/graphs/{name}").raise_for_status().json()
    return graph


def palette(canvas: Canvas) -> Locator:
    return canvas.page.get_by_role("dialog", name="Add a node")


def header(canvas: Canvas, node: str) -> Locator:
    return canvas.node(node).locator("header")


def below(canvas: Canvas, *nodes: str, by: float = 60) -> tuple[float, float]:
    """A place on empty canvas below some nodes."""
    boxes = [place(canvas.node(node)) for node in nodes]
    return boxes[0]["x"] + boxes[0]["width"] / 2, max(box["y"] + box["height"] for box in boxes) + by


def choose(canvas: Canvas, *nodes: str) -> None:
    """Select nodes with the mouse."""
    header(canvas, nodes[0]).click()
    for node in nodes[1:]:
        header(canvas, node).click(modifiers=["Shift"])
    expect(canvas.page.locator(".react-flow__node.selected")).to_have_count(len(nodes))


def undo(canvas: Canvas, name: str) -> None:
    """Undo what the tooltip calls `name`."""
    button = canvas.button("Undo")
    canvas.page.mouse.move(700, 500)
    button.hover()
    expect(canvas.page.get_by_role("tooltip")).to_contain_text(f"Undo: {name}")
    button.click()


def menu(canvas: Canvas, thing: Locator, *path: str) -> None:
    """Right-click something and choose from its menu."""
    x, y = middle(thing)
    canvas.page.mouse.click(x, y, button="right")
    pick(canvas, *path)


def pick(canvas: Canvas, *path: str) -> None:
    for step in path:
        canvas.page.get_by_role("menuitem", name=re.compile(f"^{step}")).or_(
            canvas.page.get_by_role("menuitemcheckbox", name=re.compile(f"^{step}"))
        ).first.click()


def whole(name: str, **params: Any) -> Node:
    return {"id": name, "type": "value.int", "params": params}


def sums(name: str = "sum") -> Node:
    return {"id": name, "type": "math.expression", "params": {"expression": "a + b"}}


# Nodes


def test_nodes_come_from_the_left_palette_and_the_search_palette(canvas: Canvas) -> None:
    page = canvas.page
    page.get_by_role("searchbox", name=re.compile("Search")).fill("whole num")
    row = page.get_by_role("treeitem", name="Whole number")
    expect(row).to_be_visible()
    box = place(canvas.pane)
    row.drag_to(canvas.pane, target_position={"x": box["width"] / 2, "y": 150})
    expect(canvas.nodes).to_have_count(1)
    added = place(canvas.nodes.first)
    assert abs(added["x"] - (box["x"] + box["width"] / 2)) < 60
    assert abs(added["y"] - (box["y"] + 150)) < 40

    canvas.pane.dblclick(position={"x": box["width"] / 2, "y": 420})
    expect(palette(canvas).get_by_role("combobox")).to_be_focused()
    page.keyboard.type("expres")
    expect(palette(canvas).get_by_role("option").first).to_have_text(re.compile("^Expression"))
    page.keyboard.press("Enter")
    expect(canvas.nodes).to_have_count(2)
    expect(palette(canvas)).to_have_count(0)

    page.mouse.move(box["x"] + 220, box["y"] + 520)
    page.keyboard.press("Space")
    page.keyboard.type("image")
    first = palette(canvas).get_by_role("option", selected=True)
    name = first.inner_text()
    page.keyboard.press("ArrowDown")
    expect(first).not_to_have_text(name)
    page.keyboard.press("Escape")
    expect(palette(canvas)).to_have_count(0)
    expect(canvas.nodes).to_have_count(2)
    for words, found in (("lists", "Range"), ("float", "Expression"), ("prvw img", "Preview image")):
        page.keyboard.press("Tab")  # the pointer is over the canvas: here it searches, too
        page.keyboard.type(words)
        expect(palette(canvas).get_by_role("option", name=re.compile(found)).first).to_be_visible()
        page.keyboard.press("Escape")
    page.keyboard.press("Space")
    page.keyboard.type("join text")
    page.keyboard.press("Enter")
    expect(canvas.nodes).to_have_count(3)
    expect(canvas.node("join_text")).to_be_visible()
    undo(canvas, "add join_text")
    expect(canvas.nodes).to_have_count(2)


# Edges


def test_edges_are_drawn_replaced_reconnected_and_taken_off(canvas: Canvas, http: httpx.Client) -> None:
    opened(canvas, http, "b-edges", [whole("one"), {**whole("two"), "position": {"x": 0, "y": 200}}, sums()])
    canvas.connect("one", "number", "sum", "a")
    expect(canvas.param("sum", "a").locator("input")).to_have_count(0)
    canvas.connect("two", "number", "sum", "a")
    expect(canvas.edges).to_have_count(1)
    canvas.connect("one", "number", "sum", "b")
    expect(canvas.edges).to_have_count(2)

    start, end = middle(canvas.handle("sum", "b")), middle(canvas.handle("sum", "c"))
    canvas.drag_points((start[0] - 16, start[1]), end)
    expect(canvas.edge("one.number->sum.c")).to_be_attached()
    expect(canvas.edges).to_have_count(2)
    expect(canvas.field("sum", "b")).to_be_visible()

    start = middle(canvas.handle("sum", "c"))
    canvas.drag_points((start[0] - 16, start[1]), (start[0] - 60, start[1] + 260))
    expect(canvas.edge("one.number->sum.c")).to_have_count(0)
    expect(palette(canvas)).to_have_count(0)
    undo(canvas, "disconnect one → sum")
    undo(canvas, "connect one → sum")
    expect(canvas.edge("one.number->sum.b")).to_be_attached()
    undo(canvas, "connect one → sum")
    undo(canvas, "connect two → sum")
    expect(canvas.edge("one.number->sum.a")).to_be_attached()
    undo(canvas, "connect one → sum")
    expect(canvas.edges).to_have_count(0)
    for _ in range(5):
        canvas.press("Control+Shift+z")
    expect(canvas.edges).to_have_count(1)
    expect(canvas.edge("two.number->sum.a")).to_be_attached()


def test_what_does_not_fit_is_dimmed_and_a_drop_on_it_says_why(canvas: Canvas, http: httpx.Client) -> None:
    opened(
        canvas, http, "b-wrong", [{"id": "plain", "type": "image.solid"}, sums(), {"id": "blur", "type": "image.blur"}]
    )
    mouse = canvas.page.mouse
    mouse.move(*middle(canvas.handle("plain", "image", "source")))
    mouse.down()
    mouse.move(*middle(canvas.handle("sum", "a")), steps=8)
    expect(canvas.handle("sum", "a")).to_have_attribute("data-fits", "no")
    expect(canvas.handle("blur", "image", "target")).to_have_attribute("data-fits", "yes")
    opacity = "handle => getComputedStyle(handle, '::before').opacity"
    assert float(canvas.handle("sum", "result").evaluate(opacity)) < 0.5
    assert float(canvas.handle("blur", "image", "target").evaluate(opacity)) == 1
    mouse.up()
    why = canvas.page.get_by_role("alert").filter(has_text="this is an image")
    expect(why).to_contain_text("Expression takes a number; this is an image.")
    expect(canvas.edges).to_have_count(0)
    expect(canvas.pane.locator("[data-fits]")).to_have_count(0)
    canvas.press("Escape")
    expect(why).to_have_count(0)


def test_an_edge_dropped_on_empty_canvas_offers_what_fits_and_connects_it(canvas: Canvas, http: httpx.Client) -> None:
    opened(canvas, http, "b-loose", [whole("one")])
    canvas.drag_points(middle(canvas.handle("one", "number")), below(canvas, "one"))
    box = palette(canvas).get_by_role("combobox")
    expect(box).to_have_attribute("placeholder", "Nodes that take a whole number")
    box.fill("Blur image")
    expect(palette(canvas).get_by_role("option", name="Adjust")).to_have_count(0)
    box.fill("Expression")
    canvas.press("Enter")
    expect(canvas.edge("one.number->expression.a")).to_be_attached()
    undo(canvas, "add expression")
    expect(canvas.nodes).to_have_count(1)
    expect(canvas.edges).to_have_count(0)


def pipeline(**params: Any) -> Node:
    return {"id": "load", "type": "diffusion.pipeline", "params": {"repo": "demo", "workflow": "text2image", **params}}


def test_stages_of_a_pipeline_connect_themselves_when_their_ports_are_known(canvas: Canvas, http: httpx.Client) -> None:
    opened(canvas, http, "b-stages", [pipeline()])
    canvas.drag_points(middle(canvas.handle("load", "pipeline")), below(canvas, "load"))
    palette(canvas).get_by_role("option", name="Encode prompt").click()
    expect(canvas.edge("load.pipeline->encode_prompt.pipeline")).to_be_attached()
    expect(canvas.field("encode_prompt", "prompt")).to_be_visible()

    output = canvas.handle("encode_prompt", "embeddings")
    at = middle(output)
    canvas.drag_points(at, (at[0] + 160, at[1]))
    palette(canvas).get_by_role("combobox").fill("Denoise")
    canvas.press("Enter")
    expect(canvas.edge("load.pipeline->denoise.pipeline")).to_be_attached()
    expect(canvas.edge("encode_prompt.embeddings->denoise.embeddings")).to_be_attached()
    undo(canvas, "add denoise")
    expect(canvas.node("denoise")).to_have_count(0)
    expect(canvas.node("encode_prompt")).to_be_visible()
    expect(canvas.edges).to_have_count(1)
    canvas.press("Control+Shift+z")
    expect(canvas.edges).to_have_count(3)


def test_a_wrong_drop_offers_the_stage_that_converts(canvas: Canvas, http: httpx.Client) -> None:
    stages = [
        pipeline(workflow="image2image"),
        {"id": "plain", "type": "image.solid", "params": {"width": 64, "height": 64}, "position": {"x": 0, "y": 320}},
        {"id": "denoise", "type": "diffusion.block", "params": {"block": "denoise"}, "position": {"x": 380, "y": 0}},
        {"id": "show", "type": "image.preview", "position": {"x": 720, "y": 0}},
        {"id": "words", "type": "value.text", "position": {"x": 0, "y": 480}},
    ]
    opened(canvas, http, "b-insert", stages, ("load.pipeline->denoise.pipeline",))
    alert = canvas.page.get_by_role("alert")
    canvas.drag(canvas.handle("plain", "image"), canvas.handle("denoise", "image_latents"))
    why = alert.filter(has_text="Denoise takes latents; this is an image.")
    why.get_by_role("button", name="Insert Encode image").click()
    expect(canvas.edge("plain.image->encode_image.image")).to_be_attached()
    expect(canvas.edge("encode_image.image_latents->denoise.image_latents")).to_be_attached()
    expect(canvas.edge("load.pipeline->encode_image.pipeline")).to_be_attached()
    undo(canvas, "add encode_image")
    expect(canvas.edges).to_have_count(1)

    canvas.drag(canvas.handle("denoise", "latents", "source"), canvas.handle("show", "images", "target"))
    alert.get_by_role("button", name="Insert Decode").click()
    expect(canvas.edge("denoise.latents->decode.latents")).to_be_attached()
    expect(canvas.edge("decode.images->show.images")).to_be_attached()
    expect(canvas.edge("load.pipeline->decode.pipeline")).to_be_attached()
    canvas.drag(canvas.handle("words", "text"), canvas.handle("denoise", "embeddings"))
    alert.get_by_role("button", name="Insert Encode prompt").click()
    expect(canvas.edge("words.text->encode_prompt.prompt")).to_be_attached()
    expect(canvas.edge("encode_prompt.embeddings->denoise.embeddings")).to_be_attached()


def test_an_edge_dropped_on_a_param_takes_its_widgets_place_until_it_is_removed(
    canvas: Canvas, http: httpx.Client
) -> None:
    opened(canvas, http, "b-param", [whole("one"), sums()])
    canvas.fill("sum", "a", "7")
    canvas.drag(canvas.handle("one", "number"), canvas.param("sum", "a"))
    expect(canvas.edge("one.number->sum.a")).to_be_attached()
    expect(canvas.param("sum", "a").locator("input")).to_have_count(0)
    menu(canvas, canvas.edge("one.number->sum.a").locator(".wire"), "Delete")
    expect(canvas.edges).to_have_count(0)
    expect(canvas.field("sum", "a")).to_have_value("7")


def test_an_edge_goes_through_points_and_takes_a_node_in(canvas: Canvas, http: httpx.Client) -> None:
    second = {**sums(), "position": {"x": 700, "y": 0}}
    opened(canvas, http, "b-points", [whole("one"), second], ("one.number->sum.a",))
    wire = canvas.edge("one.number->sum.a").locator(".wire")
    straight = wire.get_attribute("d")
    x, y = middle(wire)
    canvas.page.mouse.dblclick(x, y)
    point = canvas.page.locator(".wire-point")
    expect(point).to_have_count(1)
    canvas.drag_points(middle(point), (x, y + 180))
    assert abs(middle(point)[1] - (y + 180)) < 4
    assert wire.get_attribute("d") != straight
    edges = saved(canvas, http, "b-points")
    assert "points" in str(edges)
    point.dblclick()
    expect(point).to_have_count(0)
    expect(wire).to_have_attribute("d", straight or "")
    undo(canvas, "route one → sum")
    expect(point).to_have_count(1)
    menu(canvas, point, "Remove reroute points")
    expect(point).to_have_count(0)

    canvas.page.get_by_role("searchbox", name=re.compile("Search")).fill("expression")
    x, y = middle(wire)
    pane = place(canvas.pane)
    canvas.page.get_by_role("treeitem", name="Expression").drag_to(
        canvas.pane, target_position={"x": x - pane["x"], "y": y - pane["y"]}
    )
    expect(canvas.edge("one.number->expression.a")).to_be_attached()
    expect(canvas.edge("expression.result->sum.a")).to_be_attached()
    undo(canvas, "insert expression")
    expect(canvas.edges).to_have_count(1)
    menu(canvas, wire, "Insert node")
    palette(canvas).get_by_role("combobox").fill("expression")
    canvas.press("Enter")
    expect(canvas.edges).to_have_count(2)
    undo(canvas, "insert expression")


def test_a_loose_node_dropped_on_an_edge_goes_into_it(canvas: Canvas, http: httpx.Client) -> None:
    nodes = [
        whole("one"),
        {**sums(), "position": {"x": 700, "y": 0}},
        {**sums("free"), "position": {"x": 330, "y": 260}},
    ]
    opened(canvas, http, "b-onto", nodes, ("one.number->sum.a",))
    wire = canvas.edge("one.number->sum.a")
    x, y = middle(header(canvas, "free"))
    onto = middle(wire.locator(".wire"))
    mouse = canvas.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(*onto, steps=10)
    expect(wire).to_have_attribute("data-landing", "")
    mouse.up()
    expect(canvas.edge("one.number->free.a")).to_be_attached()
    expect(canvas.edge("free.result->sum.a")).to_be_attached()
    expect(wire).to_have_count(0)
    canvas.drag_points(middle(header(canvas, "free")), (x, y))  # with edges of its own it is only moved
    expect(canvas.edges).to_have_count(2)
    undo(canvas, "move free")
    undo(canvas, "insert free")
    expect(wire).to_be_attached()
    expect(canvas.edges).to_have_count(1)
    assert abs(middle(header(canvas, "free"))[1] - y) < 2


# Modes, copies, groups, notes, arrangement


def test_nodes_are_bypassed_muted_and_duplicated_by_key(canvas: Canvas, http: httpx.Client) -> None:
    opened(canvas, http, "b-modes", [whole("one", value=3), sums()], ("one.number->sum.a",))
    choose(canvas, "one", "sum")
    canvas.press("b")
    expect(canvas.node("sum")).to_have_attribute("data-mode", "bypassed")
    canvas.press("m")
    expect(canvas.node("sum")).to_have_attribute("data-mode", "muted")
    assert [node["mode"] for node in saved(canvas, http, "b-modes")["nodes"]] == ["muted", "muted"]
    canvas.press("m")
    expect(canvas.page.locator("[data-mode]")).to_have_count(0)
    undo(canvas, "enable 2 nodes")
    undo(canvas, "mute 2 nodes")
    undo(canvas, "bypass 2 nodes")
    expect(canvas.page.locator("[data-mode]")).to_have_count(0)

    canvas.press("Control+d")
    expect(canvas.nodes).to_have_count(4)
    expect(canvas.edge("one_2.number->sum_2.a")).to_be_attached()
    expect(canvas.page.locator(".react-flow__node.selected")).to_have_count(2)
    expect(canvas.field("one_2", "value")).to_have_value("3")
    undo(canvas, "duplicate 2 nodes")
    expect(canvas.nodes).to_have_count(2)

    x, y = middle(header(canvas, "sum"))
    canvas.page.keyboard.down("Alt")
    canvas.drag_points((x, y), (x, y + 220))
    canvas.page.keyboard.up("Alt")
    expect(canvas.nodes).to_have_count(3)
    assert abs(middle(header(canvas, "sum"))[1] - y) < 2


def test_copies_keep_their_inner_edges_in_another_workflow_and_as_text(canvas: Canvas, http: httpx.Client) -> None:
    page = canvas.page
    two = [whole("one", value=3), sums(), whole("two")]
    opened(canvas, http, "b-copies", two, ("one.number->sum.a", "two.number->sum.b"))
    choose(canvas, "one", "sum")
    canvas.press("Control+c")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "math.expression" in copied
    canvas.button("New workflow").click()
    expect(canvas.nodes).to_have_count(0)
    page.mouse.move(400, 240)
    canvas.press("Control+v")
    expect(canvas.nodes).to_have_count(2)
    expect(canvas.edges).to_have_count(1)
    expect(canvas.edge("one.number->sum.a")).to_be_attached()
    expect(canvas.field("one", "value")).to_have_value("3")
    undo(canvas, "paste 2 nodes")
    expect(canvas.nodes).to_have_count(0)

    page.evaluate("text => navigator.clipboard.writeText(text)", "no nodes at all")
    canvas.focus_pane()
    canvas.press("Control+v")
    expect(canvas.toast("The clipboard holds no nodes")).to_be_visible()
    page.evaluate("text => navigator.clipboard.writeText(text)", copied)
    canvas.press("Control+v")
    expect(canvas.nodes).to_have_count(2)
    canvas.press("Control+x")
    expect(canvas.nodes).to_have_count(0)


def test_a_group_moves_what_is_in_it_and_a_note_shows_markdown(canvas: Canvas, http: httpx.Client) -> None:
    page = canvas.page
    opened(canvas, http, "b-groups", [whole("one"), whole("two"), {**whole("three"), "position": {"x": 0, "y": 400}}])
    choose(canvas, "one", "two")
    canvas.press("g")
    title = page.get_by_role("textbox", name="Title of the group")
    expect(title).to_be_focused()
    page.keyboard.type("Numbers")
    page.keyboard.press("Enter")
    group = page.locator("[data-group]")
    expect(group).to_have_accessible_name("Numbers")
    before, still = middle(header(canvas, "two")), middle(header(canvas, "three"))
    x, y = middle(group.locator("header"))
    canvas.drag_points((x, y), (x + 30, y - 80))
    after = middle(header(canvas, "two"))
    assert abs(after[0] - before[0] - 30) < 12
    assert abs(after[1] - before[1] + 80) < 12
    assert middle(header(canvas, "three")) == still

    page.mouse.move(700, 700)
    canvas.press("n")
    area = page.get_by_role("textbox", name="Text of the note, in Markdown")
    expect(area).to_be_focused()
    page.keyboard.type("# Plan\nadd **two** numbers")
    page.keyboard.press("Escape")
    note = page.locator("[data-note]")
    expect(note.get_by_role("heading", name="Plan")).to_be_visible()
    expect(note.locator("strong")).to_have_text("two")
    menu(canvas, note, "Colour", "Teal")
    graph = saved(canvas, http, "b-groups")
    assert [group["title"] for group in graph["view"]["groups"]] == ["Numbers"]
    assert [note["tint"] for note in graph["view"]["notes"]] == ["teal"]

    for name in ("tint the note", "edit the note", "add a note", "move", "rename the group", "add a group"):
        undo(canvas, name)
    expect(group).to_have_count(0)
    expect(note).to_have_count(0)
    assert abs(middle(header(canvas, "two"))[1] - before[1]) < 2


def test_nodes_are_chosen_by_a_frame_aligned_distributed_and_laid_out(canvas: Canvas, http: httpx.Client) -> None:
    page = canvas.page
    places = [("one", 0, 0), ("two", 40, 160), ("three", 90, 400)]
    nodes = [{**whole(name), "position": {"x": x, "y": y}} for name, x, y in places]
    opened(canvas, http, "b-arrange", [*nodes, {**sums(), "position": {"x": -300, "y": 40}}], ("one.number->sum.a",))
    first, last = place(canvas.node("one")), place(canvas.node("three"))
    page.keyboard.down("Shift")
    canvas.drag_points(
        (first["x"] - 14, first["y"] - 14), (last["x"] + last["width"] - 20, last["y"] + last["height"] + 20)
    )
    page.keyboard.up("Shift")
    expect(page.locator(".react-flow__node.selected")).to_have_count(3)

    menu(canvas, header(canvas, "two"), "Align", "Left edges")
    assert len({round(place(canvas.node(name))["x"]) for name, *_ in places}) == 1
    menu(canvas, header(canvas, "two"), "Distribute", "Vertically")
    tops = [place(canvas.node(name))["y"] for name, *_ in places]
    assert abs((tops[1] - tops[0]) - (tops[2] - tops[1])) < 2
    undo(canvas, "distribute")
    undo(canvas, "align")

    canvas.focus_pane()
    canvas.press("l")
    expect(canvas.button("Undo")).to_be_enabled()
    undo(canvas, "auto-layout")
    canvas.press("Control+a")
    canvas.press("Delete")
    expect(canvas.nodes).to_have_count(0)
    undo(canvas, "delete")
    expect(canvas.nodes).to_have_count(4)
    expect(canvas.edges).to_have_count(1)


# Dynamic nodes


def test_another_workflow_changes_the_ports_of_the_stages_at_once(canvas: Canvas, http: httpx.Client) -> None:
    denoise = {"id": "denoise", "type": "diffusion.block", "params": {"block": "denoise", "strength": 0.8}}
    encode = {
        "id": "encode",
        "type": "diffusion.block",
        "params": {"block": "vae_encoder"},
        "position": {"x": 320, "y": 420},
    }
    opened(
        canvas, http, "b-dynamic", [pipeline(workflow="image2image"), denoise, encode],
        (
            "load.pipeline->denoise.pipeline", "load.pipeline->encode.pipeline",
            "encode.image_latents->denoise.image_latents",
        ),
    )  # fmt: skip
    expect(canvas.field("denoise", "strength")).to_have_value("0.8")
    choose_workflow(canvas, "text2image")
    expect(canvas.field("denoise", "strength")).to_have_count(0)
    lost = canvas.node("denoise").locator("[data-lost]")
    expect(lost.filter(has_text="strength")).to_contain_text("0.8")
    expect(canvas.edge("encode.image_latents->denoise.image_latents")).to_be_attached()
    choose_workflow(canvas, "image2image")
    expect(canvas.field("denoise", "strength")).to_have_value("0.8")
    expect(lost).to_have_count(0)


def choose_workflow(canvas: Canvas, workflow: str) -> None:
    canvas.param("load", "workflow").get_by_role("combobox").click()
    canvas.page.get_by_role("option", name=workflow, exact=True).click()


def test_a_repository_that_does_not_exist_is_told_on_the_node_with_a_retry(canvas: Canvas, http: httpx.Client) -> None:
    page = canvas.page
    stage = {"id": "stage", "type": "diffusion.block", "params": {"block": "denoise"}}
    opened(canvas, http, "b-missing", [pipeline(repo="/no/such/folder"), stage], ("load.pipeline->stage.pipeline",))
    expect(
        canvas.node("load").get_by_role("alert").or_(canvas.node("stage").get_by_role("alert")).first
    ).to_be_visible()
    with page.expect_request(re.compile(r"/api/compile\?.*retry=true")):
        page.get_by_test_id("canvas").get_by_role("button", name="Try again").first.click()
    canvas.fill("load", "repo", "demo")
    expect(canvas.node("load").get_by_role("alert")).to_have_count(0)
    expect(canvas.handle("stage", "latents", "source")).to_be_visible()


# Looking from afar, undoing, pasting


def test_from_afar_nodes_are_boxes_with_their_names(canvas: Canvas, http: httpx.Client) -> None:
    opened(canvas, http, "b-afar", [whole("one"), sums()], ("one.number->sum.a",))
    for _ in range(8):
        canvas.button("Zoom out").click()
    expect(canvas.node("sum")).to_have_attribute("data-simple", "")
    expect(canvas.node("sum").locator("header")).to_contain_text("Expression")
    expect(canvas.param("sum", "a")).to_have_count(0)
    expect(canvas.page.locator(".far-wires path")).to_have_count(1)
    canvas.focus_pane()
    canvas.press("f")
    expect(canvas.param("sum", "a")).to_be_visible()
    expect(canvas.page.locator(".far-wires")).to_have_count(0)
    expect(canvas.edge("one.number->sum.a")).to_be_attached()


def test_two_hundred_steps_are_undone_one_by_one(canvas: Canvas, http: httpx.Client) -> None:
    opened(canvas, http, "b-deep", [whole("one")])
    choose(canvas, "one")
    for _ in range(205):
        canvas.press("m")
    expect(canvas.node("one")).to_have_attribute("data-mode", "muted")
    for _ in range(204):
        canvas.press("Control+z")
    expect(canvas.node("one")).to_have_attribute("data-mode", "muted")
    undo(canvas, "mute one")
    expect(canvas.page.locator("[data-mode]")).to_have_count(0)
    expect(canvas.button("Undo")).to_have_attribute("aria-disabled", "true")
    for _ in range(205):
        canvas.press("Control+y")
    expect(canvas.node("one")).to_have_attribute("data-mode", "muted")


def test_a_picture_and_a_workflow_are_pasted_and_nodes_into_another_window(
    canvas: Canvas, http: httpx.Client, context: BrowserContext
) -> None:
    page = canvas.page
    opened(canvas, http, "b-paste", [whole("one", value=5), sums()], ("one.number->sum.a",))
    page.evaluate(
        """async () => {
            const surface = new OffscreenCanvas(40, 20);
            surface.getContext("2d").fillRect(0, 0, 40, 20);
            const blob = await surface.convertToBlob({ type: "image/png" });
            await navigator.clipboard.write([new ClipboardItem({ "image/png": blob })]);
        }"""
    )
    canvas.focus_pane()
    page.mouse.move(*below(canvas, "one"))
    canvas.press("Control+v")
    expect(canvas.nodes).to_have_count(3)
    expect(canvas.node("load_image").get_by_alt_text("Image: picture")).to_have_js_property("naturalWidth", 40)
    undo(canvas, "add load_image")

    choose(canvas, "one", "sum")
    canvas.press("Control+c")
    other = Canvas(context.new_page())
    other.open()
    other.focus_pane()
    other.press("Control+v")
    expect(other.edge("one.number->sum.a")).to_be_attached()
    expect(other.field("one", "value")).to_have_value("5")
    other.page.close()
