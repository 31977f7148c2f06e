#include <png.h>

// Swift does not see these constants: they are macros built of casts and other macros.
static inline png_uint_32 reprise_png_format_grey(void) { return PNG_FORMAT_GRAY; }
static inline png_uint_32 reprise_png_format_rgb(void) { return PNG_FORMAT_RGB; }
