#define FORMAT "catch2"
#include "fuzz_stream.h"
