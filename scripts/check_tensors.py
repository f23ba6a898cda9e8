#!/usr/bin/python3
"""Recomputes every layer that `accelsim --dump-tensors DIR` wrote, with NumPy alone, and compares.

usage: check_tensors.py DIR [REPORT]          exit status 1 where any value differs

With the run's REPORT (report.json) the MACs whose operands are both not zero are counted and compared too.
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


def accumulate(x, w, layer):
    """Sums over k = (ky, kx, channel), a fold at a time, in a register of `bits` bits."""
    acc = layer["accumulator"]
    channels, depth = w.shape[2], w[..., 0].size
    patches = windows(x, layer, 0).transpose(0, 1, 3, 4, 2)
    patches = patches.reshape(*patches.shape[:2], -1).astype(float)  # exact: below 2**53
    w = w.reshape(depth, -1).astype(float)
    span = channels if acc["fold_at_positions"] else depth  # no fold crosses one
    fold = acc["fold_depth"] or span
    folds = [(k, min(k + fold, p + span)) for p in range(0, depth, span) for k in range(p, p + span, fold)]
    low, wrap, total = -(2 ** (acc["bits"] - 1)), acc["overflow"] == "wrap", 0
    for first, end in folds:
        total = total + (patches[..., first:end] @ w[first:end]).astype(np.int64)
        total = (total - low) % (-2 * low) + low if wrap else np.clip(total, low, -low - 1)
    return total


def multiply(value, multiplier, shift):
    """value * multiplier / 2**31, then / 2**shift, as TensorFlow Lite rounds them."""
    product = np.clip(value, -(2**31), 2**31 - 1) * multiplier
    nudged = product + np.where(product >= 0, 2**30, 1 - 2**30)
    high = np.sign(nudged) * (np.abs(nudged) >> 31)
    return np.sign(high) * ((np.abs(high) + (1 << shift >> 1)) >> shift)


def requantize(total, layer, multiplier, shift):
    return total >> shift if layer["requantize"] == "shift_floor" else multiply(total, multiplier, shift)


def normalize(x, layer, load):
    """A batch normalization that is not fused: (x - mean) * scale + offset, `shift` fraction bits."""
    norm = layer["batch_norm"]
    x = (clamp(x, norm["value_format"]) - load(norm["mean"])) * load(norm["scale"]) + load(norm["offset"])
    x = x >> norm["shift"] if layer["requantize"] == "shift_floor" else divide_away(x, 1 << norm["shift"])
    return clamp(x, "int32")


def add_residual(x, operand, layer):
    """The sum of the layer's value and the operand in steps of the output."""
    add, shift = layer["residual"], layer["residual"]["output_shift"]
    x = clamp(x, add["sum_format"])
    if layer["requantize"] == "shift_floor":
        return ((x << add["sum_shift"]) + (operand << add["operand_shift"])) >> shift
    x = multiply(x << 20, add["sum_multiplier"], add["sum_shift"])
    operand = multiply(operand << 20, add["operand_multiplier"], add["operand_shift"])
    return multiply(x + operand, add["output_multiplier"], shift)


def slopes(lfsr, words):
    """Of a randomized ReLU in 64ths: word n takes the one after n steps of the shift register."""
    state, table = lfsr["state"], []
    for _ in range(words.max() + 1):
        table.append(8 + (state % 16) * 13 // 16)
        feedback = bin(state & lfsr["taps"]).count("1") % 2
        left = lfsr["direction"] == "left"
        state = state * 2 % 256 + feedback if left else state // 2 + 128 * feedback
    return np.array(table)[words]


def activate(x, activation, load):
    kind = activation["kind"]
    if kind == "none":
        return x
    if kind == "relu":
        return np.maximum(x, 0)
    if kind == "clip":
        return np.clip(x, activation["low"], activation["high"])
    slope = activation["slope"] if kind == "leaky_relu" else slopes(activation["lfsr"], load(activation["words"]))
    return np.where(x < 0, (x * slope) >> 6, x)


def pool(x, w):
    if w["kind"] == "max":
        return windows(x, w, np.iinfo(np.int64).min).max((-1, -2))
    ones = windows(np.ones_like(x), w, int(w["count_include_pad"]))
    return divide_away(windows(x, w, 0).sum((-1, -2)), ones.sum((-1, -2)))


def run(layer, load):
    x = load(layer["input"])
    if layer["kind"] != "pool":
        groups = layer["groups"]
        pairs = zip(np.split(x, groups, 2), np.split(load(layer["weight"]), groups, 3))
        total = np.concatenate([accumulate(a, w, layer) for a, w in pairs], 2) + load(layer["bias"])
        x = requantize(total, layer, load(layer["multiplier"]), load(layer["shift"]))
        x = normalize(x, layer, load) if layer["batch_norm"] else x
        x = add_residual(x, load(layer["residual"]), layer) if layer["residual"] else x
        x = clamp(activate(x, layer["activation"], load), layer["output"]["format"])
    return pool(x, layer["pool"]) if layer["pool"] else x


def nonzero_macs(layer, load):
    """MACs that have an activation and a weight that are not zero, by looking at each."""
    if layer["kind"] == "pool":
        return 0
    groups = layer["groups"]
    macs = 0
    for x, w in zip(np.split(load(layer["input"]), groups, 2), np.split(load(layer["weight"]), groups, 3)):
        patches = windows(x, layer, 0)
        if layer["pool"]:  # what no pooling window reads is not computed
            height, width, _ = load(layer["output"]).shape
            patches = patches[: height * layer["pool"]["strides"][0], : width * layer["pool"]["strides"][1]]
        patches = patches.transpose(0, 1, 3, 4, 2).reshape(-1, w[..., 0].size)
        macs += int(((patches != 0).astype(np.float64) @ (w != 0).reshape(-1, w.shape[3])).sum())
    return macs


def main(directory, report=None):
    description = json.loads((directory / "tensors.json").read_text())
    counted = json.loads(report.read_text())["layers"] if report else [None] * len(description["layers"])
    load = lambda tensor: np.load(directory / tensor["file"]).astype(np.int64)
    wrong = 0
    for layer, counts in zip(description["layers"], counted):
        output = load(layer["output"])
        differences = np.count_nonzero(run(layer, load) != output)
        print(f"{layer['name']}: {differences} of {output.size} values differ")
        wrong += differences
        if counts and "nonzero_macs" in counts:  # of a run with simulation.activity.zero_gating
            macs = nonzero_macs(layer, load)
            print(f"{layer['name']}: {macs} MACs of two values that are not zero, the report has {counts['nonzero_macs']}")
            wrong += macs != counts["nonzero_macs"] or counts["macs"] != macs + counts["gated_macs"]
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*map(pathlib.Path, sys.argv[1:])) if len(sys.argv) in (2, 3) else __doc__)
