"""Runs over HTTP."""

import httpx


def test_a_waited_run_answers_with_its_outputs(server, helpers):
    answer = server.run(
        helpers.graph(
            helpers.node("add", "add", a=2, b=3), helpers.node("show", "echo"), edges=["add.sum > show.value"]
        )
    )
    run = answer.json()
    assert (answer.status_code, run["state"]) == (200, "succeeded")
    assert answer.headers["location"] == f"/api/runs/{run['id']}"
    assert run["outputs"]["show"]["value"]["value"] == 5


def test_a_run_is_accepted_at_once_without_wait(server, helpers):
    answer = server.http.post("/api/runs", json={"graph": helpers.graph(helpers.node("show", "echo", value=1))})
    assert answer.status_code == 202
    assert "graph" not in answer.json()


def test_a_run_that_outlasts_its_wait_answers_202_with_the_state_so_far(server, helpers):
    answer = server.http.post("/api/runs?wait=0.01", json={"graph": helpers.graph(helpers.node("wait", "wait"))})
    assert answer.status_code == 202
    assert answer.json()["state"] in ("queued", "running")
    assert server.http.delete(f"/api/runs/{answer.json()['id']}").json()["state"] == "cancelled"


def test_overrides_and_targets_change_what_runs(server, helpers):
    graph = helpers.graph(helpers.node("add", "add", a=2, b=3), helpers.node("other", "fail"))
    run = server.run(graph, overrides={"add.a": 40}, targets=["add"]).json()
    assert (run["state"], run["outputs"]["add"]["sum"]["value"]) == ("succeeded", 43)


def test_a_failed_run_says_which_node_failed_and_why(server, helpers):
    run = server.run(helpers.graph(helpers.node("bad", "fail", text="no luck"))).json()
    assert run["state"] == "failed"
    assert "no luck" in run["nodes"]["bad"]["problem"]["message"]


def test_a_saved_graph_runs_by_its_id(server, helpers):
    server.http.put("/api/graphs/sum", json=helpers.graph(helpers.node("show", "echo", value="kept")))
    run = server.http.post("/api/runs?wait=60", json={"graph_id": "sum", "overrides": {"show.value": "new"}}).json()
    assert run["outputs"]["show"]["value"]["value"] == "new"


def test_an_ended_run_is_removed_from_the_history(server, helpers):
    run_id = server.run(helpers.graph(helpers.node("show", "echo", value=1))).json()["id"]
    assert server.http.get(f"/api/runs/{run_id}").json()["graph"]["nodes"][0]["id"] == "show"
    assert server.http.delete(f"/api/runs/{run_id}").status_code == 204
    assert server.http.get(f"/api/runs/{run_id}").status_code == 404


def test_a_run_that_is_only_to_be_cancelled_stays_in_the_history_when_it_has_ended(server, helpers):
    ended = server.run(helpers.graph(helpers.node("show", "echo", value=1))).json()
    answer = server.http.delete(f"/api/runs/{ended['id']}?keep=true")
    assert (answer.status_code, answer.json()["state"]) == (200, "succeeded")
    assert server.http.get(f"/api/runs/{ended['id']}").status_code == 200
    waiting = server.start(helpers.graph(helpers.node("wait", "wait")))
    assert server.http.delete(f"/api/runs/{waiting}?keep=true").json()["state"] == "cancelled"


def test_runs_are_listed_by_state_and_name_in_pages(server, helpers):
    ids = [
        server.run(helpers.graph(helpers.node("show", "echo", value=n), name="Listed")).json()["id"] for n in range(3)
    ]
    first = server.http.get("/api/runs?search=listed&state=succeeded&limit=2").json()
    rest = server.http.get(f"/api/runs?search=listed&limit=2&cursor={first['next']}").json()
    assert [run["id"] for run in first["runs"] + rest["runs"]] == ids[::-1]
    assert (first["total"], rest.get("next")) == (3, None)


def test_runs_are_told_apart_and_found_by_their_prompts(server, helpers):
    for seed, prompt in enumerate(("a Red circle,\non blue", "a ring")):
        server.run(helpers.graph(helpers.node("draw", "draw", prompt=prompt, seed=seed), name="Told apart"))
    found = server.http.get("/api/runs?search=red circle, on").json()["runs"]
    assert [(run["name"], run["prompt"], run["seed"]) for run in found] == [("Told apart", "a Red circle, on blue", 0)]


def test_events_are_followed_to_the_end_and_resumed_from_the_last_one_seen(server, helpers):
    run_id = server.run(helpers.graph(helpers.node("show", "show", steps=3))).json()["id"]
    every = _events(server.http, run_id)
    assert [number for number, _ in every] == list(range(1, len(every) + 1))
    assert (every[0][1], every[-1][1]) == ("run_queued", "run_finished")
    assert _events(server.http, run_id, after=3) == every[3:]


def test_a_run_can_be_followed_while_it_runs(server, helpers):
    run_id = server.start(helpers.graph(helpers.node("wait", "wait")))
    kinds = []
    with server.http.stream("GET", f"/api/runs/{run_id}/events") as stream:
        for line in stream.iter_lines():
            if line.startswith("event: "):
                kinds.append(line.removeprefix("event: "))
            if line == "event: node_started":
                server.http.delete(f"/api/runs/{run_id}")
    assert (kinds[:3], kinds[-1]) == (["run_queued", "run_started", "node_started"], "run_finished")


def test_a_page_of_runs_tells_when_they_ran_and_what_they_made_and_who_asked(server, helpers):
    graph = helpers.graph(helpers.node("show", "echo", value=8))
    run_id = server.run(graph, source="tab 7").json()["id"]
    server.run(graph)
    (run,) = server.http.get("/api/runs?source=tab 7").json()["runs"]
    assert (run["id"], run["source"], run["targets"]) == (run_id, "tab 7", ["show"])
    assert run["created"] <= run["started"] <= run["finished"]
    assert run["outputs"]["show"]["value"]["value"] == 8 and "nodes" not in run and "graph" not in run
    assert server.run(graph, source="x" * 65).status_code == 422


def test_the_queue_is_put_into_another_order(server, helpers):
    running = server.start(helpers.graph(helpers.node("wait", "wait")))
    with server.http.stream("GET", f"/api/runs/{running}/events") as stream:
        next(line for line in stream.iter_lines() if line == "event: node_started")
    ids = [server.start(helpers.graph(helpers.node("show", "echo", value=n))) for n in range(3)]
    assert server.http.get("/api/queue").json() == {"running": [running], "queued": ids}
    answer = server.http.put("/api/queue", json={"runs": [ids[2], running, ids[0]]})
    assert (answer.status_code, answer.json()["queued"]) == (200, [ids[2], ids[0], ids[1]])
    server.http.delete(f"/api/runs/{ids[0]}")
    refused = server.http.put("/api/queue", json={"runs": [ids[0], "nothing", ids[1]]})
    assert (refused.status_code, refused.json()["problems"][0]["code"]) == (422, "not_queued")
    assert ids[0] in refused.text and "nothing" in refused.text and ids[1] not in refused.text
    assert server.http.get("/api/queue").json()["queued"] == [ids[2], ids[1]]
    server.http.delete(f"/api/runs/{running}")


def test_compile_tells_ports_and_problems_of_a_bad_graph(server, helpers):
    graph = helpers.graph(helpers.node("a", "add"), helpers.node("b", "nothing"), edges=["a.sum > b.x"])
    result = server.http.post("/api/compile", json=graph)
    assert result.status_code == 200
    assert [port["name"] for port in result.json()["nodes"]["a"]["inputs"]] == ["a", "b"]
    assert "b" in {problem.get("node") for problem in result.json()["problems"]}


def test_a_description_that_failed_is_asked_for_again_at_once_with_retry(server, helpers, tmp_path):
    graph = helpers.graph(helpers.node("d", "described", path=str(tmp_path / "repo")))
    first = server.http.post("/api/compile?settle=true", json=graph).json()
    (tmp_path / "repo").touch()
    again = server.http.post("/api/compile", json=graph).json()
    assert [result["problems"][0]["code"] for result in (first, again)] == ["no_repo", "no_repo"]
    assert server.http.post("/api/compile?retry=true", json=graph).json()["nodes"]["d"]["pending"]
    settled = server.http.post("/api/compile?settle=true", json=graph).json()
    assert settled["problems"] == [] and settled["nodes"]["d"]["types"] == {"path": "string", "commit": "string"}
    assert settled["lock"] == {"repos": {"org/a": {"commit": "1"}}}


def _events(http: httpx.Client, run_id: str, after: int | None = None) -> list[tuple[int, str]]:
    headers = {} if after is None else {"Last-Event-ID": str(after)}
    lines = http.get(f"/api/runs/{run_id}/events", headers=headers).text.splitlines()
    ids = [int(line.removeprefix("id: ")) for line in lines if line.startswith("id: ")]
    return list(zip(ids, [line.removeprefix("event: ") for line in lines if line.startswith("event: ")], strict=True))


def test_pictures_of_any_node_are_made_visible_as_long_as_its_result_is_kept(server, helpers):
    nodes = helpers.node("picture", "blob", text="kept"), helpers.node("show", "echo")
    run = server.run(helpers.graph(*nodes, edges=["picture.image > show.value"]), targets=["show"]).json()
    assert "artifact" not in run["nodes"]["picture"]["outputs"]["image"]
    place = f"/api/runs/{run['id']}/nodes/picture/publish"
    shown = server.http.post(place).json()["outputs"]["image"]
    assert server.http.get(f"/api/artifacts/{shown['artifact']['id']}").is_success
    assert server.http.post(place).json()["outputs"]["image"] == shown

    server.http.post("/api/system/free", json={"what": "results"}).raise_for_status()
    gone = server.http.post(place)
    assert (gone.status_code, gone.json()["detail"]) == (
        410, "picture: The result of this run is no longer kept. Run it again.",
    )  # fmt: skip
    assert server.http.post(place.replace("picture", "nobody")).status_code == 404
