#define FORMAT "nextest-list"
#include "fuzz_stream.h"
