"""Settings that determine how fast PyTorch runs in this process, and the memory it used. Linux with glibc."""

import ctypes
import re
from pathlib import Path

# From glibc's malloc.h.
M_TRIM_THRESHOLD = -1
M_MMAP_MAX = -4


def keep_freed_memory() -> None:
    """
    Makes glibc reuse the memory of freed tensors. By default, large blocks go back to the system and
    return page by page, which takes about a tenth of a step on images of 256 x 256.
    """
    libc = ctypes.CDLL(None)
    libc.mallopt(M_MMAP_MAX, 0)
    libc.mallopt(M_TRIM_THRESHOLD, -1)


def blas_libraries() -> list[str]:
    """
    Files of the loaded BLAS. The variant matters: OpenBLAS with threads of its own competes with PyTorch's
    for the same cores, and a step of many small products can take three times as long as with OpenBLAS's
    OpenMP variant, which shares PyTorch's threads.
    """
    maps = Path("/proc/self/maps").read_text(encoding="utf-8")
    return sorted(set(re.findall(r"/\S*/lib(?:\w*blas|blis|mkl_rt)[^/\s]*\.so\S*", maps)))


def peak_memory() -> int:
    """The peak resident memory so far, in bytes."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024  # given in kB
