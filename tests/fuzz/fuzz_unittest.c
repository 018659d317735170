#define FORMAT "unittest"
#include "fuzz_stream.h"
