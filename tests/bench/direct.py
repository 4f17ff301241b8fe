"""The floor of the text-to-image benches: a model called directly, one job per line of standard input."""

import json
import sys
import time


def main() -> None:
    import torch
    from diffusers import ModularPipeline
    from diffusers.utils import logging

    logging.disable_progress_bar()
    pipe = ModularPipeline.from_pretrained(sys.argv[1])
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
            pipe(generator=torch.Generator().manual_seed(job.pop("seed")), output="images", **job)
        print(time.perf_counter() - began, flush=True)


if __name__ == "__main__":
    main()
