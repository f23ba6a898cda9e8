"""Float networks to the integers that accelsim runs, with NumPy alone (docs/ARITHMETIC.md), and those integers run.

Written apart from accelsim: that both come to the same bits is what tests/training shows.
"""
import check_tensors
import numpy as np

FRACTION_BITS = 31
# Ratios closer to 1 would round to 1, which a multiplier below 1 cannot hold.
ABOVE_ONE = 1 + 2.0**-20
# Sums of more steps of the map than these do not occur, and those of a channel must fit 32 bits.
LARGEST_SHIFT = 20


def round_away(x):
    """To integers, half away from zero; exact where x + 0.5 itself would round."""
    whole = np.trunc(x)
    return whole + np.where(np.abs(x - whole) >= 0.5, np.sign(x), 0)


def fold_norm(layer):
    """Float32 weights (out, ...) and bias of a layer with its batch norm fused into it, computed in float64."""
    weight = layer["weight"].astype(float)
    if "gamma" not in layer:
        return layer["weight"], layer["bias"]
    gamma, beta, mean, variance = (layer[key].astype(float) for key in ("gamma", "beta", "mean", "variance"))
    scale = gamma / np.sqrt(variance + float(np.float32(layer["epsilon"])))
    folded = scale.reshape(-1, *[1] * (weight.ndim - 1)) * weight
    return folded.astype(np.float32), (scale * (0.0 - mean) + beta).astype(np.float32)


def quantize_weights(weight, bits):
    """Integer weights within +-(2^(bits-1) - 1) and one scale for each output channel (the first axis)."""
    limit = 2 ** (bits - 1) - 1
    flat = weight.astype(float).reshape(len(weight), -1)
    scales = np.abs(flat).max(1) / limit
    return np.clip(round_away(flat / scales[:, None]), -limit, limit).astype(np.int64).reshape(weight.shape), scales


def fixed_point(ratio):
    """multiplier / 2^31 / 2^shift of ratios below 1, the multiplier in [2^30, 2^31)."""
    fraction, exponent = np.frexp(ratio)
    multiplier = round_away(np.ldexp(fraction, FRACTION_BITS)).astype(np.int64)
    carried = multiplier == 1 << FRACTION_BITS
    return np.where(carried, multiplier >> 1, multiplier), np.minimum(-(exponent + carried), 62)


def integer_layer(layer, input_scale, weight_bits, activation_bits, output_scale):
    """What tensors.json says of the layer, with arrays in place of file names. Weights are (height, width, in, out)."""
    weight, bias = fold_norm(layer)
    weight, scales = quantize_weights(weight, weight_bits)
    least = input_scale * scales.max() * ABOVE_ONE
    if output_scale < least:
        raise ValueError(f"{layer['name']}: output_scale: must be at least {least}, got {output_scale}")
    multiplier, shift = fixed_point(input_scale * scales / output_scale)
    if shift.max() > LARGEST_SHIFT:  # accelsim would take another scale
        raise ValueError(f"{layer['name']}: weights of channel {shift.argmax()}: must be larger, for its bias to fit 32 bits")
    is_conv = weight.ndim == 4
    hwio = weight.transpose(2, 3, 1, 0) if is_conv else weight.T[None, None]
    whole = {"bits": 32, "overflow": "wrap", "fold_depth": None, "fold_at_positions": False}
    pool = {"kind": "max", "kernel": [2, 2], "strides": [2, 2], "pads": [0] * 4}
    return {
        "name": layer["name"], "kind": "conv" if is_conv else "gemm", "groups": 1, "residual": None, "batch_norm": None,
        "weight": hwio, "bias": round_away(bias.astype(float) / (input_scale * scales)).astype(np.int64),
        "kernel": list(hwio.shape[:2]), "strides": [1, 1], "pads": [1 if is_conv else 0] * 4, "accumulator": whole,
        "requantize": "multiplier_round", "multiplier": multiplier, "shift": shift.astype(np.int64),
        "activation": {"kind": "relu" if is_conv else "none"}, "pool": pool if layer["pooled"] else None,
        "output": {"format": f"{'u' if is_conv else ''}int{activation_bits}", "scale": output_scale},
    }


def network_formats(bits, scales):
    """The `quantization` section of a network whose input and logits have 8 bits; scales by layer, the input's under `input`."""
    own = {name: {"output_scale": scale} for name, scale in scales.items() if name != "input"}
    own["fc"] = {"activation_bits": 8, **own["fc"]}
    return {"activation_bits": bits, "weight_bits": bits, "input_bits": 8, "input_scale": scales["input"], "layers": own}


def centre_rounding(layers, quantization, sign=1):
    """Takes out of beta what the requantization adds: it rounds to whole steps of 2^-shift of the output's before it
    rounds to the output's, halves up both times, so that half a small step is too much. A sign of -1 puts it back."""
    for layer, integers in zip(layers[:-1], integer_network(layers, quantization)):
        shift = integers["shift"]
        half_steps = integers["output"]["scale"] * np.where(shift > 0, 2.0 ** -(shift + 1), 0)
        layer["beta"] = (layer["beta"] - sign * half_steps).astype(np.float32)


def integer_network(layers, quantization):
    """Layers as exports.read_onnx gives them, by the `quantization` section of a run configuration."""
    scale, result = quantization["input_scale"], []
    for layer in layers:
        own = {**quantization, **quantization["layers"][layer["name"]]}
        result.append(integer_layer(layer, scale, own["weight_bits"], own["activation_bits"], own["output_scale"]))
        scale = own["output_scale"]
    return result


def run(network, image):
    """Output map (height, width, channels) of every layer for an integer image of that form."""
    maps = [np.asarray(image, np.int64)]
    for layer in network:
        maps.append(check_tensors.run({**layer, "input": maps[-1]}, lambda array: array))
    return maps[1:]
