// Two tools of the script beside this file.
//
//   dsprites write SPRITES OUT   writes an archive of dSprites' full layout: SPRITES (the generated sprites-64.npy) where the Topographic VAE's
//                                subset lies, another pattern everywhere else, so that a reader that keeps the wrong images cannot go unnoticed.
//   dsprites measure COMMAND…    runs a command and prints the peak resident memory of the largest process among it and its descendants.
#include <archive.h>
#include <archive_entry.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SHAPES = 3, SCALES = 6, ORIENTATIONS = 40, POSITIONS = 32, SIDE = 64, PIXELS = SIDE * SIDE, PACKED = PIXELS / 8 };
enum { IMAGES = SHAPES * SCALES * ORIENTATIONS * POSITIONS * POSITIONS, KEPT = 50625 };

static void fail(const char *what) {
    fprintf(stderr, "dsprites: %s\n", what);
    exit(1);
}

// An .npy preamble of version 1.0; gives its length.
static size_t preamble(char *buffer, const char *element, const char *shape) {
    char dictionary[128];
    int length = snprintf(dictionary, sizeof dictionary, "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", element, shape);
    size_t total = (10 + (size_t)length + 1 + 63) / 64 * 64;
    memset(buffer, ' ', total);
    memcpy(buffer, "\x93NUMPY\x01\x00", 8);
    buffer[8] = (char)((total - 10) & 255);
    buffer[9] = (char)((total - 10) >> 8);
    memcpy(buffer + 10, dictionary, (size_t)length);
    buffer[total - 1] = '\n';
    return total;
}

static void put(struct archive *archive, const void *bytes, size_t size) {
    if (archive_write_data(archive, bytes, size) != (la_ssize_t)size) fail(archive_error_string(archive));
}

static void begin(struct archive *archive, const char *name, const char *element, const char *shape, int64_t size) {
    char buffer[256];
    size_t length = preamble(buffer, element, shape);
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, name);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, size + (int64_t)length);
    if (archive_write_header(archive, entry) != ARCHIVE_OK) fail(archive_error_string(archive));
    archive_entry_free(entry);
    put(archive, buffer, length);
}

// The factors' values of an image, slowest first.
static void latents(int image, int values[5]) {
    static const int sizes[5] = {SHAPES, SCALES, ORIENTATIONS, POSITIONS, POSITIONS};
    for (int factor = 4; factor >= 0; factor--) {
        values[factor] = image % sizes[factor];
        image /= sizes[factor];
    }
}

// The image's number in the subset, or -1.
static int subset(const int v[5]) {
    if (v[1] < 1 || v[2] % 2 || v[2] >= 30 || v[3] % 2 || v[3] >= 30 || v[4] % 2 || v[4] >= 30) return -1;
    return (((v[0] * 5 + v[1] - 1) * 15 + v[2] / 2) * 15 + v[3] / 2) * 15 + v[4] / 2;
}

static int write_archive(const char *sprites, const char *out) {
    unsigned char *packed = malloc((size_t)KEPT * PACKED);
    FILE *file = fopen(sprites, "rb");
    if (!packed || !file || fseek(file, 128, SEEK_SET) || fread(packed, PACKED, KEPT, file) != KEPT) fail("cannot read the sprites");
    fclose(file);
    struct archive *archive = archive_write_new();
    archive_write_set_format_zip(archive);
    if (archive_write_set_options(archive, "zip:compression=deflate") != ARCHIVE_OK
        || archive_write_open_filename(archive, out) != ARCHIVE_OK)
        fail(archive_error_string(archive));

    // A pickled object: whoever reads it has to be a Python. Here it is nonsense, which nobody may notice.
    begin(archive, "metadata.npy", "|O", "", 16);
    put(archive, "\x80\x02nonsense\0\0\0\0\0\0", 16);
    begin(archive, "imgs.npy", "|u1", "737280, 64, 64", (int64_t)IMAGES * PIXELS);
    unsigned char pixels[PIXELS];
    for (int image = 0; image < IMAGES; image++) {
        int v[5];
        latents(image, v);
        int index = subset(v);
        if (index >= 0)
            for (int pixel = 0; pixel < PIXELS; pixel++) pixels[pixel] = packed[(size_t)index * PACKED + pixel / 8] >> (7 - pixel % 8) & 1;
        else
            for (int pixel = 0; pixel < PIXELS; pixel++) pixels[pixel] = pixel / SIDE % 2;
        put(archive, pixels, PIXELS);
    }
    begin(archive, "latents_classes.npy", "<i8", "737280, 6", (int64_t)IMAGES * 48);
    for (int image = 0; image < IMAGES; image++) {
        int v[5];
        int64_t row[6] = {0};
        latents(image, v);
        for (int factor = 0; factor < 5; factor++) row[factor + 1] = v[factor];
        put(archive, row, sizeof row);
    }
    begin(archive, "latents_values.npy", "<f8", "737280, 6", (int64_t)IMAGES * 48);
    double values[6] = {1};
    for (int image = 0; image < IMAGES; image++) put(archive, values, sizeof values);
    if (archive_write_close(archive) != ARCHIVE_OK) fail(archive_error_string(archive));
    archive_write_free(archive);
    free(packed);
    return 0;
}

static int measure(char **command) {
    struct timespec begun, ended;
    clock_gettime(CLOCK_MONOTONIC, &begun);
    pid_t child = fork();
    if (child == 0) {
        execvp(command[0], command);
        fail("cannot start the command");
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child) fail("cannot wait for the command");
    clock_gettime(CLOCK_MONOTONIC, &ended);
    struct rusage usage;
    getrusage(RUSAGE_CHILDREN, &usage);
    fprintf(stderr, "peak %ld MB, %.1f s\n", usage.ru_maxrss / 1024, (double)(ended.tv_sec - begun.tv_sec) + (double)(ended.tv_nsec - begun.tv_nsec) / 1e9);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return 1;
    if (usage.ru_maxrss > 300L * 1024) fail("more than 300 MB");
    return 0;
}

int main(int count, char **arguments) {
    if (count == 4 && !strcmp(arguments[1], "write")) return write_archive(arguments[2], arguments[3]);
    if (count > 2 && !strcmp(arguments[1], "measure")) return measure(arguments + 2);
    fail("write SPRITES OUT, or measure COMMAND...");
}
