"""The canvas and the API's reference page: built files from this machine, nothing from other hosts."""

import mimetypes
import os
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import FileResponse
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Scope

router = APIRouter(include_in_schema=False)

SERVER = Path(__file__).parents[1]
FOLDER = SERVER / "static"
CANVAS_FOLDERS = (SERVER / "web_dist", SERVER.parent / "web" / "dist")
"""Where a built canvas can lie: in an installed package, and in a checkout."""

REVALIDATE = "no-cache"
FOREVER = "public, max-age=31536000, immutable"
"""For `assets/`, whose names hold a hash of their content."""
MEDIA_TYPES = {".js": "text/javascript", ".webp": "image/webp", ".woff2": "font/woff2"}
"""What Python's own table lacks or, depending on the system, gets wrong."""


@router.get("/api/docs")
async def reference_page() -> FileResponse:
    """The API's reference, drawn from /api/openapi.json."""
    return FileResponse(FOLDER / "docs.html", media_type="text/html")


def built_canvas() -> Path | None:
    """The folder of the built canvas, if there is one."""
    return next((folder for folder in CANVAS_FOLDERS if (folder / "index.html").is_file()), None)


def install(app: FastAPI, canvas: Path | None) -> None:
    """Serve the canvas at `/` and the files it loads; without one, a page that says how to build it.

    Each entry of the folder gets a route of its own, so that other paths stay 404 and 405 as the API answers them.
    """
    app.mount("/static", StaticFiles(directory=FOLDER), name="static")
    if canvas is None:
        app.add_api_route("/", _unbuilt_page, include_in_schema=False)
        return
    files = CanvasFiles(directory=canvas)

    async def index(request: Request) -> Response:
        """The canvas."""
        return await files.get_response("index.html", request.scope)

    async def file(request: Request) -> Response:
        """A file beside it, such as its icon."""
        return await files.get_response(request.url.path[1:], request.scope)

    app.add_route("/", index, include_in_schema=False)
    app.add_route("/w/{rest:path}", index, include_in_schema=False)
    for entry in canvas.iterdir():
        if entry.is_dir():
            app.mount(f"/{entry.name}", CanvasFiles(directory=entry))
        elif not entry.name.startswith((".", "index.html")):
            app.add_route(f"/{entry.name}", file, include_in_schema=False)


async def _unbuilt_page() -> FileResponse:
    """What to do when the canvas is not built."""
    return FileResponse(FOLDER / "unbuilt.html", status_code=503, media_type="text/html")


class CanvasFiles(StaticFiles):
    """Files of the built canvas, as its build compressed them where the browser takes that."""

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        path, request = Path(full_path), Headers(scope=scope)
        headers = {"Cache-Control": FOREVER if scope["path"].startswith("/assets/") else REVALIDATE}
        media_type = MEDIA_TYPES.get(path.suffix) or mimetypes.guess_type(path)[0]
        compressed = path.with_name(f"{path.name}.gz")
        if compressed.is_file():
            headers["Vary"] = "Accept-Encoding"
            if _takes_gzip(request):
                headers["Content-Encoding"] = "gzip"
                path, stat_result = compressed, compressed.stat()
        response = FileResponse(path, status_code, headers, media_type, stat_result=stat_result)
        if self.is_not_modified(response.headers, request):
            return NotModifiedResponse(response.headers)
        return response


def _takes_gzip(request: Headers) -> bool:
    """Whether `Accept-Encoding` names gzip, and not with a weight of zero."""
    for part in request.get("accept-encoding", "").split(","):
        name, _, weight = part.partition(";")
        if name.strip().lower() in ("gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
