"""What the steps in PyTorch and JAX share: the sizes of reprise-bench's model, and W as a matrix."""
import numpy

CAPSULES = CAPSULE_SIZE = LENGTH = 18
SEQUENCES = 8
LATENTS = CAPSULES * CAPSULE_SIZE
PIXELS = 3 * 28 * 28
WINDOW = NEIGHBOURHOOD = 13


def neighbourhood_matrix():
    """The circular sum over (time, capsule position) as one product: faster in both libraries than a padded convolution."""
    matrix = numpy.zeros((LENGTH, CAPSULE_SIZE, LENGTH, CAPSULE_SIZE), dtype=numpy.float32)
    half = WINDOW // 2
    for a in range(WINDOW):
        for b in range(WINDOW):
            if abs(a - b) > NEIGHBOURHOOD // 2:
                continue
            for time in range(LENGTH):
                for place in range(CAPSULE_SIZE):
                    matrix[(time - a + half) % LENGTH, (place - b + half) % CAPSULE_SIZE, time, place] += 1
    return matrix.reshape(LENGTH * CAPSULE_SIZE, LENGTH * CAPSULE_SIZE)
