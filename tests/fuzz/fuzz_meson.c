#define FORMAT "meson"
#include "fuzz_stream.h"
