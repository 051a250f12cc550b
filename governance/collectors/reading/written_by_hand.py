"""What the forms that people fill in share: how one is recognised in YAML or JSON, and how a refusal says what to do."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from governance.collectors.reading.answers import Found, NotRead
from governance.collectors.reading.interface import attempt
from governance.domain import faults
from governance.errors import UnreadableError
from governance.parsing import strict_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from pydantic import ValidationError

    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

    Make = Callable[[Folder, File, dict[str, Any]], Iterable[Found]]


def forms(folder: Folder, schema: str, what: str, make: Make) -> Iterator[Found | NotRead]:
    """The facts of every file directly in a folder that declares a schema; `what` names such a file in a refusal."""
    for file in list(folder.files.values()):
        if declares(file, schema):
            value = _value(file, schema, what)
            if isinstance(value, NotRead):
                file.claimed = True
                yield value
            elif value is not None:
                yield from attempt(file, partial(make, folder, file, value))


def declares(file: File, schema: str) -> bool:
    """True for a file that may be such a form: it names the schema."""
    return file.size <= strict_yaml.MAX_BYTES and file.mentions(schema.encode(), b"schema")


def refusal(error: ValidationError, remedies: Mapping[str, str]) -> UnreadableError:
    """What is wrong, in words, with what to do; `remedies` are by the field at the top."""
    places = dict.fromkeys(str(each["loc"][0]) if each["loc"] else "" for each in error.errors(include_url=False))
    said = [remedies[place] for place in places if place in remedies]
    return UnreadableError(faults.listed(faults.in_words(error)), hint=" ".join(said))


def _value(file: File, schema: str, what: str) -> dict[str, Any] | NotRead | None:
    """The form in a file, None for a file that only mentions the word, or why it can not be read."""
    try:
        value = file.json() if file.opens_json else strict_yaml.loads(file.data())
    except UnreadableError as error:
        # Prose that names the schema is no form; a line that declares it is one, and broken.
        declares = any(line.split(b":")[0].strip(b" \"'{") == b"schema" for line in file.data().splitlines())
        return NotRead(file.shown, f"{what} that can not be read: {error.message}") if declares else None
    return value if isinstance(value, dict) and value.get("schema") == schema else None
