#define FORMAT "mocha"
#include "fuzz_stream.h"
