"""Mellon's nodes for text and lists."""

from nodes.diffusion.mellon.file import MellonFile, MellonNode
from nodes.diffusion.mellon.translation import Ref, Translation, given, placeholder, simple


def text_value(node: MellonNode, file: MellonFile) -> Translation:
    value = node.value("text")
    params = {"value": value if isinstance(value, str) else ""}
    return simple(
        node, "value.text", params, "Text", {"text": (Ref(node.id, "value"),)}, {"output": Ref(node.id, "text")}
    )


def to_list(node: MellonNode, file: MellonFile) -> Translation:
    return simple(
        node, "list.make", {}, "Make list", {"item": (Ref(node.id, "items"),)}, {"list": Ref(node.id, "list")}
    )


def text_to_list(node: MellonNode, file: MellonFile) -> Translation:
    separator = str(node.value("separator") or ",").replace("\n", "\\n")
    inputs = {"text": (Ref(node.id, "text"),)}
    params = {"separator": separator} | given(text=node.value("text"))
    return simple(node, "text.split", params, "Split text", inputs, {"output": Ref(node.id, "texts")})


def data_viewer(node: MellonNode, file: MellonFile) -> Translation:
    if any(True for _ in file.targets(node)):
        return placeholder(node, "only its text would be of use, and nothing makes one of a value.")
    return Translation("dropped", "Data Viewer is not needed: values are shown at each node and in the inspector.",
                       covered=frozenset({"value"}))  # fmt: skip
