#define FORMAT "gtest-json"
#include "fuzz_stream.h"
