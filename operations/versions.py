"""Versions of the pantry's data: keep one, list them, bring one back. Runs in .venv-dvc: `make snapshot` and its kin.

A version is one small file, `versions/<name>.yml`: a DVC file with the hash of every folder in
conf/base/versions.yml, the time, and the commit of the code. The files themselves lie by their hash in DVC's cache
and remote, so two versions share what did not change. `data.dvc` is a copy of the version that lies in data/ now.

A version is no git commit or tag, because then a run without git, or without a git user, could keep none, and
keeping one would move the user's branch. Whoever wants versions in git commits the files in `versions/`.

    python operations/versions.py snapshot [NAME] | restore NAME [--force] | list | status
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from difflib import get_close_matches
from io import StringIO
from pathlib import Path
from typing import Any

# in the project, where DVC would take a folder that all users of the machine share
os.environ.setdefault("DVC_SITE_CACHE_DIR", str(Path(".dvc/tmp/site").resolve()))

from dvc.exceptions import DvcException
from dvc.repo import Repo
from ruamel.yaml import YAML

logging.getLogger("dvc").setLevel(logging.CRITICAL)  # errors are told below, in words for whoever runs this

SETTINGS = Path("conf/base/versions.yml")
VERSIONS = Path("versions")
CURRENT = Path("data.dvc")
SHOWN = 10  # changed files that `status` names


class CannotDo(Exception):
    """A message for the person at the terminal: what, and what to do."""


def read(file: Path) -> dict[str, Any]:
    return YAML(typ="safe").load(file.read_text(encoding="utf-8")) or {}


def write(file: Path, content: dict[str, Any]) -> None:
    """Whole or not at all."""
    yaml, text = YAML(), StringIO()
    yaml.default_flow_style = False
    yaml.dump(content, text)
    part = file.with_suffix(".part")
    part.write_text(text.getvalue(), encoding="utf-8")
    part.replace(file)


@contextlib.contextmanager
def dvc(failure: str) -> Iterator[Repo]:
    """DVC's repository as its files are now; `failure` heads the error where DVC gives up."""
    try:
        with Repo() as repo:
            yield repo
    except (DvcException, OSError) as error:
        raise CannotDo(f"{failure}: {error}") from error


def names() -> list[str]:
    """All versions, the newest last."""
    found = {file.stem: read(file)["meta"]["time"] for file in VERSIONS.glob("*.yml")}
    return sorted(found, key=lambda name: (found[name], name))


def hashes(file: Path) -> dict[str, str]:
    """Folder -> hash; empty where there is no such file."""
    return {out["path"]: out["md5"] for out in read(file)["outs"]} if file.exists() else {}


def current() -> str | None:
    """The version that data.dvc is a copy of."""
    held = hashes(CURRENT)
    return next((name for name in reversed(names()) if held and hashes(VERSIONS / f"{name}.yml") == held), None)


def commit_of_the_code() -> str:
    """As `git describe` puts it, `-dirty` after changes; a checkout without git has none."""
    with contextlib.suppress(OSError):
        words = ["git", "describe", "--always", "--dirty"]
        return subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip()
    return ""


def folders() -> list[str]:
    """The folders to keep that have a file in them."""
    wanted = read(SETTINGS)["folders"]
    there = [folder for folder in wanted if any(path.is_file() for path in Path(folder).rglob("*"))]
    if not there:
        raise CannotDo(
            f"There is nothing to keep in {', '.join(wanted)}. Run a pipeline first: kedro run --pipelines pantry"
        )
    return there


def size(count: float) -> str:
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"


@contextlib.contextmanager
def undone_on_failure():
    """data.dvc says what it said before, if what follows fails."""
    before = CURRENT.read_bytes() if CURRENT.exists() else None
    try:
        yield
    except BaseException:
        CURRENT.unlink(missing_ok=True)
        if before is not None:
            CURRENT.write_bytes(before)
        raise


def snapshot(name: str | None) -> None:
    now = datetime.now(UTC)
    file = VERSIONS / f"{name or now.strftime('%Y-%m-%dT%H%M%SZ')}.yml"
    if name and not re.fullmatch(r"\w[\w.-]*", name):
        raise CannotDo(f"{name!r} cannot be the name of a version: letters, digits, '.', '_' and '-' can be in it.")
    if file.exists():
        raise CannotDo(f"There is a version {file.stem!r} already ({file}). Give this one another name.")
    with undone_on_failure():
        write(CURRENT, {"outs": [{"path": folder} for folder in folders()]})
        with dvc("Nothing was kept") as repo:
            repo.commit(target=str(CURRENT), force=True)
        # also when nothing changed: the remote may be another than last time
        with dvc(f"No version was made: its files are in DVC's cache, but not in the remote ({remote()})") as repo:
            repo.push(targets=[str(CURRENT)])
    same = current()
    if same and not name:
        print(f"Nothing changed since version {same}: no new one was made.")
        return
    content = read(CURRENT)
    VERSIONS.mkdir(exist_ok=True)
    write(file, {**content, "meta": {"time": now.isoformat(timespec="seconds"), "commit": commit_of_the_code()}})
    for out in content["outs"]:
        print(f"  {out['path']:<28} {out['nfiles']:>5} files {size(out['size']):>8}")
    print(f"Version {file.stem}: {file}, files in {remote()}")
    print(f"Bring it back with: make restore VERSION={file.stem}")


def restore(name: str, force: bool) -> None:
    file = VERSIONS / f"{name}.yml"
    if not file.exists():
        near = get_close_matches(name, names(), 1)
        hint = f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(names()) or 'none'}."
        asked = f"There is no version {name!r} in {VERSIONS}/." if name else "Say which: make restore VERSION=name."
        raise CannotDo(f"{asked} {hint}")
    content = read(file)
    with undone_on_failure():
        write(CURRENT, {"outs": content["outs"]})
        fetch(name)
        with dvc(f"Version {name} was not restored whole; once that is mended, run this again") as repo:
            try:
                repo.checkout(targets=[str(CURRENT)], force=force)
            except DvcException as error:
                refuse_loss(name, str(error))
                raise
    print(f"data/ holds version {name}, of {content['meta']['time']}, commit {content['meta']['commit'] or 'unknown'}.")
    for folder in sorted(set(read(SETTINGS)["folders"]) - set(hashes(file))):
        print(f"  {folder} is not in that version; it was left as it is.")


def fetch(name: str) -> None:
    """Every file of the version into the cache. DVC's checkout would remove a folder that it cannot make whole."""
    with contextlib.suppress(CannotDo), dvc("") as repo:  # the cache may have them all, without a remote
        repo.fetch(targets=[str(CURRENT)])
    with dvc("Cannot tell what is in the cache") as repo:
        missing = repo.data_status(granular=True)["not_in_cache"]
    if missing:
        raise CannotDo(
            f"Version {name} cannot be restored: files of it ({len(missing)}, such as {missing[0]}) are neither in "
            f"DVC's cache nor in the remote ({remote()}). data/ is as it was. If another machine made the version, "
            "both need the same remote: docs/pantry/operations.md."
        )


def refuse_loss(name: str, error: str) -> None:
    """DVC's checkout names files that it would overwrite and that no version holds."""
    lost = [line for line in error.splitlines() if line.startswith(str(Path.cwd()))]
    if lost:
        raise CannotDo(
            f"Nothing was restored: in data/ are files of no version that would be lost ({len(lost)}, such as "
            f"{os.path.relpath(lost[0])}). Keep them first with `make snapshot`, or lose them: make restore "
            f"VERSION={name} FORCE=1"
        ) from None


def remote() -> str:
    """Where files are kept; not what opens it."""
    with dvc("Cannot read .dvc/config") as repo:
        name = repo.config["core"].get("remote")
        return repo.config["remote"][name]["url"] if name in repo.config["remote"] else "no remote is configured"


def show_versions() -> None:
    held = current()
    for name in names():
        content = read(VERSIONS / f"{name}.yml")
        count, total = (sum(out[key] for out in content["outs"]) for key in ("nfiles", "size"))
        mark = "*" if name == held else " "
        print(f"{mark} {name:<24} {count:>5} files {size(total):>8}  {content['meta']['commit']}")
    print("No version yet: make snapshot" if not names() else "* lies in data/, but for what `status` shows")


def show_status() -> None:
    if not CURRENT.exists():
        print("data/ is in no version yet. Keep it with: make snapshot")
        return
    with dvc("Cannot compare data/ with its version") as repo:
        changes = repo.data_status(granular=True)["uncommitted"]
    files = [(kind, path) for kind, paths in changes.items() for path in paths if not path.endswith("/")]
    tracked = set(hashes(CURRENT))
    files += [("added", folder) for folder in set(read(SETTINGS)["folders"]) - tracked if Path(folder).exists()]
    if not files:
        print(f"data/ holds version {current()}, unchanged.")
        return
    print(f"data/ held version {current()}; changed since ({len(files)}):")
    for kind, path in sorted(files)[:SHOWN]:
        print(f"  {kind:<9} {path}")
    if len(files) > SHOWN:
        print(f"  … and {len(files) - SHOWN} more")
    print("Keep them with: make snapshot")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words = parser.add_subparsers(dest="word", required=True)
    words.add_parser("snapshot").add_argument("name", nargs="?")
    restoring = words.add_parser("restore")
    restoring.add_argument("name")
    restoring.add_argument("--force", action="store_true", help="lose what is in data/ and in no version")
    words.add_parser("list")
    words.add_parser("status")
    given = parser.parse_args()
    if given.word == "snapshot":
        snapshot(given.name)
    elif given.word == "restore":
        restore(given.name, given.force)
    elif given.word == "list":
        show_versions()
    else:
        show_status()


if __name__ == "__main__":
    try:
        main()
    except CannotDo as problem:
        sys.exit(f"Error: {problem}")
