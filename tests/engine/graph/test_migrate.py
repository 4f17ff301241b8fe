"""Older documents are brought up to date step by step; others are refused with a remedy."""

import pytest

from engine.errors import GraphError
from engine.graph.migrate import migration, upgrade

TABLE = {}


@migration(7, TABLE)
def _links_become_edges(document):
    document["edges"] = document.pop("links")
    return document


@migration(8, TABLE)
def _titles_become_names(document):
    return {"name": document["title"], "edges": document["edges"]}


OLD = {"format": "blockloom/7", "title": "T", "links": []}


def test_all_steps_are_taken_and_the_original_stays():
    assert upgrade(OLD, to="blockloom/9", migrations=TABLE) == {"format": "blockloom/9", "name": "T", "edges": []}
    assert OLD == {"format": "blockloom/7", "title": "T", "links": []}


def test_a_current_document_is_untouched():
    current = {"format": "blockloom/9"}
    assert upgrade(current, to="blockloom/9", migrations=TABLE) is current


REFUSED = {
    "absent": ({}, "does not say its format"),
    "in an envelope": ({"graph": {"format": "blockloom/9"}}, "inside the document"),
    "another program's": ({"format": "comfy/1"}, "not one of Blockloom"),
    "not text": ({"format": 1}, "not one of Blockloom"),
    "newer": ({"format": "blockloom/10"}, "reads formats up to blockloom/9. Update Blockloom"),
    "too old": ({"format": "blockloom/6"}, "no longer reads"),
    "damaged": ({"format": "blockloom/7"}, "could not be brought from blockloom/7 to blockloom/8: KeyError"),
}


@pytest.mark.parametrize(("document", "message"), REFUSED.values(), ids=REFUSED)
def test_refused(document, message):
    with pytest.raises(GraphError, match=message) as caught:
        upgrade(document, to="blockloom/9", migrations=TABLE)
    assert caught.value.problems[0].remedy
