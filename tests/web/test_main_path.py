"""From the empty canvas to a picture and back: what a newcomer does in the first five minutes."""

from pathlib import Path

import httpx
from playwright.sync_api import expect

from tests.web.canvas import Canvas


def test_from_template_to_picture_to_the_same_graph(canvas: Canvas, http: httpx.Client, tmp_path: Path) -> None:
    canvas.open_template("Text to image")
    canvas.fill("encode", "prompt", "a small green star on a red background")
    first = canvas.run()
    assert first["state"] == "succeeded"
    for node in ("load", "encode", "denoise", "decode", "show"):
        canvas.expect_state(node, "succeeded|cached")
    expect(canvas.node("show").locator("img")).to_be_visible()

    canvas.fill("denoise", "seed", "4242")
    second = canvas.run()
    ran = {node for node, state in second["nodes"].items() if not state.get("cached")}
    assert ran >= {"denoise", "decode"} and "encode" not in ran
    canvas.expect_state("encode", "cached")

    artifact = second["outputs"]["show"]["images"]["items"][0]["artifact"]["id"]
    saved = tmp_path / "star.png"
    saved.write_bytes(http.get(f"/api/artifacts/{artifact}?download=star.png&run={second['id']}").content)
    tabs = canvas.tabs.count()
    canvas.drop_file(saved, "image/png")
    expect(canvas.tabs).to_have_count(tabs + 1)
    expect(canvas.field("encode", "prompt")).to_have_value("a small green star on a red background")
    expect(canvas.field("denoise", "seed")).to_have_value("4242")
    expect(canvas.nodes).to_have_count(5)
    expect(canvas.edges).to_have_count(6)


def test_a_run_outlives_a_reload_of_the_page(canvas: Canvas) -> None:
    canvas.open_template("Text to image")
    canvas.fill("denoise", "num_inference_steps", "90")
    canvas.fill("encode", "prompt", "a large blue ring on a white background")
    run = canvas.start()
    canvas.expect_state("denoise", "running")
    canvas.page.reload()
    canvas.expect_state("denoise", "running|succeeded")
    expect(canvas.field("encode", "prompt")).to_have_value("a large blue ring on a white background")
    assert canvas.wait_for_run(run)["state"] == "succeeded"
    canvas.expect_state("show", "succeeded")


def test_stop_ends_a_run_and_the_next_one_works(canvas: Canvas) -> None:
    canvas.open_template("Text to image")
    canvas.fill("denoise", "num_inference_steps", "90")
    canvas.fill("denoise", "seed", "991")
    run = canvas.start()
    canvas.expect_state("denoise", "running")
    canvas.button("Stop").click()
    assert canvas.wait_for_run(run)["state"] == "cancelled"
    canvas.fill("denoise", "num_inference_steps", "2")
    assert canvas.run()["state"] == "succeeded"
