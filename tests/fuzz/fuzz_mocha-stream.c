#define FORMAT "mocha-stream"
#include "fuzz_stream.h"
