"""The examples in the README work as they stand, against a server started as the README says."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from PIL import Image

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
BLOCKLOOM = (sys.executable, "-c", "from server.cli import app; app()")

pytestmark = pytest.mark.slow


def example(language: str, containing: str) -> str:
    """The code block of the README in which `containing` stands."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", README, re.M | re.S)
    return next(block for block in blocks if containing in block)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An empty home; a free port instead of 8188, since a person may have a server running."""
    home = tmp_path_factory.mktemp("home")
    (home / "data" / "nodes").mkdir(parents=True)
    (home / "data" / "nodes" / "shout.py").write_text(example("python", "mine.shout"))
    ours = {"HOME": str(home), "BLOCKLOOM_DATA": str(home / "data"), "BLOCKLOOM_PORT": "0", "PYTHONPATH": str(ROOT)}
    return {name: value for name, value in os.environ.items() if not name.startswith("BLOCKLOOM_")} | ours


@pytest.fixture(scope="module")
def url(environment: dict[str, str]) -> Iterator[str]:
    server = subprocess.Popen([*BLOCKLOOM, "serve"], env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        announced = (re.search(r"Blockloom is at (\S+)", line) for line in server.stdout)
        yield next(found.group(1) for found in announced if found)
    finally:
        server.terminate()
        server.communicate(timeout=60)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A place to work in that has the repository's graphs."""
    (tmp_path / "nodes").symlink_to(ROOT / "nodes")
    return tmp_path


def background(picture: Path) -> tuple[int, ...]:
    with Image.open(picture) as image:
        pixel = image.convert("RGB").getpixel((2, 2))
    assert isinstance(pixel, tuple)
    return tuple(int(channel) for channel in pixel)


def assert_blue(colour: tuple[int, ...]) -> None:
    red, green, blue = colour
    assert blue > 150 and red < 110 and green < 150, colour


def test_the_python_example_draws_the_picture(url: str, folder: Path) -> None:
    code = example("python", "import httpx").replace("http://127.0.0.1:8188", url)
    subprocess.run([sys.executable, "-c", code], cwd=folder, check=True)
    assert_blue(background(next(folder.glob("*.png"))))


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_curl_example_draws_the_picture(url: str, folder: Path) -> None:
    code = example("sh", "curl").replace("http://127.0.0.1:8188", url)
    answer = subprocess.run(["bash", "-c", code], cwd=folder, check=True, capture_output=True).stdout
    run = json.loads(answer)
    assert run["state"] == "succeeded", run["problem"]
    artifact = run["outputs"]["show"]["images"]["items"][0]["artifact"]
    with urlopen(f"{url}/api/artifacts/{artifact['id']}") as response:
        (folder / "picture.png").write_bytes(response.read())
    assert_blue(background(folder / "picture.png"))


def test_the_command_draws_the_picture(environment: dict[str, str], folder: Path) -> None:
    line = next(line for line in example("sh", "blockloom run").splitlines() if line.startswith("blockloom run"))
    arguments = re.findall(r'[^\s"]+"[^"]*"|\S+', line.removeprefix("blockloom "))
    command = [*BLOCKLOOM, *(argument.replace('"', "") for argument in arguments), "--data", str(folder / "data")]
    subprocess.run(command, cwd=folder, env=environment, check=True)
    assert_blue(background(next((folder / "out").rglob("*.png"))))


def test_the_example_with_the_client_draws_the_picture(url: str, folder: Path) -> None:
    setting = example("python", "import httpx").partition("with httpx")[0]
    code = setting + example("python", "blockloom import Client").replace("http://127.0.0.1:8188", url)
    subprocess.run([sys.executable, "-c", code], cwd=folder, check=True, env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert_blue(background(folder / "circle_0.png"))


def test_the_node_of_the_readme_runs(url: str) -> None:
    graph = {
        "format": "blockloom/1",
        "nodes": [{"id": "shout", "type": "mine.shout", "params": {"text": "hello", "times": 3}}],
    }
    body = json.dumps({"graph": graph, "targets": ["shout"]}).encode()
    with urlopen(Request(f"{url}/api/runs?wait=60", body, {"Content-Type": "application/json"})) as response:
        run = json.load(response)
    assert run["outputs"]["shout"]["text"]["value"] == "HELLO!!!"
