"""One training step of a convolutional VAE in PyTorch: the model, batch and optimiser of `reprise-bench --convolution`, in every form that
PyTorch offers for processors, in interleaved rounds.

Usage: pytorch_convolution_step.py THREADS ROUNDS [BATCH [CHANNELS]]; prints each form's least and median time in milliseconds, and last
`least: N`, of the fastest. A form that does not work here is skipped, with a line that says why.
"""
import statistics
import sys
import time

import torch

threads, rounds = int(sys.argv[1]), int(sys.argv[2])
BATCH = int(sys.argv[3]) if len(sys.argv) > 3 else 64
CHANNELS = int(sys.argv[4]) if len(sys.argv) > 4 else 32
HIDDEN, LATENTS = 256, 16
torch.set_num_threads(threads)


class VAE(torch.nn.Module):
    def __init__(self):
        super().__init__()
        inner = 2 * CHANNELS * 7 * 7
        self.encoder = torch.nn.Sequential(
            torch.nn.Conv2d(1, CHANNELS, 4, 2, 1), torch.nn.ReLU(), torch.nn.Conv2d(CHANNELS, 2 * CHANNELS, 4, 2, 1), torch.nn.ReLU(),
            torch.nn.Flatten(), torch.nn.Linear(inner, HIDDEN), torch.nn.ReLU(), torch.nn.Linear(HIDDEN, 2 * LATENTS))
        self.dense = torch.nn.Sequential(
            torch.nn.Linear(LATENTS, HIDDEN), torch.nn.ReLU(), torch.nn.Linear(HIDDEN, inner), torch.nn.ReLU(),
            torch.nn.Unflatten(1, (2 * CHANNELS, 7, 7)))
        self.decoder = torch.nn.Sequential(
            torch.nn.ConvTranspose2d(2 * CHANNELS, CHANNELS, 4, 2, 1), torch.nn.ReLU(), torch.nn.ConvTranspose2d(CHANNELS, 1, 4, 2, 1))

    def forward(self, x):
        mean, log_variance = self.encoder(x).chunk(2, dim=1)
        deviation = torch.exp(0.5 * log_variance)
        divergence = 0.5 * (deviation**2 + mean**2 - 1 - log_variance).sum()
        logits = self.decoder(self.dense(mean + deviation * torch.randn_like(mean)))
        likelihood = torch.nn.functional.binary_cross_entropy_with_logits(logits, x, reduction="sum")
        return (likelihood + divergence) / len(x)


def contender(channels_last, compiled, fused):
    torch.manual_seed(1)
    model, x = VAE(), torch.rand(BATCH, 1, 28, 28)
    if channels_last:
        model, x = model.to(memory_format=torch.channels_last), x.to(memory_format=torch.channels_last)
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-4, fused=fused)
    loss = torch.compile(model) if compiled else model

    def step():
        optimiser.zero_grad()
        loss(x).backward()
        optimiser.step()

    return step


contenders = {}
for compiled in (False, True):
    for channels_last in (False, True):
        for fused in (False, True):
            name = ("compiled" if compiled else "eager") + (", channels last" if channels_last else "") + (", fused Adam" if fused else "")
            try:
                step = contender(channels_last, compiled, fused)
                for _ in range(3):
                    step()
                contenders[name] = (step, [])
            except Exception as error:  # a compiler is missing, or a form is unknown to this version
                print(f"skipped: PyTorch {name}: {type(error).__name__}: {str(error).splitlines()[0][:120]}")

for _ in range(rounds):
    for step, times in contenders.values():
        for _ in range(3):
            start = time.perf_counter()
            step()
            times.append((time.perf_counter() - start) * 1e3)
for name, (_, times) in contenders.items():
    print(f"PyTorch {torch.__version__}, {name:<38} {threads:>3} {min(times):>9.2f} {statistics.median(times):>9.2f}")
print(f"least: {min(min(times) for _, times in contenders.values()):.2f}")
