"""Older graph documents become current ones, one format version at a time."""

import copy
import re
from collections.abc import Callable, Mapping
from typing import Any

from engine.catalogue.plain import shown
from engine.errors import GraphError, Problem

Migration = Callable[[dict[str, Any]], dict[str, Any]]
"""Takes a document of one version, which it may change, and returns it in the next one."""

MIGRATIONS: dict[int, Migration] = {}
"""By the version they start from. `blockloom/1` is the first version, so there are none yet."""


def migration(version: int, table: dict[int, Migration] = MIGRATIONS) -> Callable[[Migration], Migration]:
    """Register the decorated function as the way from `blockloom/{version}` to the next version."""

    def register(function: Migration) -> Migration:
        table[version] = function
        return function

    return register


def upgrade(
    document: dict[str, Any], *, to: str, migrations: Mapping[int, Migration] = MIGRATIONS
) -> dict[str, Any]:  # fmt: skip
    """`document` in the format `to`; the one given stays as it is.

    Raises GraphError if the format is absent, unknown, newer than `to`, or too old for the migrations there are.
    """
    version, current = _version(document), _number(to)
    if version > current:
        raise _refused(
            f"The graph has the format blockloom/{version}; this Blockloom reads formats up to {to}.",
            "Update Blockloom, or save the graph again with an older one.",
        )
    if version < current:
        document = copy.deepcopy(document)
    for step in range(version, current):
        if (migrate := migrations.get(step)) is None:
            raise _refused(
                f"The graph has the format blockloom/{version}, which this Blockloom no longer reads.",
                f"Open and save it with an older Blockloom that reads blockloom/{version}.",
            )
        document = _migrated(document, step, migrate)
    return document


def _migrated(document: dict[str, Any], version: int, migrate: Migration) -> dict[str, Any]:
    try:
        return migrate(document) | {"format": f"blockloom/{version + 1}"}
    except Exception as error:  # a damaged document may break a migration in any way
        raise _refused(
            f"The graph could not be brought from blockloom/{version} to blockloom/{version + 1}: {error!r}.",
            "The document is damaged; take an earlier copy of it.",
        ) from error


def _version(document: dict[str, Any]) -> int:
    if "format" not in document:
        if isinstance(inner := document.get("graph"), dict) and "format" in inner:
            raise _refused("The graph lies inside the document, as 'graph'.", "Give that alone.")
        raise _refused("The graph does not say its format.", 'Add "format": "blockloom/1" at the top of the document.')
    text = document["format"]
    if not isinstance(text, str) or not re.fullmatch(r"blockloom/[0-9]{1,6}", text):
        raise _refused(f"The graph has the format {shown(text)}, which is not one of Blockloom.", 'Use "blockloom/1".')
    return _number(text)


def _number(text: str) -> int:
    return int(text.partition("/")[2])


def _refused(message: str, remedy: str) -> GraphError:
    return GraphError(Problem(code="bad_format", message=message, remedy=remedy))
