#define FORMAT "libtest-json"
#include "fuzz_stream.h"
