"""The floor of the text-to-image bench: the demo model called directly, one job per line of standard input."""

import json
import sys
import time
from pathlib import Path


def main() -> None:
    import torch
    from diffusers import ModularPipeline
    from diffusers.utils import logging

    logging.disable_progress_bar()
    pipe = ModularPipeline.from_pretrained(str(Path(__file__).parents[2] / "nodes" / "demo" / "model"))
    # as a worker chooses
    device, dtype = ("cuda", torch.float16) if torch.cuda.is_available() else ("cpu", torch.float32)
    pipe.load_components(dtype=dtype)
    pipe.to(device)
    pipe.set_progress_bar_config(disable=True)
    print("ready", flush=True)
    for line in sys.stdin:
        job = json.loads(line)
        began = time.perf_counter()
        with torch.inference_mode():
            pipe(
                prompt=job["prompt"], num_inference_steps=job["steps"],
                generator=torch.Generator().manual_seed(job["seed"]), output="images",
            )  # fmt: skip
        print(time.perf_counter() - began, flush=True)


if __name__ == "__main__":
    main()
