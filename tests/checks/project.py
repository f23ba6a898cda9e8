"""What the checks share: the project's files, its includes, and how a check ends."""

import re
import sys
from pathlib import Path

SOURCE_FOLDERS = ("sw", "hw", "tests")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def source_files(root):
    """The C++ files of the project, as paths below `root`."""
    found = [path for folder in SOURCE_FOLDERS for path in Path(root, folder).rglob("*") if path.suffix in (".h", ".inc", ".cpp")]
    return sorted(path.relative_to(root).as_posix() for path in found)


def includes(root, file):
    """Yields (line, name, is_quoted) for each include of the file."""
    for number, line in enumerate(Path(root, file).read_text().splitlines(), 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match.group(2), match.group(1) == '"'


def finish(faults):
    """Prints the faults and ends the check."""
    print("\n".join(faults) if faults else "no fault found")
    sys.exit(1 if faults else 0)
