"""The networks as ONNX files and run configurations, and back."""
import os
import pathlib

import numpy as np
import onnx
import yaml
from onnx import TensorProto, helper, numpy_helper

BASE_CONFIGURATION = pathlib.Path(__file__).resolve().parents[2] / "configs/vgg16_quarter_ws.yaml"
NORM_FIELDS = ("gamma", "beta", "mean", "variance")


def read_onnx(path):
    """Layers in order: name, weight, and the batch norm's four vectors with epsilon, or the bias."""
    graph = onnx.load(str(path)).graph
    values = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    layers = []
    for node in graph.node:
        if node.op_type in ("Conv", "Gemm"):
            layers.append({"name": node.name, "weight": values[node.input[1]], "pooled": False})
            if node.op_type == "Gemm":
                layers[-1]["bias"] = values[node.input[2]]
        elif node.op_type == "BatchNormalization":
            layers[-1].update(zip(NORM_FIELDS, (values[name] for name in node.input[1:])))
            layers[-1]["epsilon"] = next(a.f for a in node.attribute if a.name == "epsilon")
        elif node.op_type == "MaxPool":
            layers[-1]["pooled"] = True
    return layers


class GraphWriter:
    """A chain of nodes, each reading the one before it."""

    def __init__(self):
        self.nodes, self.values, self.last = [], [], "input"

    def add(self, op, name, constants=(), **attributes):
        """`constants`: (suffix, array) of the inputs after the first."""
        inputs = [self.last]
        for suffix, array in constants:
            inputs.append(f"{name}.{suffix}")
            self.values.append(numpy_helper.from_array(np.ascontiguousarray(array, np.float32), inputs[-1]))
        self.last = f"{name}.output"
        self.nodes.append(helper.make_node(op, inputs, [self.last], name=name, **attributes))


def write_onnx(path, layers):
    """Layers as read_onnx gives them, to an opset 13 file that keeps its BatchNormalization nodes."""
    writer = GraphWriter()
    for layer in layers[:-1]:
        name = layer["name"]
        writer.add("Conv", name, [("weight", layer["weight"])], kernel_shape=[3, 3], pads=[1, 1, 1, 1])
        norm = [(field, layer[field]) for field in NORM_FIELDS]
        writer.add("BatchNormalization", f"{name}_norm", norm, epsilon=layer["epsilon"])
        writer.add("Relu", f"{name}_relu")
        if layer["pooled"]:
            writer.add("MaxPool", f"{name}_pool", kernel_shape=[2, 2], strides=[2, 2])
    last = layers[-1]
    writer.add("Flatten", "flatten", axis=1)
    writer.add("Gemm", last["name"], [("weight", last["weight"]), ("bias", last["bias"])], transB=1)
    image = helper.make_tensor_value_info("input", TensorProto.FLOAT, ["N", 3, 32, 32])
    logits = helper.make_tensor_value_info(writer.last, TensorProto.FLOAT, ["N", len(last["bias"])])
    graph = helper.make_graph(writer.nodes, "vgg16", [image], [logits], writer.values)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], producer_name="accelsim")
    model.ir_version = 7
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def write_configuration(path, onnx_path, quantization, preprocessing):
    """A run of the network with its formats, `quantization` as the configuration's section has it."""
    folder, bits = pathlib.Path(path).parent, quantization["weight_bits"]
    flow = lambda value: yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=200).strip()
    lines = [
        f"# VGG16 with batch normalization, fine-tuned by scripts/train_vgg16.py: weights and inner maps of {bits} bits.",
        f"include: {os.path.relpath(BASE_CONFIGURATION, folder)}",
        "network:",
        f"  onnx: {os.path.relpath(onnx_path, folder)}",
        f"  input: {flow(preprocessing)}",
        "quantization:",
        *(f"  {key}: {value!r}" for key, value in quantization.items() if key != "layers"),
        "  layers:",
        *(f"    {name}: {flow(own)}" for name, own in quantization["layers"].items()),
    ]
    pathlib.Path(path).write_text("\n".join(lines) + "\n")


def read_configuration(path):
    """The `quantization` section of such a configuration, its preprocessing, and its network's layers."""
    configuration = yaml.safe_load(pathlib.Path(path).read_text())
    network = configuration["network"]
    layers = read_onnx(pathlib.Path(path).parent / network["onnx"])
    return configuration["quantization"], network["input"], layers
