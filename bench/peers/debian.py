"""Peers that Debian packages."""

import os
import shutil
import subprocess


def find_program(name: str) -> str:
    """Return where a server is, which is not on everybody's path."""
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin") or name


def ask_for(*packages: str) -> str:
    """Return what is said where they are missing."""
    return f"not installed; as root on Debian: apt-get install {' '.join(packages)}"


def install(*packages: str) -> None:
    """Install them where we may; elsewhere they stay missing, and say so."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for words in (
        ["update", "-qq"],
        ["install", "-qq", "-y", "--no-install-recommends", *packages],
    ):
        subprocess.run([apt, *words], check=True, env=environment)  # noqa: S603 - our own list
