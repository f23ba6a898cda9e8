#!/usr/bin/python3 -B
"""Recomputes energy, power and area of a run from its report.json and the energy table alone, by the formulas of docs/ENERGY.md.

Usage: recompute_energy.py REPORT.json TABLE.yaml [-v]. Prints every figure that differs by more than 1e-9 and exits with 1 if there is one.
"""

import json
import math
import pathlib
import re
import sys

import yaml

TOLERANCE = 1e-9
UNITS = {"pJ": 1, "fJ": 1e-3, "nJ": 1e3, "mW": 1, "uW": 1e-3, "nW": 1e-6, "um2": 1, "mm2": 1e6, "pJ/bit": 1, "pJ/byte": 1 / 8}
POST_BITS = 32  # of a value in post-processing
SQUARED = "multiplier"


def scale_of(table, path, energy):
    """Factors on energy and area for the run's node and voltage; None where they are the table's own."""
    own = table["scaling"]
    node, volts = energy["node_nm"] or table["node_nm"], energy["voltage_v"] or own["voltage_v"]
    node = own["node_nm"] if node == table["node_nm"] else node
    if (node, volts) == (own["node_nm"], own["voltage_v"]):
        return None
    rows = yaml.safe_load((path.parent / own["file"]).read_text())["nodes"]
    index = {row["node_nm"]: i for i, row in enumerate(rows)}
    at = lambda nm, v: sum(c * v**power for c, power in zip(rows[index[nm]]["energy"], (2, 1, 0)))
    return at(node, volts) / at(own["node_nm"], own["voltage_v"]), rows[index[own["node_nm"]]]["area_to"][index[node]]


class Costs:
    """The table's figures for a bit: cost("adder", "add"). `pick` is value, low or high."""

    def __init__(self, path, energy, pick):
        self.table, self.pick = yaml.safe_load(path.read_text()), pick
        self.scale = scale_of(self.table, path, energy)
        self.dram = self.figure(self.table["dram"][energy["dram"]])

    def figure(self, entry):
        return entry.get(self.pick, entry["value"]) * UNITS[entry["unit"]]

    def __call__(self, component, action):
        entry = self.table.get(component, {}).get(action)
        if entry is None:
            return 0
        value = self.figure(entry) / entry.get("bits", 1) ** (2 if component == SQUARED else 1)
        if self.scale is None:
            return value
        is_leakage, is_area = action.startswith("leakage"), action.startswith("area")
        return 0 if is_leakage else value * self.scale[1 if is_area else 0]


def bits_of(number_format):
    return int(re.search(r"\d+", number_format).group()) if number_format else 0


def triangle(n):
    """1 + 2 + ... + n."""
    return n * (n + 1) / 2


class Machine:
    """What the configuration says of the hardware."""

    def __init__(self, config):
        accelerator = config["accelerator"]
        self.__dict__.update(accelerator["array"])
        self.memories = {name: accelerator[name] for name in
                         ("accumulator", "input_buffer", "weight_buffer", "output_buffer", "residual_buffer")}
        self.sum_bits = accelerator["accumulator"]["bits"]
        post = accelerator["post_processing"]
        self.post_stages = post["stages"] + 3 * post["batch_norm_unit"]
        self.ns_per_cycle = 1000 / accelerator["clock_mhz"]
        self.multiplies = config["quantization"]["requantize"] == "multiplier_round"
        self.word = self.rows * self.macs_per_pe

    def registers(self, act, weight, beats=0, loads=0, drains=0):
        """The array's registers as (count, bits, times that each is written)."""
        R, C, W, p, a = self.rows, self.cols, self.macs_per_pe, self.pe_pipeline_stages, self.input_stages
        skew_r, skew_c, z = triangle(R - 1), triangle(C - 1), self.accumulate_stages
        if self.dataflow == "os":
            s, sums = self.row_skew, self.sum_bits
            yield R * a + s * skew_r + R * C, W * act, beats
            yield C * a + skew_c + C * (R if s else 1), W * weight, beats
            yield R * C * (p - 1), act + weight + W - 1, beats
            moves = drains * (R - 1) / 2  # of each of R x C registers, on average
            if self.preload == "shadow":
                yield R * C, sums, beats
                yield R * C, sums, drains + moves
            else:
                yield R * C, sums, beats + moves
            yield skew_c + C * z, sums, drains * R
            return
        moving, held = (weight, act) if self.dataflow == "is" else (act, weight)
        sums = self.exact_sum(act, weight)
        yield R * a + p * skew_r + R * C, W * moving, beats
        yield R * C * p + skew_c + C * z, sums, beats
        yield C * a + skew_c, held, loads * R * W
        yield R * C * W, held, loads * (R * W + 1) / 2
        if self.preload == "shadow":
            yield R * C * W, held, loads

    def exact_sum(self, act, weight):
        return self.sum_bits if self.dataflow == "os" else act + weight + math.ceil(math.log2(self.rows * self.macs_per_pe))

    def added_bits(self, act, weight):
        W = self.macs_per_pe
        return (self.exact_sum(act, weight) + (W - 1) * (act + weight + 1)) / W


def depth_of(layer):
    shape = layer["shape"]
    return shape["kernel_height"] * shape["kernel_width"] * shape["input_channels"] // shape["groups"]


def needs_of(layer):
    """What the layer asks of a lane of post-processing."""
    pooling, _, window = layer["pooling"].partition(" ")
    pooled = math.prod(int(side) for side in window.split("x") if side)
    bits, kind = bits_of(layer["formats"]["output"]), layer["activation"]
    norm_value, _, norm_scale = layer["formats"].get("batch_norm", "").partition(" x ")
    return {"sums": layer["kind"] != "pool", "residual": layer["formats"]["residual"] is not None,
            "norm_value": bits_of(norm_value), "norm_scale": bits_of(norm_scale),
            "compares": kind != "none", "slope": kind in ("leaky_relu", "rrelu"), "clip": kind == "clip",
            "max": bits if pooling == "max" else 0,
            "average": bits + math.ceil(math.log2(pooled)) if pooling == "average" else 0}


def lane(needs, machine):
    """A lane's logic as {component: bits}."""
    logic = {"multiplier": 0, "adder": 0, "comparator": 0}
    if needs["sums"]:
        rescalings = (4 if needs["residual"] else 1) if machine.multiplies else 0
        logic["multiplier"] += rescalings * POST_BITS**2 + (8 * POST_BITS if needs["slope"] else 0)
        logic["adder"] += machine.sum_bits + rescalings * 2 * POST_BITS + (POST_BITS if needs["residual"] else 0)
        logic["comparator"] += POST_BITS * (2 + needs["compares"] + needs["clip"])
    if needs["norm_value"]:
        logic["multiplier"] += (needs["norm_value"] + 1) * needs["norm_scale"]
        logic["adder"] += needs["norm_value"] + 1 + POST_BITS + 1
        logic["comparator"] += 2 * POST_BITS
    logic["comparator"] += needs["max"]
    logic["adder"] += needs["average"]
    return logic


ACTIONS = {"multiplier": "multiply", "adder": "add", "comparator": "compare", "counter": "count", "register": "access"}


def sram(cost, name, bits, bank_kib):
    return bits * (cost(name, "access") + cost(name, "access_per_kib") * bank_kib)


def kept_words(layer, machine):
    """Words of an output map that stays in the input buffer."""
    if not layer["schedule"]["output_on_chip"]:
        return 0
    shape, block = layer["shape"], layer["schedule"]["channels_per_block"]
    groups = shape["groups"] if layer["kind"] != "pool" else 1
    channels = shape["output_channels"] // groups
    blocks = [min(block, channels - first) for first in range(0, channels, block)]
    return shape["output_height"] * shape["output_width"] * groups * sum(-(-n // machine.word) for n in blocks)


def array_energy(layer, machine, cost, act, weight):
    """Energy of the MACs and of the array's registers."""
    tiles, beats = layer["schedule"]["tiles"], layer["compute_cycles"]
    is_os = machine.dataflow == "os"
    registers = machine.registers(act, weight, beats, 0 if is_os else tiles,
                                  tiles // layer["schedule"]["k_blocks"] if is_os else 0)
    accesses = 2 * sum(count * bits * writes for count, bits, writes in registers)
    if not is_os:
        accesses += beats * machine.word * machine.cols * (act if machine.dataflow == "is" else weight)
    mac = act * weight * cost("multiplier", "multiply") + machine.added_bits(act, weight) * cost("adder", "add")
    return layer["macs"] * mac, accesses * cost("register", "access")


def layer_energy(layer, machine, cost, hardware):
    """Energy of the layer by component, pJ."""
    is_pool, out = layer["kind"] == "pool", bits_of(layer["formats"]["output"])
    act, weight = bits_of(layer["formats"]["input"]), bits_of(layer["formats"]["weight"])
    energy, lanes_in = {}, machine.dataflow == "is" and not is_pool
    values = 0 if is_pool else layer["macs"] // depth_of(layer)
    energy["mac"], energy["array_registers"] = (0, 0) if is_pool else array_energy(layer, machine, cost, act, weight)
    words = sum(layer[f"{name}_{way}_words"] for way in ("read", "write")
                for name in ("accumulator", "input_buffer", "weight_buffer", "output_buffer"))
    kept, C, word = kept_words(layer, machine), machine.cols, machine.word
    buffer_bits = {
        "input_buffer": layer["input_buffer_read_words"] * (C if lanes_in else word) * act
                        + (layer["input_buffer_write_words"] - kept) * word * act + kept * word * out,
        "weight_buffer": (layer["weight_buffer_read_words"] + layer["weight_buffer_write_words"]) * (word if lanes_in else C) * weight,
        "output_buffer": (layer["output_buffer_read_words"] + layer["output_buffer_write_words"]) * C * out,
        "residual_buffer": 2 * values * bits_of(layer["formats"]["residual"])}
    for name, bits in buffer_bits.items():
        memory = machine.memories[name]
        energy[name] = sram(cost, "buffer_sram", bits, memory["kib"] / memory.get("banks", 1))
    words += 2 * -(-values // C) if layer["formats"]["residual"] else 0
    energy["control"] = words * 32 * cost("counter", "count")
    written, sums = layer["accumulator_write_words"], C * machine.sum_bits
    energy["accumulator"] = sram(cost, "accumulator_sram", (written + layer["accumulator_read_words"]) * sums,
                                 machine.memories["accumulator"]["kib"] / C)
    if not is_pool and machine.dataflow != "os":
        schedule = layer["schedule"]
        first = written * schedule["pixel_blocks"] * schedule["channel_tiles"] // schedule["tiles"]
        energy["accumulator"] += (written - first) * sums * cost("adder", "add")
    shape = layer["shape"]
    entering = values if not is_pool else (shape["output_height"] * shape["output_width"] * shape["output_channels"]
                                           * shape["kernel_height"] * shape["kernel_width"])
    energy["post_processing"] = entering * (
        sum(bits * cost(name, ACTIONS[name]) for name, bits in lane(needs_of(layer), machine).items())
        + 2 * machine.post_stages * POST_BITS * cost("register", "access"))
    energy["clock"] = hardware["register_bits"] * layer["cycles"] * cost("clock", "cycle")
    energy["leakage"] = hardware["leakage_mw"] * layer["cycles"] * machine.ns_per_cycle
    energy["dram"] = (layer["dram_read_bytes"] + layer["dram_write_bytes"]) * 8 * cost.dram
    return energy


def hardware_of(layers, machine, cost):
    """Area by component in mm2, leakage in mW and bits of registers: what the widest layers need."""
    logic, memories = {"mac": {}, "array_registers": {}, "accumulator": {}, "control": {}}, dict(machine.memories)
    with_array = [layer["formats"] for layer in layers if layer["kind"] != "pool"]
    if with_array:
        act, weight = (max(bits_of(formats[key]) for formats in with_array) for key in ("input", "weight"))
        macs = machine.rows * machine.cols * machine.macs_per_pe
        logic["mac"] = {"multiplier": macs * act * weight, "adder": macs * machine.added_bits(act, weight)}
        logic["array_registers"] = {"register": sum(n * bits for n, bits, _ in machine.registers(act, weight))}
    if machine.dataflow != "os":
        logic["accumulator"] = {"adder": machine.cols * machine.sum_bits}
    needs = [needs_of(layer) for layer in layers]
    union = {key: max(need[key] for need in needs) for key in needs[0]}
    if not union["residual"]:
        del memories["residual_buffer"]
    logic["control"] = {"counter": 2 * 32 * len(memories)}
    logic["post_processing"] = {name: machine.cols * bits for name, bits in lane(union, machine).items()}
    logic["post_processing"]["register"] = machine.cols * machine.post_stages * POST_BITS
    area, leakage = {}, 0
    for component, blocks in logic.items():
        area[component] = sum(bits * cost(name, "area") for name, bits in blocks.items()) / 1e6
        leakage += sum(bits * cost(name, "leakage") for name, bits in blocks.items())
    for name, memory in memories.items():
        kind = "accumulator_sram" if name == "accumulator" else "buffer_sram"
        area[name] = area.get(name, 0) + memory["kib"] * cost(kind, "area_per_kib") / 1e6
        leakage += memory["kib"] * cost(kind, "leakage_per_kib")
    return {"area": area, "leakage_mw": leakage,
            "register_bits": sum(blocks.get("register", 0) for blocks in logic.values())}


def close(left, right):
    return abs(left - right) <= TOLERANCE * max(abs(left), abs(right))


class Comparison:
    def __init__(self, verbose):
        self.verbose, self.compared, self.differing = verbose, 0, 0

    def check(self, name, reported, expected):
        self.compared += 1
        differs = not close(reported, expected)
        self.differing += differs
        if differs or self.verbose:
            print(f"{name}: report {reported!r}, recomputed {expected!r}{' DIFFERS' if differs else ''}")

    def check_all(self, name, reported, expected):
        for key in sorted(set(reported) | set(expected)):
            self.check(f"{name}.{key}", reported.get(key, 0), expected.get(key, 0))


def check_counts(layer, machine, comparison):
    """What the formulas rest on: counters that say the same in two ways."""
    schedule, name = layer["schedule"], layer["name"]
    if schedule["input_on_chip"] and schedule["output_on_chip"]:
        comparison.check(f"{name}: words that stay on chip", layer["input_buffer_write_words"], kept_words(layer, machine))
    if layer["kind"] == "pool":
        return
    blocks, written = schedule["pixel_blocks"] * schedule["channel_tiles"], layer["accumulator_write_words"]
    comparison.check(f"{name}: accumulator words", layer["accumulator_read_words"], written)
    comparison.check(f"{name}: sums of whole depth", layer["macs"] % depth_of(layer), 0)
    if machine.dataflow == "os":
        comparison.check(f"{name}: whole drains", schedule["tiles"] % schedule["k_blocks"], 0)
    else:
        comparison.check(f"{name}: a beat for each word", layer["compute_cycles"], written)
        comparison.check(f"{name}: whole folds", written * blocks % schedule["tiles"], 0)


def compare(report, table, verbose):
    """The comparison of every figure of energy, power and area."""
    config, layers, totals = report["config"], report["layers"], report["totals"]
    machine, comparison = Machine(config), Comparison(verbose)
    for pick, total in (("low", "energy_low_pj"), ("high", "energy_high_pj"), ("value", "energy_pj")):
        cost = Costs(table, config["energy"], pick)
        hardware = hardware_of(layers, machine, cost)
        energies = [layer_energy(layer, machine, cost, hardware) for layer in layers]
        energy = math.fsum(math.fsum(parts.values()) for parts in energies)
        comparison.check(f"totals.{total}", totals[total], energy)
    for layer, parts in zip(layers, energies):
        check_counts(layer, machine, comparison)
        comparison.check(f"{layer['name']}.energy_pj", layer["energy_pj"], math.fsum(parts.values()))
        comparison.check_all(f"{layer['name']}.energy_by_component_pj", layer["energy_by_component_pj"], parts)
    if "gated_macs" in totals:
        fraction = cost.table.get("zero_gating", {}).get("gated_mac", {}).get("value", 0)
        saved = lambda layer: layer["gated_macs"] / (layer["macs"] or 1) * (1 - fraction)
        gated = [parts["mac"] * (1 - saved(layer)) for layer, parts in zip(layers, energies)]
        for layer, expected in zip(layers, gated):
            comparison.check(f"{layer['name']}.zero_gated_mac_energy_pj", layer["zero_gated_mac_energy_pj"], expected)
        comparison.check("totals.zero_gated_mac_energy_pj", totals["zero_gated_mac_energy_pj"], math.fsum(gated))
    sums = {name: math.fsum(parts[name] for parts in energies) for name in energies[0]}
    comparison.check_all("totals.energy_by_component_pj", totals["energy_by_component_pj"], sums)
    comparison.check_all("totals.area_by_component_mm2", totals["area_by_component_mm2"], hardware["area"])
    comparison.check("totals.area_mm2", totals["area_mm2"], math.fsum(hardware["area"].values()))
    seconds = totals["cycles"] * machine.ns_per_cycle * 1e-9
    comparison.check("totals.power_mw", totals["power_mw"], energy * 1e-9 / seconds)
    comparison.check("totals.static_power_mw", totals["static_power_mw"], hardware["leakage_mw"])
    comparison.check("totals.energy_delay_product_js", totals["energy_delay_product_js"], energy * 1e-12 * seconds)
    normalized = sum(layer["macs"] // depth_of(layer) for layer in layers if "batch_norm" in layer["formats"])
    operations = 2 * totals["macs"] + 3 * normalized
    comparison.check("totals.operations", totals["operations"], operations)
    comparison.check("totals.tops_per_w", totals["tops_per_w"], operations / energy)
    return comparison


def main(arguments):
    verbose = "-v" in arguments
    paths = [pathlib.Path(argument) for argument in arguments if argument != "-v"]
    if len(paths) != 2:
        sys.exit(__doc__.strip())
    comparison = compare(json.loads(paths[0].read_text()), paths[1], verbose)
    print(f"{comparison.compared} figures recomputed, {comparison.differing} differ")
    sys.exit(1 if comparison.differing else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
