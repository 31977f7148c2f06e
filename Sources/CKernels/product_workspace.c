#include "product_workspace.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

product_workspace *product_workspace_create(void) {
    product_workspace *workspace = calloc(1, sizeof *workspace);
    if (workspace) pthread_mutex_init(&workspace->turn, NULL);
    return workspace;
}

void product_workspace_destroy(product_workspace *workspace) {
    if (!workspace) return;
    free(workspace->panels.memory);
    free(workspace->positions.memory);
    free(workspace->counts.memory);
    free(workspace->left.memory);
    free(workspace->finite.memory);
    free(workspace->grids.memory);
    free(workspace->biases.memory);
    free(workspace->copies.memory);
    pthread_mutex_destroy(&workspace->turn);
    free(workspace);
}

void *product_reserve(product_buffer *buffer, size_t count, size_t size) {
    enum { cache_line = 64, huge_page = 2 << 20 };
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX / 2) return NULL;
    if (bytes <= buffer->bytes && buffer->memory) return buffer->memory;
    free(buffer->memory);
    buffer->memory = NULL;
    buffer->bytes = 0;
    const bool is_large = bytes >= 2 * (size_t)huge_page;
    if (posix_memalign(&buffer->memory, is_large ? huge_page : cache_line, bytes ? bytes : 1) != 0) {
        buffer->memory = NULL;
        return NULL;
    }
#if defined(MADV_HUGEPAGE)
    if (is_large) madvise(buffer->memory, bytes, MADV_HUGEPAGE);
#endif
    buffer->bytes = bytes;
    return buffer->memory;
}
