"""Layers of both kinds of network, as functions over named parameters. Images are [N, C, H, W]."""

import math
from collections.abc import Mapping

import numpy
import torch.nn.functional as F
from torch import Tensor

from placement import placed

# Epsilon of every norm, as in the extension's networks.
NORM_EPSILON = 1e-5


class Layers:
    """
    A network's layers by name, with a low-rank branch beside each layer that has an up factor: `down` to rank
    channels, `up` to the layer's outputs. A frozen base takes no part in the backward pass but to hand
    gradients on to earlier layers.
    """

    def __init__(self, parameters: Mapping[str, Tensor], lora: Mapping[str, Tensor] | None = None) -> None:
        self.parameters = parameters
        self.lora = lora or {}

    def __getitem__(self, name: str) -> Tensor:
        return self.parameters[name]

    def conv2d(self, name: str, x: Tensor, stride: int = 1, padding: int = 0) -> Tensor:
        """Convolution with zero padding: [N, in, H, W] to [N, out, H', W']."""
        y = F.conv2d(x, self[f"{name}.weight"], self[f"{name}.bias"], stride, padding)
        up = self.lora.get(f"{name}.lora.up")
        if up is None:
            return y
        narrow = F.conv2d(x, self.lora[f"{name}.lora.down"], None, stride, padding)
        # In place: a convolution's backward pass does not read its output.
        return y.add_(F.conv2d(narrow, up, self.lora.get(f"{name}.lora.bias")))

    def conv_transpose2d(self, name: str, x: Tensor) -> Tensor:
        """Transposed convolution with stride 2, padding 1 and kernel size 3 or 4: [N, in, H, W] to [N, out, 2H, 2W]."""
        weight = self[f"{name}.weight"]
        # A kernel of 3 would give 2H - 1 rows.
        missing = 4 - weight.shape[-1]
        y = F.conv_transpose2d(x, weight, self[f"{name}.bias"], 2, 1, missing)
        up = self.lora.get(f"{name}.lora.up")
        if up is None:
            return y
        narrow = F.conv_transpose2d(x, self.lora[f"{name}.lora.down"], None, 2, 1, missing)
        return y.add_(F.conv2d(narrow, up, self.lora.get(f"{name}.lora.bias")))

    def linear(self, name: str, x: Tensor) -> Tensor:
        """Linear layer: [..., in] to [..., out]."""
        y = F.linear(x, self[f"{name}.weight"], self.parameters.get(f"{name}.bias"))
        up = self.lora.get(f"{name}.lora.up")
        if up is None:
            return y
        narrow = F.linear(x, self.lora[f"{name}.lora.down"])
        return y.add_(F.linear(narrow, up, self.lora.get(f"{name}.lora.bias")))

    def layer_norm(self, name: str, x: Tensor) -> Tensor:
        """Layer norm of each token, then scale and shift: [N, T, C] to the same."""
        return F.layer_norm(x, x.shape[-1:], self[f"{name}.scale"], self[f"{name}.shift"], NORM_EPSILON)

    def transformer(
        self,
        name: str,
        x: Tensor,
        heads: int,
        context: Tensor | None = None,
        barred: Tensor | None = None,
    ) -> Tensor:
        """
        Self-attention, attention to a prompt where there is one, gated MLP: [N, T, C] to the same.
        `context` is [N, M, E], `barred` [N, 1, 1, M] is added to its scores.
        """
        normal = self.layer_norm(f"{name}.attentionNorm", x)
        x = x + self._attention(f"{name}.attention", normal, normal, heads)
        if context is not None:
            normal = self.layer_norm(f"{name}.promptNorm", x)
            x = x + self._attention(f"{name}.promptAttention", normal, context, heads, barred)
        hidden = self.linear(f"{name}.mlp.in", self.layer_norm(f"{name}.mlpNorm", x))
        gate, value = hidden.chunk(2, dim=-1)
        return x + self.linear(f"{name}.mlp.out", F.gelu(gate) * value)

    def _attention(
        self, name: str, x: Tensor, context: Tensor, heads: int, barred: Tensor | None = None
    ) -> Tensor:
        count, length, channels = x.shape
        width = channels // heads

        def split(tokens: Tensor) -> Tensor:
            return tokens.view(count, -1, heads, width).transpose(1, 2)  # [N, H, T, W]

        # Scaling the queries costs less than scaling the scores.
        queries = split(self.linear(f"{name}.query", x) * (1 / math.sqrt(width)))
        keys = split(self.linear(f"{name}.key", context))
        values = split(self.linear(f"{name}.value", context))
        scores = queries @ keys.transpose(-1, -2)  # [N, H, T, M]
        if barred is not None:
            scores = scores + barred
        mixed = scores.softmax(dim=-1) @ values  # [N, H, T, W]
        return self.linear(f"{name}.out", mixed.transpose(1, 2).reshape(count, length, channels))


def frequencies(count: int) -> numpy.ndarray:
    """Geometric sequence of frequencies, from 1 down to almost 1 / 10000: float32 [count]."""
    return numpy.exp(-math.log(10000) * numpy.arange(count) / count).astype(numpy.float32)


def sinusoidal(positions: numpy.ndarray, width: int) -> numpy.ndarray:
    """Cosines, then sines, then a 0 if the width is odd: [count] to float32 [count, width]."""
    angles = positions[:, None].astype(numpy.float64) * frequencies(width // 2)
    embedding = numpy.zeros((len(positions), width), numpy.float32)
    embedding[:, : width // 2] = numpy.cos(angles)
    embedding[:, width // 2 : 2 * (width // 2)] = numpy.sin(angles)
    return embedding


def sinusoidal_grid(side: int, width: int) -> Tensor:
    """Fixed position embeddings of a square's cells, row by row: [1, side * side, width]."""
    half = width // 2
    numbers = numpy.arange(side)
    rows = numpy.repeat(sinusoidal(numbers, half), side, axis=0)
    columns = numpy.tile(sinusoidal(numbers, width - half), (side, 1))
    return placed(numpy.concatenate([rows, columns], axis=1))[None]
