#!/usr/bin/python3 -B
"""Shows that scripts/training/quantizers.py and accelsim come to the same bits: usage same_bits.py PROGRAM TEST...

Weights, biases, multipliers, shifts and every map of an image, of the float network quantized by accelsim and of the
networks that were fine-tuned. The two share no code. Status 77: a package or a file that it needs is missing.
"""
import importlib.util
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
CONFIGS = ROOT / "configs"
SKIPPED = 77
PROGRAM = None
sys.path.insert(0, str(ROOT / "scripts"))


def dumped(config, folder, *options):
    """tensors.json of the first image, with arrays in place of file names."""
    command = [PROGRAM, "run", "--config", config, "--quiet", "--fidelity", "transaction", "--limit", "1", "--dump-tensors", folder, *options]
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode:
        raise AssertionError(f"{' '.join(map(str, command))}: status {done.returncode}\n{done.stderr}")
    layers = json.loads((pathlib.Path(folder) / "tensors.json").read_text())["layers"]
    for layer in layers:
        for key in ("input", "weight", "bias", "multiplier", "shift", "output"):
            layer[key]["array"] = np.load(pathlib.Path(folder) / layer[key]["file"])
    return layers


def quantization_of(layers):
    """The section of a run configuration that says what accelsim chose."""
    bits = lambda tensor: int(tensor["format"].lstrip("uint"))
    own = lambda layer: {"weight_bits": bits(layer["weight"]), "activation_bits": bits(layer["output"]), "output_scale": layer["output"]["scale"]}
    return {"input_scale": layers[0]["input"]["scale"], "layers": {layer["name"]: own(layer) for layer in layers}}


class SameBits(unittest.TestCase):
    def compare(self, layers, source, quantization):
        from training import quantizers

        network = quantizers.integer_network(source, quantization)
        self.assertEqual(len(network), len(layers))
        maps = quantizers.run(network, layers[0]["input"]["array"])
        for ours, theirs, output in zip(network, layers, maps):
            for key in ("weight", "bias", "multiplier", "shift"):
                np.testing.assert_array_equal(ours[key], theirs[key]["array"], f"{ours['name']} {key}")
            np.testing.assert_array_equal(output, theirs["output"]["array"], f"{ours['name']} output")

    def compare_configuration(self, config, folder):
        from training import exports

        quantization, _, source = exports.read_configuration(config)
        layers = dumped(config, folder)
        given = {key: quantization[key] for key in ("weight_bits", "activation_bits")}
        resolved = {name: {**given, **own} for name, own in quantization["layers"].items()}
        chosen = quantization_of(layers)
        self.assertEqual(chosen, {"input_scale": quantization["input_scale"], "layers": resolved})
        for layer in source:  # on the grid, its end included: quantizing loses nothing
            steps = layer["weight"].reshape(len(layer["weight"]), -1) * (2 ** (quantization["weight_bits"] - 1) - 1)
            steps /= np.abs(layer["weight"].reshape(len(steps), -1)).max(1, keepdims=True)
            np.testing.assert_allclose(steps, np.round(steps), atol=1e-4, err_msg=layer["name"])
        self.assertGreater(np.count_nonzero(layers[-1]["output"]["array"]), 0)
        self.compare(layers, source, quantization)
        return layers, source, quantization


HALVES = np.array([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 2.4])
ROUNDED_HALVES = [-3, -2, -1, 1, 2, 3, 2]


class FloatNetwork(SameBits):
    def test_halves_are_rounded_away_from_zero(self):
        from training import quantizers

        self.assertEqual(list(quantizers.round_away(HALVES)), ROUNDED_HALVES)
        self.assertEqual(quantizers.round_away(0.5 - 2.0**-54), 0)

    def test_quantized_by_accelsim(self):
        from training import exports

        for bits in (8, 4, 2):
            with self.subTest(bits=bits), tempfile.TemporaryDirectory() as folder:
                widths = [f"quantization.{key}_bits={bits}" for key in ("weight", "activation")]
                limits = ["quantization.calibration.limit=4"]
                options = [word for setting in widths + limits for word in ("--set", setting)]
                layers = dumped(CONFIGS / "vgg16_quarter_ws.yaml", folder, *options)
                source = exports.read_onnx(CONFIGS / "networks/vgg16_quarter_bn.onnx")
                self.compare(layers, source, quantization_of(layers))


class FineTunedNetworks(SameBits):
    def test_shipped(self):
        for bits in (4, 2):
            with self.subTest(bits=bits), tempfile.TemporaryDirectory() as folder:
                self.compare_configuration(CONFIGS / f"vgg16_quarter_{bits}bit_ws.yaml", folder)


class RealImages(SameBits):
    def test_pixels_and_logits(self):
        from training import exports, images, quantizers

        records = pathlib.Path(os.environ.get("ACCELSIM_DATA", ROOT.parent / "shared/data")) / "cifar10/test_first466.bin"
        if not records.exists():
            self.skipTest(f"{records} is absent")
        config = CONFIGS / "vgg16_quarter_4bit_ws.yaml"
        quantization, preprocessing, source = exports.read_configuration(config)
        network = quantizers.integer_network(source, quantization)
        steps = images.quantize(images.read_records(records)[0], preprocessing, quantization["input_scale"])
        for first in (0, 1, 465):
            with self.subTest(image=first), tempfile.TemporaryDirectory() as folder:
                layers = dumped(config, folder, "--images", records, "--set", f"simulation.first={first}")
                image = steps[first].transpose(1, 2, 0)
                np.testing.assert_array_equal(layers[0]["input"]["array"], image)
                logits = quantizers.run(network, image)[-1]
                np.testing.assert_array_equal(layers[-1]["output"]["array"], logits)


class Training(SameBits):
    """Both commands on a few random images: a network from nothing to bits in accelsim."""

    COUNT = 256

    def test_halves_are_rounded_away_from_zero(self):
        import torch
        from training.network import Quantized

        halves = torch.from_numpy(HALVES)
        for low, expected in ((-8, ROUNDED_HALVES), (0, np.maximum(ROUNDED_HALVES, 0))):
            self.assertEqual(Quantized.apply(halves, torch.ones(1), low, 8, 1.0).tolist(), list(expected))

    def test_gradients_are_those_of_learned_step_sizes(self):
        import torch
        from training.network import Quantized

        x = torch.tensor([-3.0, -0.6, 0.8, 5.0], requires_grad=True)
        step = torch.tensor([2.0], requires_grad=True)
        Quantized.apply(x, step, -1, 1, 0.5).sum().backward()
        self.assertEqual(x.grad.tolist(), [0, 1, 1, 0])
        # Below: the low limit; inside: level - x / step; above: the limit. All times the scale.
        self.assertAlmostEqual(step.grad.item(), 0.5 * (-1 + (0 + 0.3) + (0 - 0.4) + 1), places=6)

    def run_script(self, *arguments):
        command = ["/usr/bin/python3", "-B", ROOT / "scripts/train_vgg16.py", *arguments]
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def write_images(self, folder):
        random = np.random.default_rng(1)
        labels = np.arange(self.COUNT) % 10
        images = random.integers(0, 64, (self.COUNT, 3 * 32 * 32)) + 19 * labels[:, None]
        (folder / "cifar10").mkdir()
        records = np.concatenate([labels[:, None], images], 1).astype(np.uint8)
        (folder / "cifar10/data_batch_1.bin").write_bytes(records.tobytes())

    def test_steps_are_kept_where_accelsim_takes_them(self):
        import torch
        from training import conversion, quantizers
        from training.network import Vgg16

        torch.manual_seed(1)
        network, scales = Vgg16(0.0625).eval(), {"input": 0.5}
        network.quantize(2, torch.randn(2, 3, 32, 32))
        for layer in network.layers[:-1]:
            layer.output_step.data.fill_(-1)
            layer.norm.weight.data[0] = 0
        network.keep_legal(scales["input"])
        scales.update((layer.name, float(layer.output_step)) for layer in network.layers[:-1])
        scales["fc"] = 2 * scales["conv5_3"] * float(network.layers[-1].weight_step.max())
        quantizers.integer_network(conversion.layers_of(network), quantizers.network_formats(2, scales))

    def compare_training_arithmetic(self, network, layers, quantization):
        """The maps that a network in training computes in float32, against accelsim's."""
        import torch

        image = layers[0]["input"]["array"].astype(np.float32) * np.float32(quantization["input_scale"])
        x = torch.from_numpy(image.transpose(2, 0, 1)[None])
        for real, layer in zip(network.eval().maps(x), layers[:-1]):
            steps = np.round(real.detach().numpy()[0].transpose(1, 2, 0) / layer["output"]["scale"])
            differences = np.count_nonzero(steps != layer["output"]["array"])
            # A sum in float32 that falls on the other side of a half.
            self.assertLessEqual(differences, steps.size // 500, layer["name"])

    def test_from_scratch_to_accelsim(self):
        from training import conversion

        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            self.write_images(folder)
            common = ["--data", folder, "--batch", 32, "--threads", 1]
            float_file = folder / "float.onnx"
            self.run_script("train", "--width", 0.0625, "--out", float_file, "--epochs", 25, *common)
            shown = self.run_script("evaluate", float_file, "--images", folder / "cifar10/data_batch_1.bin")
            self.assertGreater(int(shown.split()[-3]), self.COUNT / 2, shown)
            for bits in (8, 4, 2):
                with self.subTest(bits=bits):
                    config, out, checkpoint = (folder / f"{bits}.{ending}" for ending in ("yaml", "onnx", "pt"))
                    files = ["--from", float_file, "--out", out, "--config", config, "--checkpoint", checkpoint]
                    self.run_script("finetune", "--bits", bits, "--epochs", 3, *files, *common)
                    layers, source, quantization = self.compare_configuration(config, folder / f"dump{bits}")
                    for network in (conversion.network_of(checkpoint), conversion.fake_quantized(source, quantization)):
                        self.compare_training_arithmetic(network, layers, quantization)


def missing(modules):
    return [module for module in modules if importlib.util.find_spec(module) is None]


if __name__ == "__main__":
    PROGRAM, test = sys.argv[1:3]
    absent = missing(["onnx", "yaml"] + (["torch", "PIL"] if test == "Training" else []))
    if absent:
        print(f"skipped: /usr/bin/python3 has no {', '.join(absent)}")
        sys.exit(SKIPPED)
    result = unittest.main(argv=[sys.argv[0], *sys.argv[2:]], exit=False).result
    for _, reason in result.skipped:
        print(f"skipped: {reason}")
    sys.exit(1 if not result.wasSuccessful() else SKIPPED if result.skipped else 0)
