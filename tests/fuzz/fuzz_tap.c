#define FORMAT "tap"
#include "fuzz_stream.h"
