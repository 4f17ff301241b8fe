"""Events as clients get them."""

from engine.run.events import WorkerChanged


def test_an_event_is_encoded_once_and_a_changed_copy_anew() -> None:
    starting = WorkerChanged(state="starting")
    assert starting.encoded is starting.encoded
    ready = starting.model_copy(update={"state": "ready"})
    assert b'"state":"ready"' in ready.encoded
    assert ready == WorkerChanged(state="ready") and "encoded" not in ready.model_dump()
