"""Who may talk to the server."""

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from engine.errors import BlockloomError
from server.app import create_app
from server.settings import Settings

TOKEN = "a-long-secret"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8188", "", "127.0.0.1.evil.example", "192.168.1.7"])
def test_a_foreign_host_is_refused(server, host):
    answer = server.http.get("/api/runs", headers={"Host": host})
    assert (answer.status_code, answer.json()["problems"][0]["code"]) == (403, "foreign_host")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:1", "[::1]:8188", "LOCALHOST:99"])
def test_this_machine_s_own_names_are_welcome(server, host):
    assert server.http.get("/health", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:1", "https://localhost.evil.example"]
)
def test_a_foreign_origin_is_refused(server, origin):
    answer = server.http.post("/api/runs", headers={"Origin": origin}, json={})
    assert (answer.status_code, answer.json()["problems"][0]["code"]) == (403, "foreign_origin")
    with pytest.raises(InvalidStatus) as refused:
        connect(f"{server.url.replace('http', 'ws')}/api/ws", origin=origin, compression=None)
    assert refused.value.response.status_code == 403


def test_the_own_origin_is_welcome(server):
    assert server.http.get("/api/runs", headers={"Origin": server.url}).status_code == 200


def test_pages_may_load_nothing_from_elsewhere(server):
    for path in ("/", "/api/docs"):
        answer = server.http.get(path)
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "http" not in answer.text.replace("http-equiv", "")


def test_a_token_is_asked_for_and_taken_as_header_query_or_cookie(helpers, tmp_path):
    with helpers.serving(tmp_path, token=TOKEN) as server:
        del server.http.headers["Authorization"]
        assert server.http.get("/api/runs").status_code == 401
        assert server.http.get("/api/runs?token=wrong").status_code == 401
        assert server.http.get("/api/health").status_code == 200
        assert server.http.get("/api/runs", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
        assert server.http.get(f"/?token={TOKEN}").status_code == 200
        assert server.http.get("/api/runs").status_code == 200, "the cookie was kept"


def test_further_hosts_and_origins_can_be_allowed(helpers, tmp_path):
    with helpers.serving(tmp_path, allowed_hosts=["box.local"], allowed_origins=["https://app.example"]) as server:
        assert server.http.get("/health", headers={"Host": "box.local:8188"}).status_code == 200
        answer = server.http.get("/api/runs", headers={"Origin": "https://app.example"})
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, "https://app.example")


def test_other_machines_are_let_in_only_with_a_token(tmp_path):
    with pytest.raises(BlockloomError, match="BLOCKLOOM_TOKEN"):
        create_app(Settings(data=tmp_path, host="0.0.0.0"))
    create_app(Settings(data=tmp_path, host="0.0.0.0", token=TOKEN))
