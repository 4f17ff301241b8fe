"""The first page and the API's reference page: static files, nothing from other hosts."""

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse

router = APIRouter(include_in_schema=False)

FOLDER = Path(__file__).parents[1] / "static"


@router.get("/")
async def first_page() -> FileResponse:
    """What this is, with the templates ready to run."""
    return FileResponse(FOLDER / "index.html", media_type="text/html")


@router.get("/api/docs")
async def reference_page() -> FileResponse:
    """The API's reference, drawn from /api/openapi.json."""
    return FileResponse(FOLDER / "docs.html", media_type="text/html")
