"""One TVAE training step in PyTorch: the model, batch and optimiser of reprise-bench, on the same number of threads.

Usage: pytorch_step.py THREADS ROUNDS; prints the least and the median time in milliseconds.
"""
import statistics
import sys
import time

import torch
from step_model import CAPSULES, CAPSULE_SIZE, LENGTH, SEQUENCES, LATENTS, PIXELS, neighbourhood_matrix

threads, rounds = int(sys.argv[1]), int(sys.argv[2])
torch.set_num_threads(threads)
torch.manual_seed(1)


def perceptron(sizes):
    layers = []
    for first, second in zip(sizes, sizes[1:]):
        layers += [torch.nn.Linear(first, second), torch.nn.ReLU()]
    return torch.nn.Sequential(*layers[:-1])


encoder_sizes = [PIXELS, 3 * LATENTS, 2 * LATENTS, 2 * LATENTS]
z_encoder, u_encoder = perceptron(encoder_sizes), perceptron(encoder_sizes)
decoder = perceptron([LATENTS, 2 * LATENTS, 3 * LATENTS, PIXELS])
mu = torch.nn.Parameter(torch.tensor(30.0))
neighbourhood = torch.from_numpy(neighbourhood_matrix())
parameters = [*z_encoder.parameters(), *u_encoder.parameters(), *decoder.parameters(), mu]
optimiser = torch.optim.SGD(parameters, lr=1e-4, momentum=0.9)
x = torch.rand(SEQUENCES * LENGTH, PIXELS)


def sample(encoded):
    mean, log_variance = encoded.chunk(2, dim=1)
    deviation = torch.exp(0.5 * log_variance)
    divergence = 0.5 * (deviation**2 + mean**2 - 1 - log_variance).sum()
    return mean + deviation * torch.randn_like(mean), divergence


def step():
    optimiser.zero_grad()
    z, z_divergence = sample(z_encoder(x))
    u, u_divergence = sample(u_encoder(x))
    squares = (u**2).view(SEQUENCES, LENGTH, CAPSULES, CAPSULE_SIZE).transpose(1, 2).reshape(-1, LENGTH * CAPSULE_SIZE)
    v = (squares @ neighbourhood).view(SEQUENCES, CAPSULES, LENGTH, CAPSULE_SIZE).transpose(1, 2).reshape(-1, LATENTS)
    t = (z + mu) / torch.sqrt(v + 1e-6)
    likelihood = torch.nn.functional.binary_cross_entropy_with_logits(decoder(t), x, reduction="sum")
    loss = (likelihood + z_divergence + u_divergence) / len(x)
    loss.backward()
    optimiser.step()


times = []
for number in range(rounds + 3):
    start = time.perf_counter()
    step()
    if number >= 3:
        times.append((time.perf_counter() - start) * 1e3)
print(f"PyTorch {torch.__version__:<14} {threads:>8} {min(times):>9.1f} {statistics.median(times):>9.1f}")
