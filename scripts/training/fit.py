"""The training loop of both commands: SGD, cosine learning rate, distillation where a teacher is given."""
import math
import time

import numpy as np
import torch
from torch.nn import functional

from . import images


class Batches:
    """Augmented batches of quantized images in a random order that the seed fixes."""

    def __init__(self, pixels, labels, scale, size, seed, device):
        self.pixels, self.labels, self.scale, self.size, self.device = pixels, labels, scale, size, device
        self.random = np.random.default_rng(seed)

    def __len__(self):
        return len(self.labels) // self.size

    def real(self, pixels):
        """Of pixels (N, 32, 32, 3) in steps."""
        return torch.from_numpy(pixels).to(self.device).permute(0, 3, 1, 2).float() * self.scale

    def plain(self, count):
        """`count` random images as they are."""
        chosen = self.random.permutation(len(self.labels))[:count]
        return self.real(np.ascontiguousarray(self.pixels[chosen].transpose(0, 2, 3, 1)))

    def epoch(self):
        order = self.random.permutation(len(self.labels))
        for start in range(0, len(self) * self.size, self.size):
            chosen = order[start : start + self.size]
            pixels = images.augment(self.pixels[chosen], self.random)
            yield self.real(pixels), torch.from_numpy(self.labels[chosen]).to(self.device)


def loss_of(logits, labels, teacher_logits, options):
    loss = functional.cross_entropy(logits, labels, label_smoothing=options.label_smoothing)
    if teacher_logits is None:
        return loss
    heat = options.temperature
    soft = functional.kl_div(
        functional.log_softmax(logits / heat, 1), functional.log_softmax(teacher_logits / heat, 1),
        reduction="batchmean", log_target=True)
    return (1 - options.distill) * loss + options.distill * heat**2 * soft


def optimizer_of(network, options):
    decayed, plain = [], []
    for name, parameter in network.named_parameters():
        (decayed if name.endswith(".weight") and parameter.dim() > 1 else plain).append(parameter)
    groups = [{"params": decayed, "weight_decay": options.weight_decay}, {"params": plain}]
    return torch.optim.SGD(groups, options.learning_rate, momentum=0.9, nesterov=True)


@torch.no_grad()
def settle_norms(network, batches, count=10000, size=500):
    """The batch norms' statistics for the final weights, over images that are not augmented."""
    norms = [module for module in network.modules() if isinstance(module, torch.nn.BatchNorm2d)]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
    network.train()
    for real in batches.plain(count).split(size):
        network(real)


def freeze(network, batches):
    settle_norms(network, batches)
    network.keep_legal(batches.scale)
    if network.bits is not None:
        network.freeze_norms(batches.scale)


def learning_rate(options, done, total):
    """A short rise, then the cosine's fall to 0."""
    rise = max(1, min(200, total // 10))
    return options.learning_rate * min(1, (done + 1) / rise) * 0.5 * (1 + math.cos(math.pi * done / total))


def train_step(network, optimizer, real, labels, teacher, options):
    """The loss of one batch and the part of it that was decided rightly."""
    with torch.no_grad():
        teacher_logits = teacher(real) if teacher is not None else None
    logits = network(real)
    loss = loss_of(logits, labels, teacher_logits, options)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
    return loss.item(), (logits.argmax(1) == labels).float().mean().item()


def fit(network, batches, options, teacher=None, after_epoch=lambda: None):
    """Trains for `options.epochs` (a fraction ends early), the last `options.frozen` of them with frozen batch norms."""
    optimizer = optimizer_of(network, options)
    total = round(options.epochs * len(batches))
    frozen_from = total - round(options.frozen * total)
    done, started = 0, time.time()
    network.keep_legal(batches.scale)
    while done < total:
        network.train()
        sums = np.zeros(2)
        for step, (real, labels) in enumerate(batches.epoch(), 1):
            if done == frozen_from and network.input_scale is None:
                freeze(network, batches)
            for group in optimizer.param_groups:
                group["lr"] = learning_rate(options, done, total)
            sums += train_step(network, optimizer, real, labels, teacher, options)
            network.keep_legal(batches.scale)
            done += 1
            if step % 50 == 0 or done == total:
                print(f"epoch {done / len(batches):.2f}  loss {sums[0] / step:.4f}  correct {sums[1] / step:.4f}  "
                      f"{time.time() - started:.0f} s", flush=True)
            if done == total:
                break
        after_epoch()
    if network.input_scale is None:
        freeze(network, batches)
    network.eval()
