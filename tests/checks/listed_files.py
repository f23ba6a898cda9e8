#!/usr/bin/python3 -B
"""Finds sources that no CMakeLists.txt names and headers that nothing includes: usage listed_files.py ROOT."""

import re
import sys
from pathlib import Path

from project import finish, includes, source_files


def named_in_cmake(root):
    """The paths below `root` that some CMakeLists.txt names, relative to its own folder."""
    named = set()
    for folder in ("sw", "hw", "tests"):
        for listing in Path(root, folder).rglob("CMakeLists.txt"):
            text = re.sub(r"#.*", "", listing.read_text())
            for word in re.split(r'[\s()"]+', text):
                named.add((listing.parent / word).relative_to(root).as_posix())
    return named


def check(root):
    """The faults of the tree, one a line."""
    files = source_files(root)
    listed = named_in_cmake(root)
    included = {name for file in files for _, name, _ in includes(root, file)}
    faults = [f"{file}:1: source: must be named in a CMakeLists.txt" for file in files if file.endswith(".cpp") and file not in listed]
    return faults + [f"{file}:1: header: must be included by some file" for file in files if not file.endswith(".cpp") and file not in included]


if __name__ == "__main__":
    finish(check(sys.argv[1]))
