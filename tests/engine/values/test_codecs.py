"""Values become bytes and back; damaged bytes are refused."""

import contextlib
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import StorageError
from engine.values.codecs import Kinds
from engine.values.refs import ArtifactRef
from tests.fakes.pack import Blob, BlobKind

KINDS = Kinds([BlobKind()])

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters(codec="utf-8"))
values = st.recursive(
    scalars | st.binary() | st.binary().map(Blob),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner) | st.lists(inner).map(tuple)
    ),
    max_leaves=20,
)


@given(values)
def test_every_tree_comes_back_as_it_was(value: Any) -> None:
    back = KINDS.decode(KINDS.encode(value))
    assert (back, repr(back)) == (value, repr(value))


@given(values, st.integers(0, 10_000), st.integers(1, 255))
def test_damaged_data_is_refused_or_decoded_but_never_breaks(value: Any, place: int, flip: int) -> None:
    data = bytearray(KINDS.encode(value))
    data[place % len(data)] ^= flip
    for damaged in (bytes(data), bytes(data[: place % len(data)])):
        with contextlib.suppress(StorageError):
            KINDS.decode(damaged)


@pytest.mark.parametrize(
    "value", [object(), {1: "a"}, [{"a": object()}], {1, 2}], ids=["object", "keys", "inside", "set"]
)
def test_what_no_kind_owns_is_not_storable(value: Any) -> None:
    assert not KINDS.storable(value)
    with pytest.raises(StorageError):
        KINDS.encode(value)


def test_a_deep_tree_is_not_storable() -> None:
    deep: Any = 0
    for _ in range(500):
        deep = [deep]
    assert not KINDS.storable(deep)
    with pytest.raises(StorageError, match="nested"):
        KINDS.encode(deep)


def test_a_leaf_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(StorageError, match=r"unknown kind 'test\.blob'"):
        Kinds().decode(KINDS.encode([Blob(b"x")]))


def test_nan_survives() -> None:
    assert math.isnan(KINDS.decode(KINDS.encode(math.nan)))


# Summaries


def test_small_data_is_shown_itself_and_long_text_is_cut() -> None:
    assert KINDS.summary({"a": [1, None]}, "json").value == {"a": [1, None]}
    long = KINDS.summary("x" * 10_000, "string")
    assert (len(long.value), long.length, long.size) == (4096, 10_000, 10_000)
    assert KINDS.summary(list(range(5000)), "json").value is None
    assert KINDS.summary(2**70, "int").value == str(2**70)


def test_a_list_shows_its_length_and_first_items() -> None:
    summary = KINDS.summary([Blob(b"ab")] * 20, "list[mask]")
    assert (summary.type, summary.length, summary.value) == ("list[mask]", 20, None)
    assert [(item.type, item.width) for item in summary.items or ()] == [("mask", 2)] * 8


def test_a_bundle_shows_what_it_holds() -> None:
    assert KINDS.summary({"embeds": Blob(b"ab"), "n": 3}, "embeddings").value == {"embeds": "image", "n": "3"}


def test_publishing_keeps_leaves_and_items_of_lists() -> None:
    kept: list[bytes] = []

    def keep(data: bytes, extension: str) -> ArtifactRef:
        kept.append(data)
        return ArtifactRef(id=f"{len(kept)}{extension}", mime="text/plain", size=len(data))

    items = KINDS.publish([Blob(b"%d" % number) for number in range(10)], "list[image]", keep).items or []
    assert [item.artifact.id for item in items if item.artifact] == [f"{number}.txt" for number in range(1, 11)]
    assert KINDS.publish({"a": Blob(b"x")}, "embeddings", keep).artifact is None
    assert len(kept) == 10
