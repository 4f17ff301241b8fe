"""Packs: listed without importing, loaded with exact errors, and never mixed up."""

import sys

import pytest

from engine.catalogue.define import NodeDefinition, Resolved
from engine.catalogue.load import definition_from_data, load_outside, load_pack, outside_packs, refuse_conflicts
from engine.catalogue.pack import Pack
from engine.catalogue.spec import Interface, NodeType, Port
from engine.errors import DefinitionError

NODE = '''
from typing import Annotated
from engine.catalogue.define import In, Out, node

@node("{type}", title="Add", category="Mine", lane="inline")
def add(a: Annotated[int, In("A")] = 1) -> Annotated[int, Out("sum")]:
    """Add."""
    return a + {more}
'''


def write(folder, **files):
    for name, text in files.items():
        path = folder / name.replace("__slash__", "/")
        path = path.with_name(path.name + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def call(pack):
    return [definition.function() for definition in pack.definitions]


def test_listing_imports_nothing(tmp_path):
    write(tmp_path, good="raise SystemExit", _helper="raise SystemExit", pack__slash____init__="raise SystemExit")
    (tmp_path / "notes.txt").touch()
    (tmp_path / "empty").mkdir()
    (tmp_path / ".hidden.py").touch()
    assert [name for name in outside_packs(tmp_path) if name.startswith("file:")] == ["file:good.py", "file:pack/"]


@pytest.mark.parametrize("folder", [None, "missing"])
def test_no_folder_is_no_fault(tmp_path, folder):
    assert not [name for name in outside_packs(folder and tmp_path / folder) if name.startswith("file:")]


def test_a_file_becomes_a_pack(tmp_path):
    write(tmp_path, **{"my-nodes": NODE.format(type="my.add", more=1)})
    pack = load_outside("file:my-nodes.py", tmp_path)
    packs = [definition.type.pack for definition in pack.definitions]
    assert (pack.name, packs, call(pack)) == ("file:my-nodes.py", ["file:my-nodes.py"], [{"sum": 2}])


def test_helpers_of_two_folders_do_not_mix(tmp_path):
    for number in (1, 2):
        text = "from .helper import X\n" + NODE.format(type=f"p{number}.add", more="X")
        write(tmp_path / f"p{number}", __init__=text, helper=f"X = {number}")
    assert [call(load_outside(f"file:p{number}/", tmp_path)) for number in (1, 2)] == [[{"sum": 2}], [{"sum": 3}]]


def test_a_load_function_is_asked_and_a_node_called_load_is_not(tmp_path):
    asked = NODE.format(type="a.add", more=1) + (
        "from engine.catalogue.pack import Pack\n"
        "def load(): return Pack(name='whatever', definitions=[add.definition])\n"
    )
    write(tmp_path, asked=asked, named=NODE.format(type="b.add", more=1).replace("def add", "def load"))
    packs = [load_outside(f"file:{name}.py", tmp_path) for name in ("asked", "named")]
    assert [(pack.name, [d.type.type for d in pack.definitions]) for pack in packs] == [
        ("file:asked.py", ["a.add"]), ("file:named.py", ["b.add"]),
    ]  # fmt: skip


def test_a_pack_may_list_the_functions_themselves_and_nothing_that_is_no_node(tmp_path):
    code = NODE.format(type="a.add", more=1) + (
        "from engine.catalogue.pack import Pack\ndef load(): return Pack(name='x', definitions=[{item}])\n"
    )
    write(tmp_path, good=code.replace("{item}", "add"), bad=code.replace("{item}", "load"))
    assert call(load_outside("file:good.py", tmp_path)) == [{"sum": 2}]
    with pytest.raises(DefinitionError, match="'load' in its definitions is no node"):
        load_outside("file:bad.py", tmp_path)


def test_entry_points(tmp_path, monkeypatch):
    write(tmp_path, blockloom_test_dist=NODE.format(type="e.add", more=4))
    info = tmp_path / "blockloom_test_dist-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: blockloom-test-dist\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[blockloom.nodes]\ntest = blockloom_test_dist\ngone = nowhere_at_all\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert {"entry:test", "entry:gone"} <= set(outside_packs(None))
    assert "blockloom_test_dist" not in sys.modules
    assert call(load_outside("entry:test", None)) == [{"sum": 5}]
    with pytest.raises(DefinitionError, match="ModuleNotFoundError: No module named 'nowhere_at_all'"):
        load_outside("entry:gone", None)


GOOD = NODE.format(type="b.x", more=1)
BROKEN = {
    "syntax": ("x = 1\ndef (", r"SyntaxError: .*bad.py, line 2\)"),
    "raises": ("x = 1\n\n1 / 0", r"ZeroDivisionError: division by zero \(.*bad.py, line 3\)"),
    "raises in a library": ("import json\njson.loads('{')", r"JSONDecodeError: .*bad.py, line 2\)"),
    "exits": ("raise SystemExit(3)", r"SystemExit: 3 \(.*bad.py, line 1\)"),
    "missing import": ("import nowhere_at_all", r"ModuleNotFoundError: No module named 'nowhere_at_all'"),
    "bad node": (GOOD.replace('    """Add."""\n', ""), r"has no docstring \(.*bad.py, line 5\)"),
    "same type twice": (GOOD + GOOD.replace("def add", "def more"), "'b.x' is defined twice"),
    "no nodes": ("x = 1", "it defines no nodes"),
    "load returns nonsense": ("def load(): return 5", "its load function returned int"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "message"), BROKEN.values(), ids=BROKEN)
def test_broken_packs(tmp_path, text, message):
    write(tmp_path, bad=text)
    before = set(sys.modules)
    with pytest.raises(DefinitionError, match=rf"The node pack 'file:bad.py' cannot be used: .*{message}") as caught:
        load_outside("file:bad.py", tmp_path)
    assert caught.value.problems[0].remedy
    assert not [name for name in set(sys.modules) - before if "bad" in name and "raise" in text]


@pytest.mark.parametrize("name", ["file:../x.py", "file:", "file:..", "file:a/b.py", "entry:nobody", "file:gone.py"])
def test_names_that_lead_nowhere(tmp_path, name):
    with pytest.raises(DefinitionError, match="cannot be used"):
        load_outside(name, tmp_path)


def test_outside_packs_have_fixed_ports(tmp_path):
    text = (
        "from engine.catalogue.define import NodeDefinition, Resolved\n"
        "from engine.catalogue.spec import Interface, NodeType\n"
        "kind = NodeType(type='d.x', title='D', category='D', description='D', dynamic=True)\n"
        "it = NodeDefinition(type=kind, resolve=lambda view: Resolved(Interface()))\n"
    )
    with pytest.raises(DefinitionError, match=r"'d.x' has ports that change"):
        load_outside("file:d.py", write(tmp_path, d=text))


def made() -> Pack:
    kind = NodeType(type="made.x", title="X", category="T", description="D", dynamic=True)
    return Pack(name="made", definitions=[NodeDefinition(type=kind, resolve=lambda view: Resolved(Interface()))])


def broken() -> Pack:
    raise RuntimeError("no luck")


def test_built_in_packs_load_by_name():
    pack = load_pack(f"{__name__}:made")
    assert [(d.type.type, d.type.pack) for d in pack.definitions] == [("made.x", "made")]


@pytest.mark.parametrize(
    ("name", "message"),
    [("broken", "RuntimeError: no luck"), ("nothing", "AttributeError"), ("write", "TypeError")],
)
def test_built_in_packs_that_fail(name, message):
    with pytest.raises(DefinitionError, match=message):
        load_pack(f"{__name__}:{name}")


DATA = {"type": "o.x", "title": "X", "category": "T", "description": "D", "lane": "inline"}


def test_definitions_from_a_worker_have_no_code_and_are_never_inline():
    definition = definition_from_data(DATA, "file:o.py")
    assert definition == NodeDefinition(type=NodeType(**DATA | {"lane": "cpu", "pack": "file:o.py"}))


BAD_DATA = {
    "unknown field": (DATA | {"colour": "red"}, "'colour'"),
    "bad port type": (DATA | {"interface": {"inputs": [{"name": "a", "type": "cat"}]}}, "unknown type 'cat'"),
}


@pytest.mark.parametrize(("data", "message"), BAD_DATA.values(), ids=BAD_DATA)
def test_bad_definitions_from_a_worker(data, message):
    with pytest.raises(DefinitionError, match=message):
        definition_from_data(data, "file:o.py")


def test_a_type_belongs_to_the_pack_that_had_it_first():
    mine = Pack(name="file:o.py", definitions=[definition_from_data(DATA, "file:o.py")])
    refuse_conflicts(mine, [mine.definitions[0].type, NodeType(**DATA | {"type": "o.y", "pack": "other"})])
    with pytest.raises(DefinitionError, match=r"'file:o.py' .* 'o.x', which belongs to the pack 'other'"):
        refuse_conflicts(mine, [NodeType(**DATA | {"pack": "other"})])


def test_ports_of_a_worker_arrive_whole():
    ports = Interface(inputs=(Port(name="a", type="int", default=3),))
    kind = NodeType(**DATA | {"lane": "gpu", "interface": ports})
    assert definition_from_data(kind.model_dump(mode="json"), "p").type == kind.model_copy(update={"pack": "p"})
