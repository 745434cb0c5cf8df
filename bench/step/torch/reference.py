"""
The extension's training steps in PyTorch, for comparing speeds: python3 reference.py FOLDER

On a GPU: TORCH_DEVICE=cuda.

Install on Debian with `apt-get install python3-torch libopenblas0-openmp`, without libopenblas0-pthread.

Speaks JSON, one object per line. Prints {"ready": true, ...} once everything is loaded, then answers each line of
its input until that ends:
  {"steps": n}         runs n steps on the same inputs: their milliseconds and losses
  {"memory": true}     the process's peak memory so far, in bytes
  {"state": "group"}   writes the group's values as a raw float32 file: its path
Exits with 3 if PyTorch cannot be loaded, with 1 after any other error.
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

# Do not write bytecode files to the repository.
sys.dont_write_bytecode = True

from process import blas_libraries, keep_freed_memory, peak_memory

NO_PYTORCH = 3


def main() -> int:
    if len(sys.argv) != 2:
        print("usage: python3 reference.py FOLDER", file=sys.stderr)
        return 1
    folder = Path(sys.argv[1])
    with open(folder / "workload.json", encoding="utf-8") as file:
        threads = json.load(file)["threads"]
    keep_freed_memory()
    # PyTorch's own setting does not affect a BLAS with its own threads, which reads this variable when loaded.
    os.environ["OPENBLAS_NUM_THREADS"] = str(threads)
    try:
        import torch
    except (ImportError, OSError) as error:
        print(f"PyTorch cannot be loaded: {error}", file=sys.stderr)
        return NO_PYTORCH
    torch.set_num_threads(threads)
    torch.set_num_interop_threads(1)

    from steps import create_step
    from workload import read_workload

    workload = read_workload(folder)
    step = create_step(workload)

    def write_state(group: str) -> Path:
        path = Path(tempfile.mkdtemp(prefix="torch-reference-")) / f"{group}.f32"
        workload.groups[group].flat().cpu().numpy().astype("<f4").tofile(path)
        return path

    say(
        {
            "ready": True,
            "version": torch.__version__,
            "threads": torch.get_num_threads(),
            "blas": blas_libraries(),
        }
    )
    serve(step, write_state)
    return 0


def serve(step: Callable[[], dict[str, float]], write_state: Callable[[str], Path]) -> None:
    """Answers requests until the input ends."""
    for line in sys.stdin:
        if line.strip():
            say(answer(json.loads(line), step, write_state))


def answer(
    request: dict[str, Any], step: Callable[[], dict[str, float]], write_state: Callable[[str], Path]
) -> dict[str, Any]:
    if "steps" in request:
        milliseconds: list[float] = []
        outputs: list[dict[str, float]] = []
        for _ in range(request["steps"]):
            start = time.perf_counter()
            outputs.append(step())
            milliseconds.append(1000 * (time.perf_counter() - start))
        return {"milliseconds": milliseconds, "outputs": outputs}
    if "memory" in request:
        return {"peakBytes": peak_memory()}
    if "state" in request:
        return {"file": str(write_state(request["state"]))}
    raise ValueError(f"Unknown request: {json.dumps(request)}")


def say(message: dict[str, Any]) -> None:
    print(json.dumps(message), flush=True)


if __name__ == "__main__":
    sys.exit(main())
