"""What is written in C: built once, where there is a compiler for it."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.servers import ROOT

BUILT = ROOT / ".make" / "bench"
LIBRARY = ("-shared", "-fPIC")
FLAGS = ("-O2", "-Wall", "-Wextra", "-Werror", "-D_GNU_SOURCE")


def find_compiler() -> str | None:
    """Return a C compiler; None where there is none, or no Linux to build for."""
    if sys.platform != "linux":
        return None
    return shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")


def can_inflate() -> bool:
    """Tell whether what is built here can use zlib."""
    compiler = find_compiler()
    if compiler is None:
        return False
    probe = [compiler, "-E", "-include", "zlib.h", "-x", "c", os.devnull]
    return not subprocess.run(probe, capture_output=True, check=False).returncode  # noqa: S603 - nothing of anybody's


def build(name: str, sources: Sequence[Path], *, library: bool = False) -> Path:
    """Return the program that these sources make, or a library to load before others.

    Programs are linked with zlib where it is there, and `ZLIB` is defined.

    Raises:
        FileNotFoundError: There is no compiler.
        subprocess.CalledProcessError: It does not like them.
    """
    zlib = ["-DZLIB", "-lz"] if not library and can_inflate() else []
    digest = hashlib.sha256(b"".join(each.read_bytes() for each in sources))
    digest.update(repr(zlib).encode())
    built = BUILT / f"{name}-{digest.hexdigest()[:12]}"
    if not built.exists():
        compiler = find_compiler()
        if compiler is None:
            raise FileNotFoundError("There is no C compiler here.")
        BUILT.mkdir(parents=True, exist_ok=True)
        code = [str(each) for each in sources if each.suffix == ".c"]
        flags = [*FLAGS, *(LIBRARY if library else ())]
        subprocess.run([compiler, *flags, "-o", built, *code, *zlib], check=True)  # noqa: S603 - our own sources
    return built
