"""VGG16 with batch normalization, in float or with quantizers that learn their steps (LSQ, Esser et al., ICLR 2020)."""
import numpy as np
import torch
from torch import nn
from torch.nn import functional

# Of VGG16 (configuration D): convolutions of each block, and their width before scaling.
BLOCKS = ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512))
CLASSES = 10
# Just inside, so that the largest weight of a channel surely rounds to the limit.
ROUNDS_UP = 0.4999
# Of the largest step that a channel can have.
SMALLEST_STEP = 0.1


def round_away(x):
    """Half away from zero; torch.round takes halves to even."""
    return torch.trunc(x + torch.copysign(torch.full_like(x, 0.5), x))


class Quantized(torch.autograd.Function):
    """Rounds x to low..limit steps. Gradients pass straight through between the bounds; the step's is scaled by `scale`."""

    @staticmethod
    def forward(context, x, step, low, limit, scale):
        steps = x / step
        # Where nothing is negative one operation less is enough: this runs on the large maps.
        levels = (steps.add(0.5).floor_() if low == 0 else round_away(steps)).clamp_(low, limit)
        context.save_for_backward(steps, levels)
        context.bounds, context.scale, context.step_shape = (low, limit), scale, step.shape
        return levels * step

    @staticmethod
    def backward(context, gradient):
        steps, levels = context.saved_tensors
        inside = torch.ops.aten.hardtanh_backward(gradient, steps, *context.bounds)
        step_gradient = (gradient * levels).sub_(inside * steps).sum_to_size(context.step_shape)
        return inside, step_gradient * context.scale, None, None, None


def best_step(values, limit, low):
    """The step with the least squared error for each row of `values`, quantized to low..limit."""
    largest = values.abs().amax(1, keepdim=True).clamp_min(1e-12)
    best_error, best = torch.full_like(largest, np.inf), torch.ones_like(largest)
    for fraction in np.linspace(0.02, 1, 80):
        step = largest * (fraction / limit)
        error = (round_away(values / step).clamp(low, limit) * step - values).square().sum(1, keepdim=True)
        better = error < best_error
        best_error, best = torch.where(better, error, best_error), torch.where(better, step, best)
    return best


class Layer(nn.Module):
    """What a convolution and the classifier share: weights with a step for each output channel."""

    def __init__(self, name, shape):
        super().__init__()
        self.name = name
        self.weight = nn.Parameter(torch.empty(shape))
        nn.init.kaiming_normal_(self.weight, nonlinearity="relu")
        self.weight_step = nn.Parameter(torch.ones(shape[0], *[1] * (len(shape) - 1)))
        self.bits = None

    @property
    def weight_limit(self):
        return 2 ** (self.bits - 1) - 1

    @torch.no_grad()
    def bound_weight_step(self):
        """Some weight of each channel reaches the limit, as accelsim finds the step by it; a step that nears 0 would not come
        back."""
        largest = self.weight.abs().amax(tuple(range(1, self.weight.dim())), keepdim=True)
        most = largest / (self.weight_limit - ROUNDS_UP)
        self.weight_step.data = self.weight_step.maximum(SMALLEST_STEP * most).minimum(most)

    def effective_weight(self):
        if self.bits is None:
            return self.weight
        scale = (self.weight_limit * self.weight[0].numel()) ** -0.5
        return Quantized.apply(self.weight, self.weight_step, -self.weight_limit, self.weight_limit, scale)

    def set_weight_step(self):
        flat = self.weight.detach().flatten(1)
        self.weight_step.data = best_step(flat, self.weight_limit, -self.weight_limit).view_as(self.weight_step)


class Convolution(Layer):
    """3 x 3 convolution, batch normalization, ReLU and perhaps max pooling. Pooling is first: the quantizer keeps order."""

    def __init__(self, name, inputs, outputs, pooled):
        super().__init__(name, (outputs, inputs, 3, 3))
        self.norm = nn.BatchNorm2d(outputs)
        self.pooled = pooled
        self.output_step = nn.Parameter(torch.ones(()))

    @property
    def output_limit(self):
        return 2**self.bits - 1

    def real(self, x, input_step=None):
        """Before the activation; with the step of its input the batch norm is frozen."""
        x = functional.conv2d(x, self.effective_weight(), padding=1)
        x = self.norm(x) if input_step is None else self.fused_norm(x, input_step)
        return functional.max_pool2d(x, 2) if self.pooled else x

    def fused_norm(self, x, input_step):
        """With fixed statistics, its offset rounded as the integer bias of the fused layer is (see centre_rounding)."""
        norm = self.norm
        gain = norm.weight / (norm.running_var + norm.eps).sqrt()
        offset = norm.bias - gain * norm.running_mean
        with torch.no_grad():
            unit = (input_step * self.weight_step.flatten() * gain.abs()).clamp_min(1e-12)
            mantissa, exponent = torch.frexp(unit / self.output_step)
            half = torch.where(exponent < 0, 0.5 / mantissa, torch.zeros_like(unit))
            rounded = (round_away(offset / unit - half) + half) * unit
        offset = offset + (rounded - offset).detach()
        return x * gain[:, None, None] + offset[:, None, None]

    def forward(self, x, input_step=None):
        x = self.real(x, input_step)
        if self.bits is None:
            return functional.relu(x)
        scale = (self.output_limit * x[0].numel()) ** -0.5
        return Quantized.apply(x, self.output_step, 0, self.output_limit, scale)


class Classifier(Layer):
    def __init__(self, inputs):
        super().__init__("fc", (CLASSES, inputs))
        self.bias = nn.Parameter(torch.zeros(CLASSES))

    def forward(self, x):
        return functional.linear(x.flatten(1), self.effective_weight(), self.bias)


class Vgg16(nn.Module):
    """Logits (N, 10) of images (N, 3, 32, 32); `width` scales the channels of VGG16."""

    def __init__(self, width):
        super().__init__()
        self.width, self.bits, self.input_scale = width, None, None
        layers, inputs = [], 3
        for block, (count, channels) in enumerate(BLOCKS, 1):
            outputs = max(1, round(channels * width))
            for i in range(1, count + 1):
                layers.append(Convolution(f"conv{block}_{i}", inputs, outputs, i == count))
                inputs = outputs
        self.layers = nn.ModuleList([*layers, Classifier(inputs)])

    def forward(self, x):
        for x in self.maps(x):
            pass
        return x

    def maps(self, x):
        """Every layer's output in turn."""
        step = self.input_scale
        for layer in self.layers[:-1]:
            x = layer(x, step)
            step = None if step is None else layer.output_step
            yield x
        yield self.layers[-1](x)

    def set_bits(self, bits):
        for module in (self, *self.layers):
            module.bits = bits

    def freeze_norms(self, input_scale):
        """From here on the arithmetic is that of the fused integer network."""
        self.input_scale = input_scale

    @torch.no_grad()
    def keep_legal(self, input_scale):
        """accelsim scales sums down, never up: the steps of maps stay above those of the sums. Nor by more than 2^16, so that
        the bias of a dead channel fits its 32 bits."""
        if self.bits is None:
            return
        for layer in self.layers:
            layer.bound_weight_step()
        for layer in self.layers[:-1]:
            norm = layer.norm
            unit = input_scale * layer.weight_step.flatten() / (norm.running_var + norm.eps).sqrt()
            layer.output_step.clamp_(min=float((unit * norm.weight.abs()).max()) * 1.001)
            least = layer.output_step / unit * 2.0**-16
            norm.weight.data = torch.copysign(norm.weight.abs().maximum(least), norm.weight)
            input_scale = layer.output_step

    @torch.no_grad()
    def quantize(self, bits, images):
        """Gives every layer quantizers, their first steps the best ones for these images."""
        self.set_bits(bits)
        self.eval()
        for layer in self.layers:
            layer.set_weight_step()
            if isinstance(layer, Convolution):
                real = layer.real(images).relu_()
                layer.output_step.data = best_step(real.reshape(1, -1), layer.output_limit, 0).view(())
            images = layer(images)
