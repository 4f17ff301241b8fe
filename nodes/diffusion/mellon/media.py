"""Mellon's nodes for pictures and video."""

import ast
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from nodes.diffusion.mellon.file import MellonFile, MellonNode
from nodes.diffusion.mellon.translation import Made, Ref, Rule, Translation, given, picture_size, simple


def load_image(node: MellonNode, file: MellonFile) -> Translation:
    """A node for each file; several become a list."""
    names = list(file_names(node.value("file")))
    remarks = [
        f"Fetch {name}, put it into the input folder as {base_name(name)}, or drop it on the node."
        if _on_web(name)
        else f"Put {base_name(name)} into the input folder, or drop it on the node."
        for name in names
    ]
    if not names:
        remarks.append("No file is chosen.")
    if node.value("alpha_channel") not in (None, "ignore"):
        remarks.append("Alpha Channel has no counterpart: pictures with transparency keep it.")
    first, several = Ref(node.id, "image"), len(names) > 1
    made = [
        Made(
            "image.load",
            given(image=base_name(name) if name else None),
            key=str(index or ""),
            extra={"source_url": name} if _on_web(name) else {},
            offset=(0, 320 * index),
        )
        for index, name in enumerate(names or [""])
    ]
    links: list[tuple[str, str, str, str]] = []
    outputs = {"image": first}
    if several:
        made.append(Made("list.make", key="list", offset=(380, 0)))
        links += [(item.key, "image", "list", "items") for item in made[:-1]]
        outputs["image"] = Ref(node.id, "list", "list")
    if any(out in ("width", "height") for out, _, _ in file.targets(node)):
        made.append(Made("image.size", key="size", offset=(380, 160)))
        links.append(("", "image", "size", "image"))
        outputs |= {name: Ref(node.id, name, "size") for name in ("width", "height")}
    return Translation(
        "mapped", f"{node.label} is Load image" + (f", {len(names)} times, and Make list." if several else "."),
        tuple(made), outputs=outputs, links=tuple(links), remarks=tuple(remarks),
    )  # fmt: skip


def _on_web(name: str) -> bool:
    return name.startswith(("http://", "https://"))


def preview_image(node: MellonNode, file: MellonFile) -> Translation:
    """A preview; where it is given latents and a VAE, a stage that decodes comes first."""
    giver = file.source(node, "image")
    kind = giver[0].fields[giver[1]].raw.get("type") if giver and giver[1] in giver[0].fields else None
    latents = kind in ("latent", "latents") and file.source(node, "vae") is not None
    made, links = [Made("image.preview")], []
    inputs = {"image": (Ref(node.id, "images"),)}
    outputs = {"output": Ref(node.id, "images"), "filtered": Ref(node.id, "images")}
    if giver and latents:
        made.append(
            Made("diffusion.block", {"block": "decode"} | picture_size(giver[0]), key="decode", offset=(-300, 0))
        )
        links.append(("decode", "images", "", "images"))
        inputs = {"image": (Ref(node.id, "latents", "decode"),), "vae": (Ref(node.id, "pipeline", "decode"),)}
    index = str(node.value("export") or "").strip()
    if any(out == "filtered" for out, _, _ in file.targets(node)) and index.isdecimal():
        made.append(Made("list.item", {"index": int(index)}, key="item", offset=(380, 0)))
        links.append(("", "images", "item", "list"))
        outputs["filtered"] = Ref(node.id, "item", "item")
    text = "Preview Image is Preview image" + (", after a stage that decodes the latents." if latents else ".")
    return Translation("mapped", text, tuple(made), inputs, outputs, tuple(links), frozenset({"vae"}))


def save_image(node: MellonNode, file: MellonFile) -> Translation:
    stem, format = file_stem(node.text("filename") or "image", {"jpg": "jpeg", "jpeg": "jpeg", "webp": "webp"}, "png")
    params = {"name": stem, "format": format} | given(quality=node.value("quality"))
    inputs = {"image": (Ref(node.id, "images"),)}
    return simple(node, "image.save", params, "Save image", inputs, {"output": Ref(node.id, "files")})


RESIZE_MODES = {"stretch": "stretch", "contain": "fit", "cover": "fill", "fit": "fill", "pad": "pad"}
FILTERS = {"nearest": "nearest", "box": "box", "bilinear": "bilinear", "hamming": "bilinear", "bicubic": "bicubic"}


def resize(node: MellonNode, file: MellonFile) -> Translation:
    multiple = node.value("multiple_of")
    multiple = multiple if isinstance(multiple, int) and multiple > 1 else 1
    size = {name: node.value(name) for name in ("width", "height")}
    size = {name: value // multiple * multiple if isinstance(value, int) else value for name, value in size.items()}
    method = node.text("method")
    params = {
        "mode": RESIZE_MODES.get(method, "stretch"),
        "filter": FILTERS.get(node.text("interpolation"), "lanczos"),
    } | given(**size)
    remarks = ("Cover also crops here: the picture gets exactly the size that is set.",) if method == "cover" else ()
    inputs = {name: (Ref(node.id, name),) for name in ("image", "width", "height")}
    found = simple(node, "image.resize", params, "Resize", inputs, {"output": Ref(node.id, "image")})
    return replace(found, remarks=remarks)


def compare(node: MellonNode, file: MellonFile) -> Translation:
    inputs = {"image_1": (Ref(node.id, "image"),), "image_2": (Ref(node.id, "other"),)}
    made = (Made("image.compare"), Made("image.preview", key="show", offset=(300, 0)))
    links = (("", "image", "show", "images"),)
    return Translation("mapped", "Image Compare is Compare with a preview.", made, inputs, links=links)


def merge(node: MellonNode, file: MellonFile) -> Translation:
    inputs = {
        "image_from": (Ref(node.id, "overlay"),),
        "image_to": (Ref(node.id, "image"),),
        "mask": (Ref(node.id, "mask", "mask"),) if file.source(node, "mask") else (),
    }
    if not inputs["mask"]:
        return simple(node, "image.composite", {}, "Composite", inputs, {"output": Ref(node.id, "image")})
    inputs["mask"] = (Ref(node.id, "image", "mask"),)
    made = (Made("image.composite"), Made("mask.from_image", key="mask", offset=(-300, 160)))
    links = (("mask", "mask", "", "mask"),)
    text = "Merge Images is Composite, with a mask made from the picture."
    return Translation("mapped", text, made, inputs, {"output": Ref(node.id, "image")}, links)


def through(
    type_: str, title: str, *, image: str = "image", output: str = "output", params: Mapping[str, str] | None = None
) -> Rule:
    """Of a node that takes a picture and gives one; `params` are ours by Mellon's names."""

    def rule(node: MellonNode, file: MellonFile) -> Translation:
        values = {ours: node.value(name) for name, ours in (params or {}).items()}
        inputs = {image: (Ref(node.id, "image"),)} | {
            name: (Ref(node.id, ours),) for name, ours in (params or {}).items()
        }
        return simple(node, type_, given(**values), title, inputs, {output: Ref(node.id, "image")})

    return rule


def load_video(node: MellonNode, file: MellonFile) -> Translation:
    names = list(file_names(node.value("file")))[:1]
    made = (
        Made("video.load", given(video=base_name(names[0]) if names else None)),
        Made("video.frames", key="frames", offset=(380, 0)),
    )
    outputs = {"video": Ref(node.id, "images", "frames"), "fps": Ref(node.id, "fps", "frames")}
    remarks = tuple(f"Put {base_name(name)} into the input folder, or drop it on the node." for name in names)
    text = "Load Video is Load video and Video frames."
    return Translation(
        "mapped", text, made, outputs=outputs, links=(("", "video", "frames", "video"),), remarks=remarks
    )


def export_video(node: MellonNode, file: MellonFile) -> Translation:
    stem, format = file_stem(node.text("filename") or "video", {"webm": "webm", "gif": "gif"}, "mp4")
    made = (
        Made("video.from_frames", given(fps=node.value("fps")), key="frames"),
        Made("video.save", {"name": stem, "format": format}, offset=(380, 0)),
    )
    inputs = {"video": (Ref(node.id, "images", "frames"),), "fps": (Ref(node.id, "fps", "frames"),)}
    text = "Export Video is Video from frames and Save video."
    links = (("frames", "video", "", "video"),)
    return Translation("mapped", text, made, inputs, {"file": Ref(node.id, "video")}, links)


def file_names(value: Any) -> Iterator[str]:
    """The names in a list, in one text, or in a text that Python wrote a list into, as Mellon does at times."""
    if isinstance(value, str) and value.startswith("["):
        value = _listed(value)
    for name in value if isinstance(value, list) else [value]:
        if isinstance(name, str) and name.strip():
            yield name.strip()


def _listed(text: str) -> Any:
    for read in (json.loads, ast.literal_eval):
        try:
            return read(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
    return text


def base_name(name: str) -> str:
    """The file's own name: `https://host/a/turtle.png?x=1` → `turtle.png`."""
    path = name.partition("?")[0] if "://" in name else name
    return PurePosixPath(path.replace("\\", "/")).name


def file_stem(pattern: str, formats: Mapping[str, str], usual: str) -> tuple[str, str]:
    """A file pattern without Mellon's placeholders, such as `{PATH:images}/Mellon_{HASH:6}.webp`, and its format."""
    bare = re.sub(r"\{[^{}]*\}", "", pattern)
    path = PurePosixPath(bare.replace("\\", "/").lstrip("/"))
    parts = [cleaned for part in path.with_suffix("").parts if (cleaned := re.sub(r"[^\w .-]", "", part).strip(" ._-"))]
    return "/".join(parts) or "mellon", formats.get(path.suffix.removeprefix(".").lower(), usual)
