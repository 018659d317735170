#define FORMAT "ctest"
#include "fuzz_stream.h"
