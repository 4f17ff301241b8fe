"""What the routes share: settings, engine, hub, saved graphs, downloads and thumbnails of one app."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from engine.service import Engine
from nodes.diffusion.repos import Repos
from server.graphs import GraphStore
from server.hub import Hub
from server.models import Downloads
from server.settings import Settings
from server.thumbnails import Thumbnails


@dataclass(frozen=True)
class State:
    settings: Settings
    engine: Engine
    hub: Hub
    graphs: GraphStore
    downloads: Downloads
    thumbnails: Thumbnails
    repos: Repos
    started: float
    """Seconds since the epoch."""


def state_of(connection: HTTPConnection) -> State:
    state: State = connection.app.state.blockloom
    return state


Here = Annotated[State, Depends(state_of)]
"""A route parameter of this type gets the state."""
