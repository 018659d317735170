#define FORMAT "node-spec"
#include "fuzz_stream.h"
