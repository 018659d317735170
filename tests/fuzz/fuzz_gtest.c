#define FORMAT "gtest"
#include "fuzz_stream.h"
