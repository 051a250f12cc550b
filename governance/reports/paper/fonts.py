"""The faces a PDF is drawn with: shipped in Python packages, never the machine's choice.

The same HTML must give the same bytes on any machine, so layout happens in a closed world. Fontconfig is shown a configuration that names
no folder (`fonts.conf` beside this file), and the faces below are added to it through `@font-face`. Source Sans Pro carries the text;
DejaVu carries icons, fixed-width text, and what Source Sans lacks. A style sheet asks for them by their own names, `"Source Sans Pro"`,
`"DejaVu Sans"` and `"DejaVu Sans Mono"`; any other name, and `sans-serif` and `monospace`, leads to them. The HTML document itself
stays with the fonts of its reader.

Both licences allow embedding: SIL Open Font License 1.1 (Source Sans Pro: "does not apply to any document created using the fonts"), and
the Bitstream Vera licence (DejaVu). The limit: a face that another face of these does not cover is not here either; see `glyphs`.
"""

from __future__ import annotations

import importlib.util
import os
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SCHEME = "font"
"""The private scheme of addresses by which the style sheet names a face; nothing else answers to it."""
WORLD = Path(__file__).with_name("fonts.conf")
SETTING = "FONTCONFIG_FILE"


@dataclass(frozen=True)
class Face:
    """One font file. `package` and `path` say where pip put it; `file` is set for a face of the machine (see `glyphs.borrowed`)."""

    family: str
    weight: int
    italic: bool
    package: str = ""
    path: str = ""
    file: Path | None = None

    @property
    def name(self) -> str:
        """The last part of its address: `font:NAME`."""
        return Path(self.path).name if self.file is None else self.family.replace(" ", "-")

    def located(self) -> Path | None:
        """Where the file lies; None where its package is not installed, or lacks it. The package is not imported."""
        if self.file is not None:
            return self.file
        folder = _folder(self.package)
        found = folder / self.path if folder else None
        return found if found and found.is_file() else None


SOURCE, DEJAVU = "font_source_sans_pro", "matplotlib"
PACKAGES = {SOURCE: "font-source-sans-pro", DEJAVU: "matplotlib"}
"""The name to give to pip, by the name of the package it installs."""
_SANS, _SYMBOLS, _MONO = "Source Sans Pro", "DejaVu Sans", "DejaVu Sans Mono"
_TTF = "mpl-data/fonts/ttf"
FACES = (
    Face(_SANS, 400, False, SOURCE, "files/SourceSansPro-Regular.ttf"),
    Face(_SANS, 400, True, SOURCE, "files/SourceSansPro-It.ttf"),
    Face(_SANS, 600, False, SOURCE, "files/SourceSansPro-Semibold.ttf"),
    Face(_SANS, 600, True, SOURCE, "files/SourceSansPro-SemiboldIt.ttf"),
    Face(_SANS, 700, False, SOURCE, "files/SourceSansPro-Bold.ttf"),
    Face(_SANS, 700, True, SOURCE, "files/SourceSansPro-BoldIt.ttf"),
    Face(_SYMBOLS, 400, False, DEJAVU, f"{_TTF}/DejaVuSans.ttf"),
    Face(_SYMBOLS, 400, True, DEJAVU, f"{_TTF}/DejaVuSans-Oblique.ttf"),
    Face(_SYMBOLS, 700, False, DEJAVU, f"{_TTF}/DejaVuSans-Bold.ttf"),
    Face(_SYMBOLS, 700, True, DEJAVU, f"{_TTF}/DejaVuSans-BoldOblique.ttf"),
    Face(_MONO, 400, False, DEJAVU, f"{_TTF}/DejaVuSansMono.ttf"),
    Face(_MONO, 700, False, DEJAVU, f"{_TTF}/DejaVuSansMono-Bold.ttf"),
)
WIDEST = (FACES[0], FACES[6])
"""The two faces that between them hold every character that any of these holds, but for a handful."""


def missing(faces: Sequence[Face] = FACES) -> tuple[str, ...]:
    """What pip has to install before these faces are all here, in order; empty where they are."""
    return tuple(sorted({PACKAGES.get(face.package, face.package) for face in faces if face.located() is None}))


def stylesheet(faces: Sequence[Face] = FACES) -> str:
    """The `@font-face` rules of these faces, to be read with a fetcher that knows `font:`."""
    return "\n".join(
        f'@font-face {{ font-family: "{face.family}"; font-weight: {face.weight}; '
        f"font-style: {'italic' if face.italic else 'normal'}; src: url({SCHEME}:{face.name}); }}"
        for face in faces
    )


@contextmanager
def closed_world() -> Iterator[None]:
    """While this lasts, a new fontconfig configuration sees no font of the machine, nor any of its rules."""
    before = os.environ.get(SETTING)
    os.environ[SETTING] = str(WORLD)
    try:
        yield
    finally:
        if before is None:
            del os.environ[SETTING]
        else:
            os.environ[SETTING] = before


def fetcher(urls: Any, faces: Sequence[Face] = FACES) -> Any:
    """What opens addresses while a PDF is laid out: `font:` for these faces, `data:`, and nothing else. `urls` is `weasyprint.urls`."""
    files = {f"{SCHEME}:{face.name}": face.located() for face in faces}

    class Fetcher(urls.URLFetcher):  # type: ignore[misc]
        """Answers from what is already here; a server or a file of this machine is refused before it is opened."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            """The response for an address; raises `ValueError` where it is refused."""
            found = files.get(url)
            if found is not None:
                return urls.URLFetcherResponse(url, found.read_bytes(), {"Content-Type": "font/ttf"})
            return super().fetch(url, headers)

    return Fetcher(allowed_protocols={"data"}, allow_redirects=False)


def installed(text: Any) -> list[Path]:
    """The font files that fontconfig finds on this machine, outside the closed world. `text` is `weasyprint.text.ffi`."""
    ffi, library = text.ffi, text.fontconfig
    config = ffi.gc(library.FcInitLoadConfigAndFonts(), library.FcConfigDestroy)
    fonts = library.FcConfigGetFonts(config, library.FcSetSystem)
    if fonts == ffi.NULL:
        return []
    value = ffi.new("FcChar8 **")
    return [
        Path(os.fsdecode(ffi.string(value[0])))
        for index in range(fonts.nfont)
        if library.FcPatternGetString(fonts.fonts[index], b"file", 0, value) == library.FcResultMatch
    ]


@lru_cache(maxsize=8)
def _folder(package: str) -> Path | None:
    """Where a package lies, found without importing it."""
    spec = importlib.util.find_spec(package)
    return Path(spec.origin).parent if spec is not None and spec.origin else None
