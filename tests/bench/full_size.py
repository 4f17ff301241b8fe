"""As `text_to_image`, with a model of the size of Stable Diffusion XL on an accelerator; its weights are random.

Little of it is the server's: what counts is whether the device ever waits for it. The weights take 7 GB on disk, and on
the device once for each side.
"""

import shutil
import tempfile
from pathlib import Path

from tests.bench.text_to_image import DEMO, Model, compare

PAIRS = 12
SIDE = 1024


def main() -> list[str]:
    import torch

    if not torch.cuda.is_available():
        return ["There is no accelerator; left out."]
    with tempfile.TemporaryDirectory() as models:
        folder = Path(models) / "bench" / "full-size"
        _build(folder)
        torch.cuda.empty_cache()
        model = Model(repo="bench/full-size", folder=folder, side=SIDE, environment={"BLOCKLOOM_MODELS": models})
        return [f"On {torch.cuda.get_device_name()}:", "", *compare(model, rounds=1, pairs=PAIRS)]


def _build(folder: Path) -> None:
    """The demo's repo with the layers of SDXL base 1.0; its tokenizers, small ones, stay."""
    import torch
    from diffusers import AutoencoderKL, UNet2DConditionModel
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    shutil.copytree(DEMO.folder, folder)
    torch.manual_seed(0)
    words = {"vocab_size": 49408, "max_position_embeddings": 77, "bos_token_id": 0, "eos_token_id": 1}
    small = CLIPTextConfig(
        hidden_size=768, intermediate_size=3072, num_hidden_layers=12, num_attention_heads=12, **words
    )  # fmt: skip
    large = CLIPTextConfig(
        hidden_size=1280, intermediate_size=5120, num_hidden_layers=32, num_attention_heads=20, hidden_act="gelu",
        projection_dim=1280, **words,
    )  # fmt: skip
    with torch.device("cuda"):
        unet = UNet2DConditionModel(
            sample_size=128, down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
            block_out_channels=(320, 640, 1280), attention_head_dim=(5, 10, 20),
            transformer_layers_per_block=(1, 2, 10), cross_attention_dim=2048, use_linear_projection=True,
            addition_embed_type="text_time", addition_time_embed_dim=256, projection_class_embeddings_input_dim=2816,
        )  # fmt: skip
        vae = AutoencoderKL(
            down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4,
            block_out_channels=(128, 256, 512, 512), layers_per_block=2, sample_size=1024, scaling_factor=0.13025,
        )  # fmt: skip
        encoders = {"text_encoder": CLIPTextModel(small), "text_encoder_2": CLIPTextModelWithProjection(large)}
    for name, module in {"unet": unet, "vae": vae, **encoders}.items():
        shutil.rmtree(folder / name)
        module.half().save_pretrained(folder / name)
