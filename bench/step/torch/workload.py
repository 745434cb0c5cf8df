"""Reads a workload: one training step's networks, initial values and inputs, as written by the benchmark."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy
import torch
from torch import Tensor

from placement import placed

# A 4-axis weight is stored as [k, k, in, out] (convolution) or [k, k, out, in] (transposed convolution);
# PyTorch has [out, in, k, k] and [in, out, k, k]. Both conversions are the same permutation of axes.
TO_PYTORCH = (3, 2, 0, 1)
FROM_PYTORCH = (2, 3, 1, 0)

# The denoiser's convolutions along a sequence are stored as [3 * in, out]; PyTorch has [out, in, 3].
SEQUENCE_KERNEL = 3
SEQUENCE_CONVOLUTIONS = ("stem.weight", "head.weight", ".first.weight", ".second.weight")

# Weight matrices of linear layers, [in, out] in the file. Embedding tables are not transposed.
LINEAR_WEIGHTS = (".weight", ".lora.down", ".lora.up")


@dataclass(frozen=True)
class Entry:
    """Position of one parameter in its group's flat vector."""

    name: str
    shape: tuple[int, ...]
    offset: int
    size: int

    def to_pytorch(self, values: Tensor) -> Tensor:
        """The parameter in PyTorch's layout, as a contiguous copy from the whole group's vector."""
        tensor = values[self.offset : self.offset + self.size].reshape(self.shape)
        if len(self.shape) == 4:
            tensor = tensor.permute(TO_PYTORCH)
        elif self._is_sequence_convolution:
            tensor = tensor.view(SEQUENCE_KERNEL, -1, self.shape[-1]).permute(2, 1, 0)
        elif self._is_linear:
            tensor = tensor.t()
        return tensor.clone(memory_format=torch.contiguous_format)

    def from_pytorch(self, tensor: Tensor) -> Tensor:
        """The inverse of `to_pytorch`: [size]."""
        if len(self.shape) == 4:
            tensor = tensor.permute(FROM_PYTORCH)
        elif self._is_sequence_convolution:
            tensor = tensor.permute(2, 1, 0)
        elif self._is_linear:
            tensor = tensor.t()
        return tensor.reshape(-1)

    @property
    def _is_sequence_convolution(self) -> bool:
        return len(self.shape) == 2 and self.name.endswith(SEQUENCE_CONVOLUTIONS)

    @property
    def _is_linear(self) -> bool:
        return len(self.shape) == 2 and self.name.endswith(LINEAR_WEIGHTS)


class ParameterGroup:
    """The named parameters of one flat vector, each in PyTorch's own order of axes."""

    def __init__(self, folder: Path, description: Mapping[str, Any], trained: bool) -> None:
        self.entries = [
            Entry(entry["name"], tuple(entry["shape"]), entry["offset"], entry["size"])
            for entry in description["entries"]
        ]
        values = read_array(folder / description["file"], numpy.float32)
        self.tensors: dict[str, Tensor] = {
            entry.name: entry.to_pytorch(values).requires_grad_(trained) for entry in self.entries
        }

    @property
    def parameters(self) -> list[Tensor]:
        return list(self.tensors.values())

    def flat(self) -> Tensor:
        """The current values as one vector in the file's order."""
        return torch.cat([entry.from_pytorch(self.tensors[entry.name].detach()) for entry in self.entries])


class TrainedGroup(ParameterGroup):
    """A group with its optimizer: Adam, or AdamW if there is weight decay."""

    def __init__(self, folder: Path, description: Mapping[str, Any]) -> None:
        super().__init__(folder, description, trained=True)
        adam = description["adam"]
        decay = adam.get("weightDecay") or 0.0
        kind = torch.optim.AdamW if decay > 0 else torch.optim.Adam
        self.optimizer = kind(
            self.parameters,
            lr=description["learningRate"],
            betas=(adam["beta1"], adam["beta2"]),
            eps=adam.get("epsilon") or 1e-8,
            weight_decay=decay,
            foreach=True,
        )


@dataclass(frozen=True)
class Workload:
    """What one process trains. `description` is the content of workload.json."""

    description: Mapping[str, Any]
    groups: Mapping[str, TrainedGroup]
    constants: Mapping[str, ParameterGroup]
    inputs: Mapping[str, Tensor]


def read_workload(folder: Path) -> Workload:
    with open(folder / "workload.json", encoding="utf-8") as file:
        description = json.load(file)
    return Workload(
        description=description,
        groups={name: TrainedGroup(folder, group) for name, group in description["groups"].items()},
        constants={
            name: ParameterGroup(folder, group, trained=False)
            for name, group in description.get("constants", {}).items()
        },
        inputs={name: read_input(folder, spec) for name, spec in description["inputs"].items()},
    )


def read_input(folder: Path, spec: Mapping[str, Any]) -> Tensor:
    """
    One input in the order PyTorch wants it. Images, the only inputs of 4 axes, come as [N, S, S, 3] and are
    returned as [N, 3, S, S]: a PyTorch data loader would hand them over like that.
    """
    integers = spec.get("dtype") == "int32"
    values = read_array(folder / spec["file"], numpy.int32 if integers else numpy.float32)
    tensor = values.reshape(spec["shape"])
    if integers:
        return tensor.long()
    return tensor.permute(0, 3, 1, 2).contiguous() if tensor.dim() == 4 else tensor


def read_array(path: Path, dtype: type) -> Tensor:
    """All little-endian values of a file: [size]."""
    values = numpy.fromfile(path, dtype=numpy.dtype(dtype).newbyteorder("<"))
    return placed(values.astype(dtype, copy=False))
