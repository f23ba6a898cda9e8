#!/usr/bin/python3
"""Trains VGG16 with batch normalization on CIFAR-10, and fine-tunes it for the number formats of accelsim.

docs/TRAINING.md has the commands behind the shipped networks.
"""
import argparse
import copy
import os
import pathlib
import sys

NEEDED = {"numpy": "python3-numpy", "torch": "python3-torch", "onnx": "python3-onnx", "PIL": "python3-pil", "yaml": "python3-yaml"}


def require_packages():
    import importlib.util

    missing = [package for module, package in NEEDED.items() if importlib.util.find_spec(module) is None]
    if missing:
        raise SystemExit(f"train_vgg16.py: needs the packages {' '.join(missing)} (apt install), run by /usr/bin/python3")


require_packages()
import numpy as np
import torch

from training import exports, fit, images, quantizers
from training.conversion import fake_quantized, layers_of, network_of, network_of_layers, scales_of
from training.network import Vgg16

PREPROCESSING = {"scale": 255, "mean": [0.4914, 0.4822, 0.4465], "std": [0.2470, 0.2435, 0.2616]}


def batches_of(options):
    pixels, labels = images.training_set(options.data)
    scale = images.input_scale(PREPROCESSING)
    print(f"{len(labels)} training images", flush=True)
    return fit.Batches(images.quantize(pixels, PREPROCESSING, scale), labels, scale, options.batch, options.seed, options.device)


def prepare(options, *outputs):
    for path in outputs:  # before hours of training, not after
        pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(options.seed)
    if options.threads:
        torch.set_num_threads(options.threads)


def place(network, options):
    return network.to(options.device, memory_format=torch.channels_last)


def train(options):
    prepare(options, options.out)
    network = place(Vgg16(options.width), options)
    fit.fit(network, batches_of(options), options)
    exports.write_onnx(options.out, layers_of(network))


def finetune(options):
    prepare(options, options.out, options.config)
    network = place(network_of(options.start), options)
    teacher = place(network_of(options.teacher or options.start), options).eval() if options.distill else None
    batches = batches_of(options)
    if network.bits != options.bits:
        network.quantize(options.bits, batches.plain(256))

    def save():
        if options.checkpoint is None:
            return
        numbers = {key: getattr(network, key) for key in ("width", "bits", "input_scale")}
        torch.save({**numbers, "state": network.state_dict()}, options.checkpoint)

    fit.fit(network, batches, options, teacher, save)
    save()
    quantization = quantizers.network_formats(options.bits, scales_of(network, batches))
    layers = layers_of(network)
    quantizers.centre_rounding(layers, quantization)
    exports.write_onnx(options.out, layers)
    exports.write_configuration(options.config, options.out, quantization, PREPROCESSING)


@torch.no_grad()
def classes_of(network, real):
    return np.concatenate([network(part).argmax(1).numpy() for part in torch.from_numpy(real).split(500)])


def evaluate(options):
    """Prints how many images each arithmetic decides rightly."""
    if options.network.endswith(".onnx"):
        quantization, preprocessing, layers = None, PREPROCESSING, exports.read_onnx(options.network)
    else:
        quantization, preprocessing, layers = exports.read_configuration(options.network)
    for path in options.images:
        pixels, labels = (part[: options.limit] for part in images.read_records(path))
        shown = lambda name, classes: print(f"{path}: {name}: {(classes == labels).sum()} of {len(labels)}", flush=True)
        if quantization is None:
            shown("float", classes_of(network_of_layers(layers).eval(), images.real(pixels, preprocessing)))
            continue
        steps = images.quantize(pixels, preprocessing, quantization["input_scale"])
        real = steps.astype(np.float32) * np.float32(quantization["input_scale"])
        network = quantizers.integer_network(layers, quantization)
        float_classes = classes_of(fake_quantized(copy.deepcopy(layers), quantization), real)
        shown("quantizers in float", float_classes)
        classes = np.array([quantizers.run(network, image.transpose(1, 2, 0))[-1].argmax() for image in steps])
        shown("integers", classes)
        print(f"{path}: decided differently: {(classes != float_classes).sum()}")


def add_loop_options(parser, epochs, learning_rate):
    add = parser.add_argument
    add("--out", required=True, help="ONNX file to write")
    add("--epochs", type=float, default=epochs, help="passes over the training images; a fraction ends early (%(default)s)")
    add("--learning-rate", type=float, default=learning_rate, help="at the top of the cosine (%(default)s)")
    add("--weight-decay", type=float, default=1e-4, help="of the weights (%(default)s)")
    add("--label-smoothing", type=float, default=0.1, help="(%(default)s)")
    add("--batch", type=int, default=128, help="images a step (%(default)s)")
    add("--seed", type=int, default=1, help="of the order, the augmentation and first weights (%(default)s)")
    add("--data", default=os.environ.get("ACCELSIM_DATA"), help="folder that holds cifar10/ ($ACCELSIM_DATA)")
    add("--device", default="cuda" if torch.cuda.is_available() else "cpu", help="(%(default)s)")
    add("--threads", type=int, default=0, help="of the CPU; 0: all")


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    scratch = commands.add_parser("train", help="float network from scratch")
    scratch.add_argument("--width", type=float, default=0.25, help="channels as a fraction of VGG16's (%(default)s)")
    add_loop_options(scratch, 50, 0.05)
    scratch.set_defaults(run=train, distill=0, frozen=0)
    tune = commands.add_parser("finetune", help="quantization-aware fine-tuning")
    tune.add_argument("--bits", type=int, required=True, help="of the weights and of the maps between layers")
    tune.add_argument("--from", dest="start", required=True, help="float ONNX file, or .pt of another fine-tuning")
    tune.add_argument("--config", required=True, help="run configuration to write")
    tune.add_argument("--checkpoint", help=".pt to write after every epoch")
    tune.add_argument("--teacher", help="float ONNX file to distil from (default: that of --from)")
    tune.add_argument("--distill", type=float, default=0.5, help="part of the loss that is the teacher's (%(default)s)")
    tune.add_argument("--temperature", type=float, default=2, help="of the distillation (%(default)s)")
    tune.add_argument("--frozen", type=float, default=0.15, help="part of the epochs, the last, with fixed batch norms (%(default)s)")
    add_loop_options(tune, 4, 0.02)
    tune.set_defaults(run=finetune)
    test = commands.add_parser("evaluate", help="accuracy in float, with the quantizers in float, and in integers")
    test.add_argument("network", help="float .onnx, or the .yaml of a fine-tuned network")
    test.add_argument("--images", nargs="+", required=True, help="files of CIFAR-10 records")
    test.add_argument("--limit", type=int, help="images of each file (all)")
    test.set_defaults(run=evaluate)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    options = parse(sys.argv[1:])
    if getattr(options, "data", True) is None:
        raise SystemExit("train_vgg16.py: --data: needs a folder, got none (and ACCELSIM_DATA is not set)")
    options.run(options)
