#!/usr/bin/python3 -B
"""Holds every include to the project's layers: usage include_direction.py ROOT."""

import sys

from project import finish, includes, source_files

# A folder sees itself, the folders named here, and what those see. Files may have a rule of their own.
SEES = {
    "sw/base": [],
    "sw/numeric": ["sw/base"],
    "sw/params": ["sw/numeric"],
    "sw/timing": ["sw/params"],
    "sw/yaml": ["sw/base"],
    "sw/kernels": ["sw/network"],
    "sw/config": ["sw/params", "sw/yaml"],
    "sw/network": ["sw/params", "sw/yaml"],
    "sw/passes": ["sw/network"],
    "sw/schedule": ["sw/network", "sw/timing"],
    "sw/cost": ["sw/schedule", "sw/yaml"],
    "sw/explore": ["sw/cost", "sw/config"],
    "sw/report": ["sw/cost"],
    "hw/stream": ["sw/timing"],
    "hw/trace": ["hw/stream"],
    "hw/memory": ["hw/trace"],
    "hw/array": ["hw/trace"],
    "hw/layers": ["hw/trace"],
    "hw/control": ["hw/memory", "hw/array", "hw/layers", "sw/schedule/program.h"],
    "hw/transaction": ["hw/control"],
    "hw/top": ["hw/control", "hw/transaction"],
    "sw/driver": ["hw/top", "sw/schedule", "sw/kernels", "sw/report"],
    "sw/cli": ["sw"],
    "tests": ["tests", "sw", "hw"],
}
# Oracles stand alone, and hw knows no YAML, graphs or passes: not even through other headers.
MUST_NOT_REACH = {
    "tests/support/timing_oracle": ["sw/timing", "sw/schedule", "sw/kernels", "hw"],
    "sw/network/reference_executor": ["sw/timing", "sw/schedule", "sw/kernels", "sw/passes", "hw"],
    "hw": ["sw/yaml", "sw/config", "sw/network", "sw/passes"],
}
MAY_INCLUDE_ONLY = {"sw/network/reference_executor": ["sw/base", "sw/numeric", "sw/network"]}
SYSTEMC_FOLDERS = ["hw", "sw/driver", "tests"]


def is_below(file, places):
    """True for files in the folders or with the names (complete, or without `.h` and the like) of `places`."""
    return any(file == place or file.startswith((place + "/", place + ".", place + "_")) for place in places)


def folder_of(file):
    """The layer that the file belongs to."""
    parts = file.split("/")
    return "tests" if parts[0] == "tests" else "/".join(parts[:2])


def seen_from(folder):
    """Every place that a file of the folder may include from."""
    seen, waiting = set(), [folder]
    while waiting:
        place = waiting.pop()
        if place not in seen:
            seen.add(place)
            waiting += SEES.get(place, [])
    return seen


def reached_from(file, graph):
    """The headers that the file includes, directly or not, each with the file that includes it."""
    reached, waiting = {}, [file]
    while waiting:
        current = waiting.pop()
        for _, name in graph.get(current, []):
            if name not in reached:
                reached[name] = current
                waiting.append(name)
    return reached


def direct_faults(root, file):
    folder = folder_of(file)
    if folder not in SEES:
        yield f"{file}:1: folder: must have a row in tests/checks/include_direction.py, got {folder}"
        return
    allowed = seen_from(folder)
    for place, only in MAY_INCLUDE_ONLY.items():
        allowed = only if is_below(file, [place]) else allowed
    for line, name, quoted in includes(root, file):
        if quoted and not name.startswith(("sw/", "hw/", "tests/")):
            yield f"{file}:{line}: include: must be a path from the root, got {name}"
        elif quoted and not is_below(name, allowed):
            yield f"{file}:{line}: include: {folder} must not see it, got {name}"
        elif not quoted and name.endswith("systemc.h"):
            yield f"{file}:{line}: include: must be <systemc>, got <{name}>"
        elif not quoted and name.split("/")[0] in ("systemc", "tlm", "tlm.h") and not is_below(file, SYSTEMC_FOLDERS):
            yield f"{file}:{line}: include: {folder} must not see SystemC, got <{name}>"


def check(root):
    """The faults of the tree, each as `file:line: key: rule, got value`."""
    files = source_files(root)
    graph = {file: [(line, name) for line, name, quoted in includes(root, file) if quoted] for file in files}
    faults = [fault for file in files for fault in direct_faults(root, file)]
    for place, forbidden in MUST_NOT_REACH.items():
        for file in (file for file in files if is_below(file, [place])):
            for name, by in reached_from(file, graph).items():
                if is_below(name, forbidden):
                    faults.append(f"{file}:1: include: {place} must not reach it, got {name} (by way of {by})")
    return faults


if __name__ == "__main__":
    finish(check(sys.argv[1]))
