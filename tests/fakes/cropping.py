"""What blocks take of `torchvision.transforms`, of which there is no build beside every torch: cropping."""

from types import SimpleNamespace

from PIL import Image


def center_crop(picture: Image.Image, size: list[int]) -> Image.Image:
    """The middle `size`, height and width, of a picture; black around it where it is smaller."""
    height, width = size
    left, top = round((picture.width - width) / 2), round((picture.height - height) / 2)
    return picture.crop((left, top, left + width, top + height))


CROPPING = SimpleNamespace(functional=SimpleNamespace(center_crop=center_crop))
"""In place of the module."""
