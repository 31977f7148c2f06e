"""One TVAE training step in JAX, compiled: the model, batch and optimiser of reprise-bench. XLA takes the processors that it may run on.

Usage: jax_step.py THREADS ROUNDS; prints the least and the median time in milliseconds.
"""
import os
import statistics
import sys
import time

threads, rounds = int(sys.argv[1]), int(sys.argv[2])
os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])

import jax  # noqa: E402: after the processors are chosen
import jax.numpy as jnp  # noqa: E402
from step_model import CAPSULES, CAPSULE_SIZE, LENGTH, SEQUENCES, LATENTS, PIXELS, neighbourhood_matrix  # noqa: E402

neighbourhood = jnp.asarray(neighbourhood_matrix())


def perceptron(key, sizes):
    keys = jax.random.split(key, len(sizes))
    bounds = [size**-0.5 for size in sizes]
    return [
        (jax.random.uniform(k, (first, second), minval=-bound, maxval=bound), jnp.zeros(second))
        for k, first, second, bound in zip(keys, sizes, sizes[1:], bounds)
    ]


def apply(layers, x):
    for weight, bias in layers[:-1]:
        x = jax.nn.relu(x @ weight + bias)
    weight, bias = layers[-1]
    return x @ weight + bias


def sample(encoded, key):
    mean, log_variance = jnp.split(encoded, 2, axis=1)
    deviation = jnp.exp(0.5 * log_variance)
    divergence = 0.5 * (deviation**2 + mean**2 - 1 - log_variance).sum()
    return mean + deviation * jax.random.normal(key, mean.shape), divergence


def loss(parameters, x, key):
    key_z, key_u = jax.random.split(key)
    z, z_divergence = sample(apply(parameters["z"], x), key_z)
    u, u_divergence = sample(apply(parameters["u"], x), key_u)
    squares = (u**2).reshape(SEQUENCES, LENGTH, CAPSULES, CAPSULE_SIZE).swapaxes(1, 2).reshape(-1, LENGTH * CAPSULE_SIZE)
    v = (squares @ neighbourhood).reshape(SEQUENCES, CAPSULES, LENGTH, CAPSULE_SIZE).swapaxes(1, 2).reshape(-1, LATENTS)
    t = (z + parameters["mu"]) / jnp.sqrt(v + 1e-6)
    logits = apply(parameters["decoder"], t)
    likelihood = (jnp.logaddexp(0.0, logits) - x * logits).sum()
    return (likelihood + z_divergence + u_divergence) / len(x)


def update(parameters, momenta, x, key):
    gradients = jax.grad(loss)(parameters, x, key)
    momenta = jax.tree.map(lambda m, g: 0.9 * m + g, momenta, gradients)
    return jax.tree.map(lambda w, m: w - 1e-4 * m, parameters, momenta), momenta


step = jax.jit(update, donate_argnums=(0, 1))
keys = jax.random.split(jax.random.key(1), 4)
sizes = [PIXELS, 3 * LATENTS, 2 * LATENTS, 2 * LATENTS]
parameters = {
    "z": perceptron(keys[0], sizes),
    "u": perceptron(keys[1], sizes),
    "decoder": perceptron(keys[2], [LATENTS, 2 * LATENTS, 3 * LATENTS, PIXELS]),
    "mu": jnp.asarray(30.0),
}
momenta = jax.tree.map(jnp.zeros_like, parameters)
x = jax.random.uniform(keys[3], (SEQUENCES * LENGTH, PIXELS))

times = []
for number in range(rounds + 3):
    start = time.perf_counter()
    parameters, momenta = step(parameters, momenta, x, jax.random.fold_in(keys[3], number))
    jax.block_until_ready((parameters, momenta))
    if number >= 3:
        times.append((time.perf_counter() - start) * 1e3)
print(f"JAX {jax.__version__:<18} {threads:>8} {min(times):>9.1f} {statistics.median(times):>9.1f}")
