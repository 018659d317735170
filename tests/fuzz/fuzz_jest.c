#define FORMAT "jest"
#include "fuzz_stream.h"
