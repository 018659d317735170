#define FORMAT "minitest"
#include "fuzz_stream.h"
