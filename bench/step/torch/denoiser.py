"""
The network of the weight generator: a one-dimensional U-Net over blocks of weights. Sequences are [B, L, C], as
transformers and linear layers want them, but [B, C, L] between the convolutions of a residual block.
"""

from collections.abc import Callable, Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from layers import NORM_EPSILON, Layers, frequencies
from placement import placed

# Timesteps in [0, 1] are multiplied by this number before they are embedded.
EMBEDDED_TIMESTEPS = 1000

Denoiser = Callable[[Mapping[str, Tensor]], Tensor]


def create_denoiser(layers: Layers, options: Mapping[str, Any]) -> Denoiser:
    """
    From `blocks` [B, blockSize], `blockIndex` [B], `timestep` [B], `tokens` [B, M] and `tokenMask` [B, M] to
    the prediction [B, blockSize].
    """
    heads, patch, embedding = options["heads"], options["patch"], options["embedding"]
    length = options["blockSize"] // patch
    first, second = options["channels"], 2 * options["channels"]
    timestep_frequencies = placed(frequencies(embedding // 2) * EMBEDDED_TIMESTEPS)

    def embed(timestep: Tensor) -> Tensor:
        angles = timestep[:, None] * timestep_frequencies
        return F.pad(torch.cat([angles.cos(), angles.sin()], dim=1), (0, embedding % 2))  # [B, E]

    def predict(inputs: Mapping[str, Tensor]) -> Tensor:
        count = inputs["blocks"].shape[0]
        block_index = inputs["blockIndex"]
        time = layers.linear("timestep.out", F.silu(layers.linear("timestep.in", embed(inputs["timestep"]))))
        condition = F.silu(time + F.embedding(block_index, layers["block.table"]))  # [B, E]
        prompt = F.embedding(inputs["tokens"], layers["prompt.table"])  # [B, M, E]
        barred = ((inputs["tokenMask"] - 1) * 1e9)[:, None, None, :]  # [B, 1, 1, M]

        def attend(name: str, x: Tensor) -> Tensor:
            return layers.transformer(f"{name}.transformer", x, heads, prompt, barred)

        def residual(name: str, x: Tensor) -> Tensor:
            return residual_block(layers, f"{name}.residual", x, condition)

        folded = inputs["blocks"].view(count, length, patch).transpose(1, 2)
        x = convolution(layers, "stem", folded).transpose(1, 2) + layers["places"]
        skip1 = attend("down1", residual("down1", x))  # [B, L, C]
        x = layers.linear("down1.shrink", skip1.reshape(count, length // 2, 2 * first))
        skip2 = attend("down2", residual("down2", x))  # [B, L/2, 2C]
        x = layers.linear("down2.shrink", skip2.reshape(count, length // 4, 2 * second))
        skip3 = residual("down3", x)  # [B, L/4, 4C]
        x = attend("middle", skip3)
        x = residual("up3", torch.cat([x, skip3], dim=2))
        x = layers.linear("up2.grow", x).view(count, length // 2, second)
        x = attend("up2", residual("up2", torch.cat([x, skip2], dim=2)))
        x = layers.linear("up1.grow", x).view(count, length, first)
        x = attend("up1", residual("up1", torch.cat([x, skip1], dim=2)))
        y = convolution(layers, "head", F.silu(norm(layers, "head.norm", x.transpose(1, 2))))  # [B, patch, L]
        return y.transpose(1, 2).reshape(count, -1) + F.embedding(block_index, layers["block.bias"])

    return predict


def residual_block(layers: Layers, name: str, x: Tensor, condition: Tensor) -> Tensor:
    """
    Norm, SiLU, convolution; norm, scaled and shifted by the condition, SiLU, convolution; added to the input:
    [B, L, in] and [B, E] to [B, L, out].
    """
    scale, shift = layers.linear(f"{name}.modulation", condition)[:, :, None].chunk(2, dim=1)  # [B, out, 1]
    y = norm(layers, f"{name}.firstNorm", x.transpose(1, 2))
    y = convolution(layers, f"{name}.first", F.silu(y))
    y = torch.addcmul(shift, norm(layers, f"{name}.secondNorm", y), scale + 1)
    y = convolution(layers, f"{name}.second", F.silu(y)).transpose(1, 2)
    projected = f"{name}.project.weight" in layers.parameters
    return (layers.linear(f"{name}.project", x) if projected else x) + y


def norm(layers: Layers, name: str, x: Tensor) -> Tensor:
    """Group norm with one group: over all channels and positions of a block [B, C, L]."""
    return F.group_norm(x, 1, layers[f"{name}.scale"], layers[f"{name}.shift"], NORM_EPSILON)


def convolution(layers: Layers, name: str, x: Tensor) -> Tensor:
    """Convolution along the sequence with zero padding: [B, in, L] to [B, out, L]."""
    return F.conv1d(x, layers[f"{name}.weight"], layers[f"{name}.bias"], padding=1)
