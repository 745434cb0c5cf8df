"""Placement of tensors: on the CPU, or on the device that TORCH_DEVICE names ("cuda")."""

import os

import numpy
import torch
from torch import Tensor


def placed(values: numpy.ndarray) -> Tensor:
    """The array as a tensor on the device."""
    return torch.from_numpy(values).to(os.environ.get("TORCH_DEVICE", "cpu"))
