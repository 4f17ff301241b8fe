"""`python -m nodes.video.still FILE SIZE`: writes a video's first frame, within SIZE × SIZE px, as WebP.

A process of its own: video files come from anyone, and what FFmpeg makes of a hostile one must not hurt the server.
"""

import io
import sys
from pathlib import Path

from nodes.video.coding import first_frame

QUALITY = 80


def main() -> int:
    path, size = Path(sys.argv[1]), int(sys.argv[2])
    picture = first_frame(path)
    picture.thumbnail((size, size), reducing_gap=2.0)
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", quality=QUALITY, method=2)
    sys.stdout.buffer.write(buffer.getvalue())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
