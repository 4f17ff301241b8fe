"""The OpenAPI document: complete, documented, and true for what goes over the websocket."""

import json

from engine.run.events import NodeProgress


def test_every_route_is_documented_and_has_a_stable_name(server):
    document = server.http.get("/api/openapi.json").json()
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    assert all(operation["summary"] and operation["description"] for operation in operations)
    assert all("default" in operation["responses"] for operation in operations)
    assert sorted(operation["operationId"] for operation in operations) == [
        "approve_block", "block_doc", "collapse_blocks", "compile_graph", "delete_graph", "delete_model",
        "delete_run", "download_model", "expand_block", "fetch_artifact", "follow_run", "free_memory",
        "get_artifact", "get_catalogue",
        "get_families", "get_graph", "get_health", "get_queue", "get_run", "get_system", "get_template",
        "get_thumbnail", "import_graph", "insert_block", "list_approvals", "list_graphs", "list_input_files",
        "list_models", "list_revisions", "list_runs", "list_templates", "publish_blocks", "publish_node", "put_graph",
        "read_graph_from_picture", "reorder_queue", "restore_revision", "review_block", "revoke_block", "stop_download",
        "submit_run", "undelete_graph", "upload_artifact",
    ]  # fmt: skip


def test_every_parameter_says_what_it_is(server):
    document = server.http.get("/api/openapi.json").json()
    undocumented = {
        (path, parameter["name"])
        for path, methods in document["paths"].items()
        for operation in methods.values()
        for parameter in operation.get("parameters", [])
        if parameter["in"] != "path" and not parameter.get("description")
    }
    assert not undocumented


def test_every_reference_leads_somewhere(server):
    text = server.http.get("/api/openapi.json").text
    schemas = json.loads(text)["components"]["schemas"]
    names = {part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert names <= schemas.keys()


def test_the_event_union_and_the_preview_header_are_in_the_schemas(server):
    schemas = server.http.get("/api/openapi.json").json()["components"]["schemas"]
    assert schemas["Event"]["discriminator"]["mapping"]["node_progress"].endswith("/NodeProgress")
    assert set(schemas["NodeProgress"]["properties"]) == set(NodeProgress.model_fields)
    assert set(schemas["PreviewHeader"]["properties"]) == {"run", "node", "step", "mime"}
    assert schemas["RunRequest"]["properties"]["graph"]["anyOf"][0]["$ref"].endswith("/Graph")
