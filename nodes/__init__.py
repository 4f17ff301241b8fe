"""The built-in node pack. The server reads its definitions; only workers import PIL, numpy and torch with it."""

from dataclasses import replace

from engine.catalogue.pack import Pack, WorkerFacts, WorkerSide


def load() -> Pack:
    """All built-in node types (`nodes:load` in the engine's settings)."""
    from nodes import audio, basics, images, video
    from nodes.diffusion import pack as diffusion

    return Pack(
        name="blockloom",
        definitions=(
            *basics.definitions(),
            *images.definitions(),
            *video.definitions(),
            *audio.definitions(),
            *diffusion.definitions(),
        ),
        worker=_worker_side,
    )


def _worker_side(facts: WorkerFacts) -> WorkerSide:
    from nodes.audio.sound import SoundKind
    from nodes.diffusion import pack as diffusion
    from nodes.images.kind import PictureKind
    from nodes.video.clip import ClipKind

    side = diffusion.worker_side(facts)
    return replace(side, kinds=(PictureKind(), ClipKind(), SoundKind(), *side.kinds))
