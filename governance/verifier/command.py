"""The command line of the verifier: `python -m governance.verifier`, and `govern verify`, which is the same.

It starts with the standard library and two more, reads a pack or a folder with a model, and says yes or no. Where the whole program
is installed it judges the evidence again; where it is not, it says that nobody did.
"""

from __future__ import annotations

import argparse
import json
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from governance import __version__
from governance.errors import GovernanceError, UnreadableError, UsageError
from governance.verifier import pack as packs
from governance.verifier import sample, withheld
from governance.verifier.brought import Brought
from governance.verifier.members import MANIFEST
from governance.verifier.report import NOT_PERFORMED, PackReport, clean, one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from governance.proofs.note import Head
    from governance.verifier.containers import Container
    from governance.verifier.entries import Listed
    from governance.verifier.log import Log

EPILOG = (
    "Exit codes: 0 yes; 1 not as you trust (policy, witnesses, an older pack); 2 wrong usage; 4 changed; "
    "5 separation of duties broken; 6 no pack that can be read."
)
_LARGEST = 128 * 1024 * 1024


def parser() -> argparse.ArgumentParser:
    """The options."""
    made = argparse.ArgumentParser(
        prog="govern verify",
        description="Verify an audit pack, or a model folder against its approval, offline.",
        epilog=EPILOG,
    )
    add = made.add_argument
    add("target", metavar="PACK_OR_DIR", type=Path, help="the pack, or with --approval the folder with the model")
    add("--policy", metavar="FILE", type=Path, help="your trust policy: logs, witnesses, signers, approvals")
    add("--ledger-key", metavar="KEY|FILE", help="the ledger's public key as you hold it")
    add("--checkpoint", metavar="FILE", type=Path, help="a checkpoint that you kept: the pack must continue it")
    add(
        "--min-checkpoint",
        metavar="FILE|SIZE",
        help="the least ledger: a checkpoint that you kept, or a number of entries",
    )
    add(
        "--approval",
        metavar="FILE",
        type=Path,
        action="append",
        default=[],
        help="the approval of the model in the folder",
    )
    add("--use", metavar="TEXT", help="with --approval: what the model is to be used for")
    add("--place", metavar="PLACE", help="with --approval: where it is to run, cloud or on-device")
    add("--reveal", metavar="FILE", type=Path, help="an item that the pack withholds, as its owner revealed it")
    add("--sample", metavar="N", type=int, help="draw N pieces of evidence by the words of --seed")
    add("--seed", metavar="TEXT", help="words that you choose after you got the pack")
    add("--no-judgement", action="store_true", help="do not judge the evidence again")
    add("--paranoid", action="store_true", help="with --approval: hash every file again, whatever was hashed before")
    add("--on", metavar="MOMENT", help="with --approval: check it as of this moment instead of now")
    add("--json", action="store_true", help="print one JSON document")
    add("--version", action="version", version=f"govern {__version__}")
    return made


def run(argv: Sequence[str]) -> int:
    """Run the command; returns its exit code. No error leaves as a traceback."""
    try:
        given = parser().parse_args(list(argv))
    except SystemExit as stop:  # argparse says what is wrong, or prints its help, by itself
        return stop.code if isinstance(stop.code, int) else 2
    try:
        return _model(given) if _is_model(given) else _pack(given)
    except GovernanceError as error:
        return _fail(error, given)
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        sys.stderr.write("stopped\n")
        return 130


def _is_model(given: argparse.Namespace) -> bool:
    if given.approval:
        return True
    if given.target.is_dir() and not (given.target / MANIFEST).is_file():
        raise UnreadableError(
            f"a folder without {MANIFEST} is no pack",
            where=str(given.target),
            hint="For a model, name its approval: --approval FILE.",
        )
    return False


def _model(given: argparse.Namespace) -> int:
    """The deploy-time check, which has a module of its own."""
    from governance.verifier import approval

    return approval.run(given)


def _pack(given: argparse.Namespace) -> int:
    if (given.sample is None) != (given.seed is None):
        raise UsageError("--sample N and --seed TEXT go together", hint="Choose the words after you got the pack.")
    if given.sample is not None and given.sample < 1:
        raise UsageError(f"--sample {given.sample}: a sample has at least one piece")
    item = withheld.read(_bytes(given.reveal), where=str(given.reveal)) if given.reveal else None
    again, why = _judging(given)

    def beside(_: Container, listed: Listed, log: Log, report: PackReport) -> None:
        if given.sample is not None:
            report.sample = sample.draw(listed, given.sample, given.seed)
        if item is not None:
            entry, problem = withheld.prove(item, listed, log)
            report.revealed = withheld.shown(item, entry, problem)
            if problem is not None:
                report.problem(str(given.reveal), problem)

    found = packs.verify(given.target, brought(given), again=again, beside=beside)
    if why and found.lines["JUDGEMENT"] == NOT_PERFORMED and not found.problems:
        found.lines["JUDGEMENT"] = f"{NOT_PERFORMED}: {why}"
    if given.json:
        _document(**found.plain())
    else:
        _print(found)
    return found.exit_code


def _judging(given: argparse.Namespace) -> tuple[packs.Again | None, str]:
    """What judges again, and why nothing does where that is so. The whole program is looked for by name: this part stands without it."""
    if given.no_judgement:
        return None, "not asked for (--no-judgement)"

    def again(pack: Container, report: PackReport) -> None:
        try:
            judge: Callable[[Container, PackReport], None] = import_module("governance.packs.verify").judge_again
        except ImportError as error:
            report.lines["JUDGEMENT"] = f"{NOT_PERFORMED}: this installation can not judge ({error})"
            return
        judge(pack, report)

    return again, ""


def brought(given: argparse.Namespace) -> Brought:
    """What the auditor brings, read from the files that were named. Raises `UsageError` or `UnreadableError` naming them."""
    from governance.proofs import public_keys

    trust: Any = None
    if given.policy is not None:
        from governance.verifier import trust as policies

        trust = policies.load(given.policy)
    kept: list[Head] = [_head(given.checkpoint)] if given.checkpoint else []
    least = 0
    if (text := given.min_checkpoint) is not None:
        if text.isascii() and text.isdigit() and len(text) < 19:
            least = int(text)
        else:
            kept.append(_head(Path(text)))
    key = public_keys.parse(_key_line(given.ledger_key), where="--ledger-key") if given.ledger_key else None
    return Brought(trust, key, tuple(kept), least)


def _head(path: Path) -> Head:
    from governance.proofs import note

    return note.parse(_bytes(path), where=str(path)).head


def _key_line(text: str) -> str:
    """The public key itself, or what stands in the file of that name."""
    if text.startswith(("ssh-", "sk-", "ecdsa-")):
        return text
    return _bytes(Path(text))[:10_000].decode("utf-8", "replace").strip()


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(_LARGEST + 1)
    except (OSError, ValueError) as error:
        said = error.strerror if isinstance(error, OSError) else "not the name of a file"
        raise UsageError(f"can not be read: {said}", where=str(path)) from None
    if len(data) > _LARGEST:
        raise UnreadableError(f"more than {_LARGEST:,} bytes", where=str(path))
    return data


def _print(found: PackReport) -> None:
    out: list[str] = []
    if found.about is not None:
        about = found.about
        edition = (
            "" if about.of is None else f", a redacted edition of the pack whose manifest has the digest {about.of}"
        )
        out.append(
            f"{'PACK':<10} {about.pack_id}: {about.system}, ledger {about.checkpoint.origin}, {about.checkpoint.size} entries{edition}"
        )
    out += [f"{name:<10} {one_line(said)}" for name, said in found.lines.items()]
    out += [f"  {one_line(member)} {one_line(said)}" for member, said in found.problems]
    out += [f"  {one_line(said)}" for said in (*found.duties, *found.unmet)]
    if (drawn := found.sample) is not None:
        shown = f" ({drawn['withheld']} more are withheld)" if drawn["withheld"] else ""
        out.append(
            f"SAMPLE     {len(drawn['drawn'])} of {drawn['population']} pieces of evidence{shown}; seed {one_line(drawn['seed'])!r}"
        )
        out.append(f"           {drawn['method']}")
        out += [
            f"  {row['rank']:>4}  {row['sha256']}  {row['id']}  {row['kind']}  {row['member']}"
            for row in drawn["drawn"]
        ]
    if (item := found.revealed) is not None:
        said = f"entry {item['seq']} is {item.get('id')}, as it was withheld" if item["proven"] else item["problem"]
        out.append(f"REVEALED   {one_line(said)}")
    out.append("✔ yes: verified" if found.ok else "✘ no: not verified")
    _write(sys.stdout, "".join(clean(line) + "\n" for line in out))


def _fail(error: GovernanceError, given: argparse.Namespace) -> int:
    if given.json:
        problem = {"member": error.where or str(given.target), "problem": error.message, "hint": error.hint}
        _document(ok=False, exit_code=error.exit_code, problems=[problem], duties=[], unmet=[], report={}, pack=None)
    _write(sys.stderr, f"error: {clean(str(error))}\n")
    return error.exit_code


def _document(**said: Any) -> None:
    _write(sys.stdout, json.dumps({"schema": "verify.v1", **said}, ensure_ascii=True, indent=2, allow_nan=False) + "\n")


def _write(stream: Any, text: str) -> None:
    """Print, whatever letters the terminal knows."""
    encoding = stream.encoding or "utf-8"
    stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
