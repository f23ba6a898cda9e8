"""Between the network in PyTorch, the layers of exports.read_onnx, and the integers of quantizers.py."""
import numpy as np
import torch

from . import exports, quantizers
from .network import BLOCKS, Vgg16


def network_of(path):
    """The float network of an ONNX file, or the one that a fine-tuning left (.pt)."""
    if str(path).endswith(".pt"):
        saved = torch.load(path, map_location="cpu")
        network = Vgg16(saved["width"])
        network.load_state_dict(saved["state"])
        network.set_bits(saved["bits"])
        if saved["input_scale"] is not None:
            network.freeze_norms(saved["input_scale"])
        return network
    return network_of_layers(exports.read_onnx(path))


def network_of_layers(layers):
    network = Vgg16(len(layers[0]["weight"]) / BLOCKS[0][1])
    shapes = [tuple(layer["weight"].shape) for layer in layers]
    expected = [tuple(module.weight.shape) for module in network.layers]
    if shapes != expected:
        raise SystemExit(f"network: must have the weights of VGG16, {expected}, got {shapes}")
    for module, layer in zip(network.layers, layers):
        tensors = {key: torch.from_numpy(np.array(value)) for key, value in layer.items() if isinstance(value, np.ndarray)}
        module.weight.data = tensors["weight"]
        if "bias" in tensors:
            module.bias.data = tensors["bias"]
            continue
        norm = module.norm
        norm.weight.data, norm.bias.data = tensors["gamma"], tensors["beta"]
        norm.running_mean, norm.running_var, norm.eps = tensors["mean"], tensors["variance"], layer["epsilon"]
    return network


def layers_of(network):
    """What exports.write_onnx takes: weights on the quantizers' grid where the network has them."""
    layers = []
    for module in network.layers:
        array = lambda tensor: tensor.detach().cpu().contiguous().numpy()
        layer = {"name": module.name, "weight": array(module.effective_weight()), "pooled": False}
        if hasattr(module, "norm"):
            norm = module.norm
            layer.update(pooled=module.pooled, epsilon=norm.eps, gamma=array(norm.weight), beta=array(norm.bias),
                         mean=array(norm.running_mean), variance=array(norm.running_var))
        else:
            layer["bias"] = array(module.bias)
        layers.append(layer)
    return layers


@torch.no_grad()
def scales_of(network, batches):
    """One step of the input, of every map, and of the logits: 8 bits over those of training images."""
    scales, scale = {"input": batches.scale}, batches.scale
    for layer in network.layers[:-1]:
        scale = scales[layer.name] = float(layer.output_step)
    classifier = network.layers[-1]
    largest = max(float(network(part).abs().max()) for part in batches.plain(5000).split(500))
    # Sums are scaled down, never up.
    scales[classifier.name] = max(largest / 127, scale * float(classifier.weight_step.max()) * 1.001)
    return scales


def fake_quantized(layers, quantization):
    """The exported network in float arithmetic with the quantizers of training."""
    quantizers.centre_rounding(layers, quantization, -1)
    network = network_of_layers(layers).eval()
    for module in network.layers:
        module.bits = quantization["weight_bits"]
        module.weight_step.data = module.weight.detach().abs().amax(
            tuple(range(1, module.weight.dim())), keepdim=True) / module.weight_limit
        if hasattr(module, "norm"):
            module.output_step.data = torch.tensor(quantization["layers"][module.name]["output_scale"])
    network.freeze_norms(quantization["input_scale"])
    return network
