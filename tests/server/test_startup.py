"""Starting: light imports, an answer at once, and an end in good order."""

import json
import os
import signal
import subprocess
import sys

import httpx

HEAVY = {"torch", "diffusers", "transformers", "numpy", "PIL"}


def test_the_server_imports_nothing_heavy(root, tmp_path):
    code = (
        "import sys, json; from pathlib import Path\n"
        "from server.app import create_app; from server.settings import Settings\n"
        "from engine.service import Engine\n"
        "settings = Settings(data=Path(sys.argv[1])); create_app(settings).openapi()\n"
        "Engine(settings.engine_config())\n"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=root, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert not HEAVY & set(json.loads(done.stdout))


def test_serve_answers_before_the_worker_is_ready_and_stops_at_a_signal(root, tmp_path):
    command = [sys.executable, "-m", "server.cli", "serve", "--data", str(tmp_path), "--port", "0", "--no-open-browser"]
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=root, env=environment, **pipes) as server:
        url = next(line for line in server.stdout if "http" in line).split()[-1]
        assert httpx.get(f"{url}/health").json()["status"] == "ok"
        assert "Blockloom" in httpx.get(url).text
        assert httpx.get(f"{url}/api/system").json()["worker"]["state"] == "starting"
        second = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60)
        assert second.returncode == 2 and url in second.stderr
        server.send_signal(signal.SIGINT)
        _, errors = server.communicate(timeout=60)
    assert server.returncode == 0, errors
    assert "Traceback" not in errors


def test_the_first_pages_and_what_they_load_are_there(server):
    for path in ("/", "/api/docs"):
        page = server.http.get(path).text
        for part in page.split('"'):
            if part.startswith(("/static/", "/assets/", "/favicon")):
                assert server.http.get(part).status_code == 200


def test_system_tells_of_worker_queue_disk_and_versions(server):
    view = server.http.get("/api/system").json()
    assert {"worker", "queue", "disk", "versions", "uptime", "data"} <= view.keys()
    assert view["queue"] == {"queued": 0, "running": 0}


def test_memory_is_given_back(server, helpers):
    server.run(helpers.graph(helpers.node("show", "echo", value="x" * 1000)))
    assert server.http.post("/api/system/free", json={"what": "results"}).status_code == 204
    assert server.http.post("/api/system/free", json={"what": "models"}).status_code == 204


def test_the_catalogue_is_sent_once_per_revision(server):
    answer = server.http.get("/api/catalogue")
    assert "fake.add" in {found["type"] for found in answer.json()["types"]}
    assert server.http.get("/api/catalogue", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304


def test_templates_are_served_as_they_are(server, root):
    for template in server.http.get("/api/templates").json()["templates"]:
        text = (root / "nodes" / "templates" / f"{template['name']}.json").read_text()
        assert server.http.get(f"/api/templates/{template['name']}").json() == json.loads(text)
