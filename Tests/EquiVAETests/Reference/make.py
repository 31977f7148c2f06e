#!/usr/bin/env python3
"""Loss and gradients of one EquiVAE training step, by PyTorch's automatic differentiation in double precision.

    python3 make.py > reference.json        (torch 2 and numpy)

Written from the formulas alone, with torch's own layers: convolutions see [N, C, H, W] here and [N, H, W, C] in the product. Numbers that both
sides need (weights, images, noise) are sines of their positions, so that this file need not carry them.
"""
import json
import math

import numpy
import torch
from torch.nn import functional

CLASSES, HIDDEN, R, V, M = 3, 5, 2, 2, 2
CHANNELS = (2, 3)
HEIGHT, WIDTH = 8, 12


def waves(count, phase, scale):
    """Single-precision numbers, as the product holds them."""
    index = numpy.arange(count, dtype=numpy.float64)
    return torch.from_numpy((scale * numpy.sin(1.7 * index + phase)).astype(numpy.float32).astype(numpy.float64))


class Parameters:
    def __init__(self):
        self.values = {}

    def make(self, name, shape):
        value = waves(math.prod(shape), len(self.values), 0.4).reshape(shape).requires_grad_()
        self.values[name] = value
        return value


def convolution(parameters, name, inputs, outputs):
    weight = parameters.make(name + ".weight", (outputs, 4, 4, inputs))
    bias = parameters.make(name + ".bias", (outputs,))
    return lambda x: functional.conv2d(x, weight.permute(0, 3, 1, 2), bias, stride=2, padding=1)


def transposed(parameters, name, inputs, outputs):
    weight = parameters.make(name + ".weight", (inputs, 4, 4, outputs))
    bias = parameters.make(name + ".bias", (outputs,))
    return lambda x: functional.conv_transpose2d(x, weight.permute(0, 3, 1, 2), bias, stride=2, padding=1)


def dense(parameters, name, inputs, outputs):
    weight = parameters.make(name + ".weight", (outputs, inputs))
    bias = parameters.make(name + ".bias", (outputs,))
    return lambda x: x @ weight.T + bias


def rows(x):
    """[N, C, H, W] as the product lays a row out."""
    return x.permute(0, 2, 3, 1).flatten(1)


def features(parameters, name, channels):
    first = convolution(parameters, name + ".0", channels, CHANNELS[0])
    second = convolution(parameters, name + ".1", CHANNELS[0], CHANNELS[1])
    return lambda x: rows(torch.relu(second(torch.relu(first(x)))))


def case(likelihood, unlabelled, exact, bound_examples, alpha, warmth, labelled_share, uniforms, balance=0.0, dropout=0.0):
    channels = 1 if likelihood == "bernoulli" else 2
    parameters = Parameters()
    f = features(parameters, "f", channels)
    size = CHANNELS[1] * HEIGHT * WIDTH // 16
    f_dense = dense(parameters, "f.dense", size, HIDDEN)
    f_head = dense(parameters, "f.head", HIDDEN, R)
    classifier = dense(parameters, "classifier", HIDDEN, CLASSES)
    encoder = features(parameters, "encoder", channels)
    head_first = dense(parameters, "encoder.head.0", size + R, HIDDEN)
    head_second = dense(parameters, "encoder.head.1", HIDDEN, 2 * V)
    decoder_first = dense(parameters, "decoder.dense.0", R + V, HIDDEN)
    decoder_second = dense(parameters, "decoder.dense.1", HIDDEN, size)
    enlarge_first = transposed(parameters, "decoder.0", CHANNELS[1], CHANNELS[0])
    enlarge_second = transposed(parameters, "decoder.1", CHANNELS[0], channels)
    log_scale = parameters.make("log_scale", (1,)) if likelihood == "gaussian" else None

    labelled = CLASSES * (M + 1)
    count = labelled + unlabelled
    flat = (0.5 + waves(count * HEIGHT * WIDTH * channels, 0.5, 0.45)).float().double()
    images = flat.reshape(count, HEIGHT, WIDTH, channels).permute(0, 3, 1, 2)
    labels = torch.arange(CLASSES).repeat_interleave(M + 1)

    hidden = torch.relu(f_dense(f(images)))
    terms = f_head(hidden)
    factors = torch.ones(count, HIDDEN)
    if dropout:
        numbers = waves(labelled * HIDDEN, 0.75, 1.0).reshape(labelled, HIDDEN)
        factors[:labelled] = (numbers >= 2 * dropout - 1) / (1 - dropout)
    log_q = torch.log_softmax(classifier(hidden * factors), 1)
    seen = encoder(images)
    by_class = terms[:labelled].reshape(CLASSES, M + 1, R)
    own = torch.stack([by_class[c, [i for i in range(M + 1) if i != left]].mean(0) for c in range(CLASSES) for left in range(M + 1)])
    shared = by_class[:, :M].mean(1)

    chosen = [i for i in range(labelled) if i % (M + 1) < bound_examples]
    pairs = [(i, own[i]) for i in chosen]
    terms_of = []
    for u in range(unlabelled):
        row = labelled + u
        q = log_q[row].exp().detach()
        if exact >= CLASSES - 1:
            picked = [(c, "summed") for c in range(CLASSES)]
        else:
            order = sorted(range(CLASSES), key=lambda c: (-q[c].item(), c))
            rest, threshold = order[exact:], None
            threshold = uniforms[u] * sum(q[c].item() for c in rest)
            for drawn in rest:
                threshold -= q[drawn].item()
                if threshold < 0:
                    break
            picked = [(c, "summed") for c in order[:exact]] + [(drawn, "drawn")]
        terms_of.append(picked)
        pairs += [(row, shared[c]) for c, _ in picked]

    r = torch.stack([p[1] for p in pairs])
    x = images[[p[0] for p in pairs]]
    code = head_second(torch.relu(head_first(torch.cat([seen[[p[0] for p in pairs]], r], 1))))
    mean, log_variance = code[:, :V], code[:, V:]
    noise = waves(len(pairs) * V, 0.25, 1.0).reshape(-1, V)
    v = mean + torch.exp(log_variance / 2) * noise
    small = torch.relu(decoder_second(torch.relu(decoder_first(torch.cat([r, v], 1)))))
    small = small.reshape(len(pairs), HEIGHT // 4, WIDTH // 4, CHANNELS[1]).permute(0, 3, 1, 2)
    image = enlarge_second(torch.relu(enlarge_first(small)))
    if likelihood == "bernoulli":
        nll = functional.binary_cross_entropy_with_logits(image, x, reduction="none").flatten(1).sum(1)
    else:
        scale = log_scale.exp()
        nll = (0.5 * ((x - image) / scale) ** 2 + log_scale + 0.5 * math.log(2 * math.pi)).flatten(1).sum(1)
    kl = 0.5 * (log_variance.exp() + mean**2 - 1 - log_variance).sum(1)
    bound = -nll - kl

    labelled_bound = bound[: len(chosen)].mean()
    classification = -log_q[torch.arange(labelled), labels].mean()
    unlabelled_value = 0.0
    unlabelled_surrogate = torch.zeros((), dtype=torch.float64)
    at = len(chosen)
    for u, picked in enumerate(terms_of):
        lq = log_q[labelled + u]
        entropy = -(lq.exp() * lq).sum()
        unlabelled_surrogate = unlabelled_surrogate + warmth * entropy
        baseline = bound[at].detach()
        rest = 1 - sum(lq[c].exp().item() for c, how in picked if how == "summed")
        value = entropy.item() - math.log(CLASSES)
        for n, (c, how) in enumerate(picked):
            level = bound[at + n]
            weight = lq[c].exp().detach() if how == "summed" else rest
            value += float(weight) * level.item()
            unlabelled_surrogate = unlabelled_surrogate + weight * level
            by_q = lq[c].exp() if how == "summed" else rest * lq[c]
            unlabelled_surrogate = unlabelled_surrogate + warmth * (level.detach() - baseline) * by_q
        at += len(picked)
        unlabelled_value += value
    if unlabelled:
        mean = log_q[labelled:].exp().mean(0)
        spread = unlabelled * balance * -(mean * mean.log()).sum()
        unlabelled_surrogate = unlabelled_surrogate + spread
        unlabelled_value += spread.item()
    loss = alpha * classification - labelled_share * labelled_bound
    value = loss.item()
    if unlabelled:
        share = (1 - labelled_share) / unlabelled
        loss = loss - share * unlabelled_surrogate
        value -= share * unlabelled_value
    loss.backward()
    return {
        "likelihood": likelihood, "channels": channels, "unlabelled": unlabelled, "exact": exact, "bound_examples": bound_examples,
        "alpha": alpha, "warmth": warmth, "labelled_share": labelled_share, "balance": balance, "dropout": dropout, "uniforms": uniforms,
        "loss": value, "labelled_bound": labelled_bound.item(), "classification": classification.item(),
        "gradients": {name: [float(f"{g:.9g}") for g in p.grad.flatten().tolist()] for name, p in parameters.values.items()},
    }


torch.set_default_dtype(torch.float64)
print(json.dumps({
    "sizes": {"classes": CLASSES, "hidden": HIDDEN, "r": R, "v": V, "m": M, "channels": CHANNELS, "height": HEIGHT, "width": WIDTH},
    "cases": [
        case("bernoulli", 0, 1, 3, 0.7, 1.0, 1.0, []),
        case("bernoulli", 3, 1, 1, 2.0, 0.5, 0.25, [0.1, 0.6, 0.95], 3.0, 0.4),
        case("bernoulli", 2, 3, 2, 1.0, 1.0, 0.125, [0.5, 0.5]),
        case("gaussian", 2, 1, 3, 1.5, 1.0, 0.5, [0.3, 0.8]),
    ],
}))
