#!/usr/bin/python3
"""Recomputes every layer that `accelsim --dump-tensors DIR` wrote, with NumPy alone, and compares.

usage: check_tensors.py DIR          exit status 1 where any value differs
"""
import json
import pathlib
import sys

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def windows(x, w, fill):
    """(H, W, C) to (height, width, C, kernel_height, kernel_width)."""
    top, left, bottom, right = w["pads"]
    x = np.pad(x, ((top, bottom), (left, right), (0, 0)), constant_values=fill)
    return sliding_window_view(x, w["kernel"], (0, 1))[:: w["strides"][0], :: w["strides"][1]]


def divide_away(x, n):
    """x / n rounded half away from zero."""
    return np.sign(x) * ((2 * np.abs(x) + n) // (2 * n))


def clamp(x, form):
    signed, bits = form.startswith("int"), int(form.lstrip("uint"))
    return np.clip(x, -(2 ** (bits - 1)) if signed else 0, 2 ** (bits - signed) - 1)


def accumulate(x, w, layer, acc):
    """Sums over k = (ky, kx, channel), a fold at a time, in a register of `bits` bits."""
    patches = windows(x, layer, 0).transpose(0, 1, 3, 4, 2)
    patches = patches.reshape(*patches.shape[:2], -1).astype(float)  # exact: below 2**53
    w = w.reshape(-1, w.shape[-1]).astype(float)
    fold, low, total = acc["fold_depth"] or len(w), -(2 ** (acc["bits"] - 1)), 0
    for k in range(0, len(w), fold):
        total = total + (patches[..., k : k + fold] @ w[k : k + fold]).astype(np.int64)
        wrap = acc["overflow"] == "wrap"
        total = (total - low) % (-2 * low) + low if wrap else np.clip(total, low, -low - 1)
    return total


def requantize(total, layer, multiplier, shift):
    if layer["requantize"] == "shift_floor":
        return total >> shift
    product = np.clip(total, -(2**31), 2**31 - 1) * multiplier
    nudged = product + np.where(product >= 0, 2**30, 1 - 2**30)
    high = np.sign(nudged) * (np.abs(nudged) >> 31)
    return np.sign(high) * ((np.abs(high) + (1 << shift >> 1)) >> shift)


def pool(x, w):
    if w["kind"] == "max":
        return windows(x, w, np.iinfo(np.int64).min).max((-1, -2))
    ones = windows(np.ones_like(x), w, int(w["count_include_pad"]))
    return divide_away(windows(x, w, 0).sum((-1, -2)), ones.sum((-1, -2)))


def run(layer, acc, load):
    x = load("input")
    if layer["kind"] != "pool":
        groups = layer["groups"]
        pairs = zip(np.split(x, groups, 2), np.split(load("weight"), groups, 3))
        total = np.concatenate([accumulate(a, w, layer, acc) for a, w in pairs], 2) + load("bias")
        x = requantize(total, layer, load("multiplier"), load("shift"))
        x = clamp(np.maximum(x, 0) if layer["relu"] else x, layer["output"]["format"])
    return pool(x, layer["pool"]) if layer["pool"] else x


def main(directory):
    description = json.loads((directory / "tensors.json").read_text())
    wrong = 0
    for layer in description["layers"]:
        load = lambda what: np.load(directory / layer[what]["file"]).astype(np.int64)
        differences = np.count_nonzero(run(layer, description["accumulator"], load) != load("output"))
        print(f"{layer['name']}: {differences} of {load('output').size} values differ")
        wrong += differences
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])) if len(sys.argv) == 2 else __doc__)
