"""Mellon's workflows as graphs: the published samples, each kind of node, and files that are something else."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import GraphError
from engine.graph.document import Graph, load_graph
from nodes.diffusion.mellon import import_mellon, is_mellon

SAMPLES = Path(__file__).parent / "mellon"


def sample(name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((SAMPLES / f"{name}.json").read_bytes())
    return data


def mellon(*nodes: dict[str, Any], edges: str = "") -> dict[str, Any]:
    """A workflow; `edges` are lines such as `load.unet_out denoise.unet`."""
    ends = [[end.partition(".") for end in line.split()] for line in edges.strip().splitlines()]
    made = [{"source": a, "sourceHandle": out, "target": b, "targetHandle": into} for (a, _, out), (b, _, into) in ends]
    return {"nodes": list(nodes), "edges": made, "viewport": {"x": 0, "y": 0, "zoom": 1}}


def kind(node_id: str, what: str, **params: Any) -> dict[str, Any]:
    """A node of the kind `Module.Action`; a param is a value, or a field as Mellon saves it."""
    module, _, action = what.partition(".")
    fields = {name: param if isinstance(param, dict) else {"value": param} for name, param in params.items()}
    data = {"module": f"modules.{module}", "action": action, "label": action, "params": fields}
    return {"id": node_id, "type": "custom", "position": {"x": 10, "y": 20}, "data": data}


def model(family: str = "") -> dict[str, Any]:
    return {"display": "input", "type": "diffusers_auto_model", "signal": {"value": family}}


IN, OUT = {"display": "input"}, {"display": "output"}


def loader(family: str, **more: Any) -> dict[str, Any]:
    repo = {"display": "modelselect", "value": {"source": "hub", "value": "org/name"}}
    return kind("load", "ModularDiffusers.ModelsLoader", model_type=family, repo_id=repo, **more)


def params(graph: Graph) -> dict[str, dict[str, Any]]:
    return {node.id: node.params for node in graph.nodes}


def edges(graph: Graph) -> set[str]:
    return {str(edge) for edge in graph.edges}


def remarks(document: dict[str, Any]) -> dict[str, str]:
    return {line.node: f"{line.status}: {line.text}" for line in import_mellon(document).report}


def test_the_text_to_image_sample_becomes_our_four_nodes():
    graph = import_mellon(sample("text_to_image")).graph
    given = params(graph)
    assert given.pop("encode") | {"prompt": ""} == {"block": "text_encoder", "prompt": ""}
    assert given == {
        "load": {
            "repo": "Tongyi-MAI/Z-Image-Turbo",
            "dtype": "bfloat16",
            "workflow": "text2image",
            "guidance_scale": 1,
        },
        "denoise": {"block": "denoise", "width": 1024, "height": 1024, "seed": 0, "num_inference_steps": 9},
        "decode": {"block": "decode"},
        "show": {},
    }
    assert edges(graph) == {
        *(f"load.pipeline → {stage}.pipeline" for stage in ("encode", "denoise", "decode")),
        "encode.embeddings → denoise.embeddings", "denoise.latents → decode.latents", "decode.images → show.images",
    }  # fmt: skip
    assert "notes" not in graph.view


def test_the_dynamic_node_sample_becomes_a_custom_block_with_a_list_of_pictures():
    imported = import_mellon(sample("dynamic_node"))
    prompt = "put the subjects of each images in a epic fight at a tropical beach"
    assert params(imported.graph) == {
        "block": {"repo": "diffusers/FLUX.2-klein-4B-modular", "prompt": prompt, "num_inference_steps": 4},
        "picture": {"image": "kangaroo.png"},
        "picture_2": {"image": "turtle.png"},
        "make": {},
        "show": {},
    }
    assert edges(imported.graph) == {
        "picture.image → make.items", "picture_2.image → make.items", "make.list → block.image",
        "block.images → show.images",
    }  # fmt: skip
    assert "resources/turtle.png, put it into the input folder" in imported.graph.view["notes"][0]["text"]
    sources = [(node.model_extra or {}).get("source_url", "") for node in imported.graph.nodes]
    assert [url.rpartition("/")[2] for url in sources if url] == ["kangaroo.png", "turtle.png"]


def test_places_widths_and_unseen_nodes_are_kept():
    graph = import_mellon(sample("text_to_image"), name="Crow").graph
    load = next(node for node in graph.nodes if node.id == "load")
    assert graph.name == "Crow" and (load.position.x, load.position.y) == (270.6, -57.7)
    assert (load.model_extra or {})["width"] == 319
    assert load_graph(graph.model_dump()) == graph


def test_a_value_is_its_own_its_default_or_nothing_when_hidden():
    width = {"type": "int", "default": 1024, "value": None}
    steps = {"type": "int", "value": "28", "default": 4}
    document = mellon(
        kind("d", "ModularDiffusers.Denoise", unet=model("ZImageModularPipeline"), width=width,
             num_inference_steps=steps, strength={"value": 0.5, "hidden": True}, empty={"type": "float", "value": ""}),
    )  # fmt: skip
    assert params(import_mellon(document).graph)["denoise"] == {
        "block": "denoise", "width": 1024, "num_inference_steps": 28,
    }  # fmt: skip


@pytest.mark.parametrize("value", [{"value": 5, "isRandom": True}, 5])
def test_a_seed_that_mellon_draws_is_drawn_here_too(value):
    seed = {"type": "int", "display": "random", "value": value}
    node = import_mellon(mellon(kind("d", "ModularDiffusers.Denoise", seed=seed))).graph.nodes[0]
    assert node.params["seed"] == 5
    assert (node.model_extra or {}).get("seed_control") == ({"seed": "random"} if isinstance(value, dict) else None)


@pytest.mark.parametrize(
    ("family", "with_picture", "workflow"),
    [
        ("ZImageModularPipeline", True, "image2image"), ("Flux2KleinModularPipeline", True, "image_conditioned"),
        ("Flux2KleinModularPipeline", False, "text2image"), ("QwenImageEditPlusModularPipeline", True, None),
        ("DummyCustomPipeline", False, None),
    ],
)  # fmt: skip
def test_the_workflow_follows_from_the_family_and_what_is_connected(family, with_picture, workflow):
    document = mellon(
        loader(family), kind("d", "ModularDiffusers.Denoise", unet=model(family), image_latents=IN),
        kind("e", "ModularDiffusers.ImageEncode", vae=model(family), image_latents=OUT),
        edges="load.unet_out d.unet\nload.vae_out e.vae\n" + "e.image_latents d.image_latents" * with_picture,
    )  # fmt: skip
    assert params(import_mellon(document).graph)["load"].get("workflow") == workflow


@pytest.mark.parametrize(
    ("family", "where"),
    [("ZImageModularPipeline", "load"), ("FluxModularPipeline", "denoise"), ("Flux2KleinModularPipeline", None)],
)
def test_the_guidance_scale_goes_where_the_family_takes_it(family, where):
    document = mellon(
        loader(family), kind("d", "ModularDiffusers.Denoise", unet=model(family), guidance_scale=3.5),
        edges="load.unet_out d.unet",
    )  # fmt: skip
    found = [name for name, values in params(import_mellon(document).graph).items() if "guidance_scale" in values]
    assert found == ([where] if where else [])


def test_a_guider_gives_its_scale_to_the_pipeline():
    document = mellon(
        loader("ZImageModularPipeline"), kind("d", "ModularDiffusers.Denoise", unet=model("ZImageModularPipeline")),
        kind("g", "ModularDiffusers.Guider", guider="ClassifierFreeGuidance", guidance_scale=7.5, stop=1.0),
        edges="load.unet_out d.unet\ng.guider_out d.guider",
    )  # fmt: skip
    imported = import_mellon(document)
    assert params(imported.graph)["load"]["guidance_scale"] == 7.5 and len(imported.graph.nodes) == 2
    assert "notes" not in imported.graph.view
    document["nodes"][2]["data"]["params"]["stop"] = {"value": 0.5}
    assert remarks(document)["guider"].startswith("placeholder: Guider is kept")


CONTROL = {
    "controlnet": model(),
    "control_image": IN,
    "controlnet_conditioning_scale": 0.7,
    "control_guidance_end": 0.9,
}


def test_a_controlnet_is_part_of_denoise_or_a_stage_as_the_family_has_it():
    def imported(family: str) -> Graph:
        return import_mellon(mellon(
            loader(family), kind("d", "ModularDiffusers.Denoise", unet=model(family)),
            kind("c", "ModularDiffusers.Controlnet", vae=model(family), **CONTROL),
            kind("m", "ModularDiffusers.AutoModelLoader"), kind("p", "Image.Load", file="a.png", image=OUT),
            edges="load.unet_out d.unet\nload.vae_out c.vae\nm.model c.controlnet\np.image c.control_image\n"
                  "c.controlnet_bundle d.controlnet_bundle",
        )).graph  # fmt: skip

    sdxl, qwen = imported("StableDiffusionXLModularPipeline"), imported("QwenImageModularPipeline")
    settings = {"controlnet_conditioning_scale": 0.7, "control_guidance_end": 0.9}
    for graph in (sdxl, qwen):
        assert {"load.pipeline → with_component.pipeline", "component.component → with_component.component",
                "with_component.pipeline → denoise.pipeline"} <= edges(graph)  # fmt: skip
        assert params(graph)["denoise"] == {"block": "denoise", **settings}
        assert params(graph)["load"]["workflow"] == "controlnet_text2image"
    assert "picture.image → denoise.control_image" in edges(sdxl)
    assert {"picture.image → controlnet_vae_encoder.control_image",
            "controlnet_vae_encoder.control_image_latents → denoise.control_image_latents"} <= edges(qwen)  # fmt: skip


def test_models_from_elsewhere_take_the_place_of_the_pipelines_own():
    vae = {"display": "modelselect", "value": {"source": "hub", "value": "org/vae"}}
    document = mellon(
        loader("StableDiffusionXLModularPipeline"), kind("d", "ModularDiffusers.Denoise", unet=model(), vae=model()),
        kind("u", "ModularDiffusers.AutoModelLoader", model_type="unet", model_id="org/unet", subfolder="unet"),
        kind("v", "ModularDiffusers.AutoModelLoader", model_type="vae", model_id=vae, variant="fp16", subfolder=""),
        kind("e", "ModularDiffusers.DecodeLatents", vae=model()),
        edges="u.model load.unet\nv.model load.vae\nload.unet_out d.unet\nv.model e.vae\nload.scheduler e.scheduler",
    )  # fmt: skip
    graph = import_mellon(document).graph
    assert params(graph)["with_component"] == {"name": "unet"} and params(graph)["with_component_2"] == {"name": "vae"}
    assert params(graph)["component"] == {"repo": "org/unet", "subfolder": "unet"}
    assert params(graph)["component_2"] == {"repo": "org/vae", "variant": "fp16"}
    assert {
        "component.component → with_component.component", "component_2.component → with_component_2.component",
        "load.pipeline → with_component.pipeline", "with_component.pipeline → with_component_2.pipeline",
        "with_component_2.pipeline → denoise.pipeline", "with_component_2.pipeline → decode.pipeline",
    } == edges(graph)  # fmt: skip
    assert "The edge from AutoModelLoader (model) to vae has no counterpart." in remarks(document)["decode"]


def test_an_unknown_kind_keeps_its_values_data_and_edges():
    document = mellon(
        kind("r", "Segmentation.RemBg", image=IN, prediction=OUT, edge={"default": 3}),
        kind("s", "Image.Save", image=IN, filename="{PATH:images}/cats/Mellon_{HASH:6}.jpg", quality=80),
        edges="r.prediction s.image",
    )
    imported = import_mellon(document)
    remover, save = imported.graph.nodes
    assert (remover.type, remover.params, remover.mode) == ("mellon.Segmentation.RemBg", {"edge": 3}, None)
    assert (remover.model_extra or {})["mellon"] == document["nodes"][0]["data"]
    assert save.params == {"name": "cats/Mellon", "format": "jpeg", "quality": 80}
    assert edges(imported.graph) == {"rem_bg.prediction → save.images"}
    assert "no node for it" in imported.graph.view["notes"][0]["text"]


def test_what_is_not_needed_is_muted_and_its_edges_go_without_a_complaint():
    document = mellon(
        loader("ZImageModularPipeline"), kind("q", "ModularDiffusers.QuantizationConfigNode", quant_type="bnb_4bit"),
        kind("s", "ModularDiffusers.Scheduler"), kind("d", "ModularDiffusers.Denoise", unet=model()),
        edges="q.quantization_config load.quant_config\nload.scheduler s.scheduler_in\ns.scheduler_out d.scheduler\n"
              "load.unet_out d.unet",
    )  # fmt: skip
    graph = import_mellon(document).graph
    assert {node.id: node.mode for node in graph.nodes} == {
        "load": None, "quantization_config_node": "muted", "scheduler": "muted", "denoise": None,
    }  # fmt: skip
    assert "counterpart" not in " ".join(remarks(document).values())


def test_an_edge_without_a_counterpart_is_told():
    document = mellon(
        kind("t", "Primitive.TextValue", text="hi", output=OUT), kind("l", "Image.Load", file="a.png"),
        edges="t.output l.file",
    )  # fmt: skip
    assert "The edge from TextValue (output) to file has no counterpart." in remarks(document)["picture"]


def test_a_file_name_is_found_in_every_form_that_mellon_writes():
    for value in (["a/turtle.png"], "a/turtle.png", "['a/turtle.png']", '["C:\\\\a\\\\turtle.png"]',
                  ["https://host/x/turtle.png?download=1"]):  # fmt: skip
        graph = import_mellon(mellon(kind("l", "Image.Load", file=value))).graph
        assert params(graph) == {"picture": {"image": "turtle.png"}}, value


def test_grown_inputs_lists_sizes_and_choices_find_their_places():
    document = mellon(
        kind("l", "Image.Load", file=["a.png"], image=OUT, width=OUT), kind("t", "Primitive.ToList", item=IN),
        kind("r", "Image.Resize", image=IN, method="contain", width=100, height=70, multiple_of=16, output=OUT),
        kind("p", "Image.Preview", image=IN, export="1"), kind("c", "Image.Compare", image_1=IN, image_2=IN),
        edges="l.image t.item\nl.image t.item>>>xY12\nt.list p.image\nl.width r.width\np.filtered r.image\n"
              "r.output c.image_1\nl.image c.image_2",
    )  # fmt: skip
    graph = import_mellon(document).graph
    assert params(graph)["resize"] == {"mode": "fit", "filter": "lanczos", "width": 96, "height": 64}
    assert {
        "picture.image → make.items", "size.width → resize.width", "make.list → show.images", "show.images → item.list",
        "item.item → resize.image", "resize.image → compare.image", "picture.image → compare.other",
        "compare.image → show_2.images",
    } <= edges(graph)  # fmt: skip


def test_a_video_goes_by_its_frames():
    document = mellon(
        kind("l", "Video.Load", file="clip.mp4", video=OUT),
        kind("e", "Video.Export", video=IN, fps=12, filename="a.webm"),
        edges="l.video e.video",
    )  # fmt: skip
    graph = import_mellon(document).graph
    assert {node.type for node in graph.nodes} == {"video.load", "video.frames", "video.from_frames", "video.save"}
    assert "frames.images → from_frames.images" in edges(graph)


def test_samplers_of_older_mellon_become_stages():
    document = mellon(
        kind("load", "Experiments.FluxPipelineLoader", model_id={"value": {"source": "hub", "value": "org/kontext"}}),
        kind("enc", "Experiments.FluxTextEncoder", prompt="an elf", pipeline=IN, embeds=OUT),
        kind("pic", "Image.Load", file="lady.jpg", image=OUT),
        kind("s", "Experiments.FluxKontextSampler", resolution="944x1104", steps=28, cfg=2.5,
             latents={"display": "output", "type": "latent"}),
        kind("show", "Image.Preview", image=IN),
        edges="load.pipeline enc.pipeline\nload.pipeline s.pipeline\nenc.embeds s.embeds\npic.image s.image\n"
              "s.latents show.image\nload.pipeline show.vae",
    )  # fmt: skip
    graph = import_mellon(document).graph
    size = {"width": 944, "height": 1104}
    assert params(graph)["load"] == {"repo": "org/kontext", "workflow": "image_conditioned"}
    assert params(graph)["decode"] == {"block": "decode"} | size
    assert params(graph)["denoise"] == size | {"block": "denoise", "num_inference_steps": 28, "guidance_scale": 2.5}
    assert {"picture.image → encode_image.image", "encode_image.image_latents → denoise.image_latents",
            "load.pipeline → encode_image.pipeline", "load.pipeline → decode.pipeline",
            "denoise.latents → decode.latents", "decode.images → show.images"} <= edges(graph)  # fmt: skip


def test_stable_diffusion_3_hands_its_embeddings_on_one_by_one():
    document = mellon(
        kind("load", "Experiments.SD3PipelineLoader", model_id="org/sd3"),
        kind("enc", "Experiments.SD3PromptEncoder", prompt="a cat", negative_prompt="ill"),
        kind("s", "Experiments.SD3Sampler", cfg=4.5, cfg_cutoff=True, width=512),
        edges="load.pipeline enc.pipeline\nload.pipeline s.pipeline\nenc.embeds s.embeds",
    )  # fmt: skip
    graph = import_mellon(document).graph
    assert params(graph)["load"] == {"repo": "org/sd3", "workflow": "text2image", "guidance_scale": 4.5}
    assert {edge for edge in edges(graph) if "embed" in edge} == {
        f"encode.{name} → denoise.{name}"
        for name in ("prompt_embeds", "negative_prompt_embeds", "pooled_prompt_embeds", "negative_pooled_prompt_embeds")
    }
    assert "cfg_cutoff has no counterpart" in remarks(document)["denoise"]


@pytest.mark.parametrize(
    "document",
    [None, 3, "graph", [], {}, {"nodes": [], "edges": []}, {"nodes": [{"id": "a"}], "edges": []},
     {"nodes": [1, None], "edges": {}},
     {"format": "blockloom/1", "nodes": [{"id": "a", "type": "value.text"}], "edges": []},
     {"last_node_id": 3, "nodes": [{"id": 1, "type": "KSampler"}], "links": []}],
)  # fmt: skip
def test_other_documents_are_refused_in_a_sentence(document):
    assert not is_mellon(document)
    with pytest.raises(GraphError) as caught:
        import_mellon(document)
    assert caught.value.problems[0].code == "not_mellon"


def test_what_is_no_plain_data_is_refused():
    with pytest.raises(GraphError) as caught:
        import_mellon(mellon(kind("t", "Primitive.TextValue", text=float("nan"))))
    assert caught.value.problems[0].code == "not_finite"


def test_broken_nodes_and_edges_are_dropped_and_told():
    document = mellon(kind("t", "Primitive.TextValue", text="hi"), kind("t", "Primitive.TextValue"))
    document["nodes"] += [{"id": 4}, "x", {"id": "p", "position": {"x": 1e300, "y": "far"}, "data": {
        "module": "modules.Image", "action": "Preview", "params": [1]}}]  # fmt: skip
    document["edges"] += [3, {"source": "gone", "sourceHandle": "a", "target": "t", "targetHandle": "text"}]
    imported = import_mellon(document)
    assert params(imported.graph) == {"text": {"value": "hi"}, "show": {}}
    assert [line.text for line in imported.report if line.status == "dropped"] == [
        "nodes[1] has the id of another node.", "nodes[2] says neither its id nor what it is.",
        "nodes[3] says neither its id nor what it is.", "edges[0] leads to or from no node.",
        "edges[1] leads to or from no node.",
    ]  # fmt: skip


WILD = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["input", "output", "random", "ui_label", "[1", "['a'", "../../x", "é", "", "mellon"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["display", "value", "default", "hidden", "signal", "type"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
NAMES = ["unet", "vae", "seed", "image", "file", "prompt", "controlnet_bundle", "guider", "model_type", "repo_id",
         "video", "item", "filename", "width", "resolution", "guidance_scale", "export", "latents", "text"]  # fmt: skip


@settings(max_examples=150)
@given(st.data())
def test_any_values_in_any_kind_of_node_open_or_are_refused(data):
    from nodes.diffusion.mellon.kinds import KINDS

    kinds = data.draw(st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=4))
    nodes = []
    for index, (module, action) in enumerate(kinds):
        node = kind(f"n{index}", f"{module}.{action}")
        node["data"]["params"] = data.draw(st.dictionaries(st.sampled_from(NAMES), WILD, max_size=6))
        node["position"] = data.draw(WILD)
        nodes.append(node)
    ends = st.tuples(st.integers(0, len(kinds) - 1), st.sampled_from(NAMES))
    pairs = data.draw(st.lists(st.tuples(ends, ends), max_size=5))
    lines = "\n".join(f"n{a}.{out} n{b}.{into}" for (a, out), (b, into) in pairs)
    imported = import_mellon(mellon(*nodes, edges=lines))
    assert len(imported.report) == len(nodes) and load_graph(imported.graph.model_dump()) == imported.graph
