"""The container that the run is in, where the container says so. Nothing is asked over a network or a socket.

An image has two digests. That of its manifest is what a registry serves it by, and only who started the container knows it: it is told
by `GOVERN_CONTAINER_DIGEST`, such as `sha256:…` or `registry.example/image@sha256:…`. That of its configuration is what
Podman writes into `/run/.containerenv`. Docker tells a container neither.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_DIGEST = re.compile(r"(?:(?P<image>[a-z0-9][a-z0-9._/:-]{0,250})@)?(?P<digest>sha256:[0-9a-f]{64})")
_IMAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/:@+-]{0,299}")
_HEX = re.compile(r"[0-9a-f]{64}")
_ID = re.compile(
    r"(?:docker|crio|cri-containerd|libpod|containers?|overlay-containers|sandboxes|kubepods[^\n]{0,300}?)[-/:]([0-9a-f]{64})\b"
)
_ROOM = 1 << 20


def container(environ: Mapping[str, str] | None = None, root: Path = Path("/")) -> dict[str, Any]:
    """The body of a `container` record.

    `runtime`, `image`, `image_digest` (of the manifest), `image_id` (of the configuration) and `container_id` are null where
    nothing tells them; `said_by` names for each that is told what told it. `kubernetes`: whether it is a pod.
    """
    environ = os.environ if environ is None else environ
    told: dict[str, tuple[str, str]] = {}

    def tell(what: str, value: str | None, by: str) -> None:
        if value:
            told.setdefault(what, (value, by))

    digest = _DIGEST.fullmatch(environ.get("GOVERN_CONTAINER_DIGEST", "").strip())
    if digest is not None:
        tell("image_digest", digest["digest"], "GOVERN_CONTAINER_DIGEST")
        tell("image", digest["image"], "GOVERN_CONTAINER_DIGEST")
    for name in ("APPTAINER", "SINGULARITY"):
        file = environ.get(f"{name}_CONTAINER", "")
        if file or environ.get(f"{name}_NAME"):
            tell("runtime", name.lower(), f"{name}_CONTAINER" if file else f"{name}_NAME")
            tell("image", _image(Path(file).name or environ.get(f"{name}_NAME", "")), f"{name}_CONTAINER")
    _of_podman(root, tell)
    if (root / ".dockerenv").exists():
        tell("runtime", "docker", "/.dockerenv")
    for path in ("proc/self/cgroup", "proc/self/mountinfo"):
        found = _ID.search(_text(root / path))
        if found is not None:
            tell("container_id", found[1], f"/{path}")
    names = ("runtime", "image", "image_digest", "image_id", "container_id")
    return {
        **{name: told[name][0] if name in told else None for name in names},
        "kubernetes": "KUBERNETES_SERVICE_HOST" in environ,
        "said_by": {name: told[name][1] for name in names if name in told},
        "not_understood": ["GOVERN_CONTAINER_DIGEST"]
        if environ.get("GOVERN_CONTAINER_DIGEST", "").strip() and digest is None
        else [],
    }


def _of_podman(root: Path, tell: Any) -> None:
    """`/run/.containerenv`: lines such as `imageid="…"`. It is empty where the container is a privileged one, or of another builder."""
    path = root / "run/.containerenv"
    if not path.exists():
        return
    said = dict(line.split("=", 1) for line in _text(path).splitlines() if "=" in line)
    said = {name.strip(): value.strip().strip('"') for name, value in said.items()}
    by = "/run/.containerenv"
    tell("runtime", "podman", by)
    tell("image", _image(said.get("image", "")), by)
    if _HEX.fullmatch(said.get("imageid", "")):
        tell("image_id", f"sha256:{said['imageid']}", by)
    if _HEX.fullmatch(said.get("id", "")):
        tell("container_id", said["id"], by)


def _image(said: str) -> str | None:
    return said if _IMAGE.fullmatch(said) else None


def _text(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return stream.read(_ROOM).decode("utf-8", "replace")
    except OSError:
        return ""
