"""Components whose weights are in other repos than the pipeline's own: which there are, and where each component is.

A repo's index may point elsewhere, with a revision; a block may name a repo in its code; a ref may override both.
Whatever they name is loaded as data: approving a repo's code never lets code of another repo run.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.errors import NodeError
from nodes.diffusion.files import pickles_in, weights_in
from nodes.diffusion.ref import PipelineRef
from nodes.diffusion.repos import INDEX_FILES, Located, Repos, require_commit
from nodes.diffusion.requirements import read_object
from nodes.diffusion.runtime.weights import components_in_index, pickled

Source = dict[str, Any]
"""`{name, repo, revision, subfolder, variant}` of a component elsewhere: the same for the same commit of the index."""


@dataclass(frozen=True)
class Home:
    """Where a component's files are: below `subfolder` of `located`, "" for its main folder."""

    located: Located
    subfolder: str
    variant: str | None

    @property
    def folder(self) -> Path:
        return self.located.folder / self.subfolder


def foreign_components(repos: Repos, pipe: Any, located: Located, latest: bool = False) -> list[dict[str, Any]]:
    """The components of a pipeline that are elsewhere, each with the commit and whether that is a local folder."""
    return resolved(repos, foreign_sources(pipe, located), latest=latest)


def foreign_sources(pipe: Any, located: Located) -> list[Source]:
    """What a pipeline's index, or else its blocks, say of components in other repos than `located`."""
    index = (read_object(located.folder / INDEX_FILES[0]) or {}) if located.on_hub else {}
    found = []
    for name in pipe.pretrained_component_names:
        spec = pipe.get_component_spec(name)
        # on the hub the index decides, also where some of the files it does not name are here by chance
        entry = _entry(index.get(name)) or vars(spec)
        repo, revision, variant = (entry.get(key) for key in ("pretrained_model_name_or_path", "revision", "variant"))
        subfolder = entry.get("subfolder") or ""
        if not all(isinstance(value, str | None) for value in (repo, revision, variant, subfolder)):
            raise NodeError(
                f"The index of repo {located.repo!r} says in no usable way where its component {name!r} is.",
                remedy="Mend the repo, or choose another.", code="not_a_pipeline",
            )  # fmt: skip
        _refuse_ways_out(located, subfolder)
        if not _is_own(repo, located):
            place = {"repo": repo, "revision": revision, "subfolder": subfolder, "variant": variant}
            found.append({"name": name, **place})
    return found


def own_components(pipe: Any, located: Located) -> dict[str, dict[str, Any]]:
    """`{subfolder, variant}` of the components whose weights are in the repo itself, by name.

    They are in its index; or else the blocks name the repo that they come from.
    """
    indexed, found = set(components_in_index(located.folder)), {}
    for name in pipe.pretrained_component_names:
        spec = pipe.get_component_spec(name)
        source = spec.pretrained_model_name_or_path
        declared = source not in (None, "", str(located.folder)) and _is_own(source, located)
        if name in indexed or declared:
            subfolder = (spec.subfolder or "") if declared else (spec.subfolder or name)
            found[name] = {"subfolder": subfolder, "variant": spec.variant}
    return found


def resolved(repos: Repos, sources: list[Source], *, latest: bool = False) -> list[dict[str, Any]]:
    """The sources with their commits. Raises NodeError for a repo that can't be had, or has pickled weights only."""
    places = {
        (source["repo"], source["revision"]): repos.locate(source["repo"], source["revision"], latest=latest)
        for source in sources
    }
    answers = []
    for source in sources:
        place = places[source["repo"], source["revision"]]
        refuse_pickles_in(repos, place, source["subfolder"], source["variant"])
        local = {"local": not place.on_hub, "in_blocks": place.in_blocks}
        answers.append({**source, "commit": place.commit, **local})
    return answers


def refuse_pickles_in(repos: Repos, located: Located, subfolder: str, variant: str | None) -> None:
    """Raise NodeError if a component's weights are pickles only, unless the setting `pickles` allows them."""
    names = repos.files(located)
    if not repos.pickles and not weights_in(names, subfolder, variant):
        for name in pickles_in(names, subfolder):
            raise pickled(located, name)


def home_of(repos: Repos, ref: PipelineRef, located: Located, spec: Any) -> Home:
    """Where the ref's component of a `ComponentSpec` is. Raises NodeError if its repo changed, or can't be had."""
    if (given := ref.components.get(spec.name)) is not None:
        place = repos.locate(given.repo, given.commit)
        require_commit(place, given.commit, "pipeline")
        return _home(repos, place, given.subfolder, given.variant or ref.variant)
    place = declared_place(repos, located, spec)
    return _home(repos, place, spec.subfolder or "", ref.variant or spec.variant)


def declared_place(repos: Repos, located: Located, spec: Any) -> Located:
    """Where the files of a spec are by what it says itself."""
    if _is_own(spec.pretrained_model_name_or_path, located):
        return located
    return repos.locate(str(spec.pretrained_model_name_or_path), spec.revision)


def _home(repos: Repos, place: Located, subfolder: str, variant: str | None) -> Home:
    """With the variant only where the component has files of it: not all components of a repo do."""
    _refuse_ways_out(place, subfolder)
    has = variant and any(f".{variant}" in name for name in weights_in(repos.files(place), subfolder, variant))
    return Home(place, subfolder, variant if has else None)


def _refuse_ways_out(located: Located, subfolder: str) -> None:
    """Raise NodeError for a subfolder that is none: an index must not have files read from elsewhere."""
    if Path(subfolder).is_absolute() or ".." in Path(subfolder).parts:
        raise NodeError(
            f"Repo {located.repo!r} names {subfolder!r} as a component's folder, which is not within a repo.",
            remedy="Mend the repo, or choose another.", code="not_a_pipeline",
        )  # fmt: skip


def _is_own(source: Any, located: Located) -> bool:
    """Whether a source is the repo itself. An index that was saved elsewhere names the folder that it was saved in."""
    if source is None or str(source) == str(located.folder):
        return True
    return str(source).casefold() == located.repo.casefold() or Path(str(source)).is_absolute()


def _entry(value: Any) -> Mapping[str, Any] | None:
    """What an entry of a modular index says of where its component is."""
    return value[2] if isinstance(value, list) and len(value) == 3 and isinstance(value[2], dict) else None
