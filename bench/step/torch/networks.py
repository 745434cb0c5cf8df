"""The image networks: both generators and the discriminator. Images are [N, 3, S, S]."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from layers import NORM_EPSILON, Layers, sinusoidal_grid

LEAK = 0.2

Generator = Callable[[Tensor], Tensor]


def instance_norm(x: Tensor) -> Tensor:
    return F.instance_norm(x, eps=NORM_EPSILON)


def activate(norm: str, x: Tensor) -> Tensor:
    """Norm and activation after a hidden convolution. May overwrite `x`."""
    # In place if autograd does not keep the input; a norm's result is a view, which it would copy.
    return F.relu(instance_norm(x)) if norm == "instance" else F.leaky_relu_(x, LEAK)


def residual_block(layers: Layers, name: str, x: Tensor, norm: str, reflect: bool) -> Tensor:
    """Convolution, norm, activation, convolution, norm, added to the input: [N, C, H, W] to the same."""

    def convolution(part: str, y: Tensor) -> Tensor:
        if reflect:
            return layers.conv2d(f"{name}.{part}", F.pad(y, (1, 1, 1, 1), mode="reflect"))
        return layers.conv2d(f"{name}.{part}", y, padding=1)

    y = convolution("second", activate(norm, convolution("first", x)))
    return x + (instance_norm(y) if norm == "instance" else y)


def create_generator(layers: Layers, options: Mapping[str, Any]) -> Generator:
    """The generator from images [N, 3, S, S] to images of the same shape in [-1, 1]."""
    return (create_resnet if options["kind"] == "resnet" else create_e2gan)(layers, options)


def create_resnet(layers: Layers, options: Mapping[str, Any]) -> Generator:
    """The ResNet generator of Pix2pix."""
    norm = options["norm"]
    blocks = options.get("blocks") or 9

    def generate(source: Tensor) -> Tensor:
        x = layers.conv2d("downsample.stem", F.pad(source, (3, 3, 3, 3), mode="reflect"))
        x = activate(norm, x)  # [N, C, S, S]
        x = activate(norm, layers.conv2d("downsample.down1", x, stride=2, padding=1))  # [N, 2C, S/2, S/2]
        x = activate(norm, layers.conv2d("downsample.down2", x, stride=2, padding=1))  # [N, 4C, S/4, S/4]
        for block in range(blocks):
            x = residual_block(layers, f"residual{block + 1}", x, norm, reflect=True)
        x = activate(norm, layers.conv_transpose2d("upsample.up1", x))  # [N, 2C, S/2, S/2]
        x = activate(norm, layers.conv_transpose2d("upsample.up2", x))  # [N, C, S, S]
        return torch.tanh(layers.conv2d("upsample.head", F.pad(x, (3, 3, 3, 3), mode="reflect")))

    return generate


def create_e2gan(layers: Layers, options: Mapping[str, Any]) -> Generator:
    """The generator of E2GAN: a transformer at an eighth of the image's side between a few convolutions."""
    norm = options["norm"]
    heads = options.get("transformerHeads") or 8
    skips = options.get("skips") or False
    side = options["imageSize"] // 8
    wide = 4 * options["channels"]
    positions = sinusoidal_grid(side, wide)

    def with_skip(x: Tensor, skipped: Tensor) -> Tensor:
        return x + skipped if skips else x

    def generate(source: Tensor) -> Tensor:
        full = activate(norm, layers.conv2d("downsample.stem", source, padding=3))  # [N, C, S, S]
        half = activate(norm, layers.conv2d("downsample.down1", full, stride=2, padding=1))  # [N, 2C, S/2, S/2]
        x = activate(norm, layers.conv2d("downsample.down2", half, stride=2, padding=1))  # [N, 4C, S/4, S/4]
        x = residual_block(layers, "residual1", x, norm, reflect=False)
        x = residual_block(layers, "residual2", x, norm, reflect=False)
        quarter = x
        x = activate(norm, layers.conv2d("ds", x, stride=2, padding=1))  # [N, 4C, S/8, S/8]
        tokens = x.flatten(2).transpose(1, 2) + positions  # [N, T, 4C]
        tokens = layers.transformer("transformer", tokens, heads)
        # Without the copy, the image and everything after it would keep the memory layout of the tokens.
        x = tokens.transpose(1, 2).reshape(-1, wide, side, side).contiguous()
        x = with_skip(activate(norm, layers.conv_transpose2d("us", x)), quarter)  # [N, 4C, S/4, S/4]
        x = residual_block(layers, "residual3", x, norm, reflect=False)
        x = with_skip(activate(norm, layers.conv_transpose2d("upsample.up1", x)), half)  # [N, 2C, S/2, S/2]
        x = with_skip(activate(norm, layers.conv_transpose2d("upsample.up2", x)), full)  # [N, C, S, S]
        return torch.tanh(layers.conv2d("upsample.head", x, padding=3))

    return generate


def discriminate(layers: Layers, strided: int, source: Tensor, image: Tensor) -> Tensor:
    """Logits of the conditional PatchGAN with `strided` layers of stride 2: [N, 1, P, P]."""
    x = torch.cat([source, image], dim=1)
    for number in range(1, strided + 2):
        y = layers.conv2d(f"layer{number}", x, stride=2 if number <= strided else 1, padding=1)
        x = F.leaky_relu_(y, LEAK) if number == 1 else F.leaky_relu(instance_norm(y), LEAK)
    return layers.conv2d("logits", x, padding=1)
