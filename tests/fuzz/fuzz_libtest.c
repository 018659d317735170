#define FORMAT "libtest"
#include "fuzz_stream.h"
