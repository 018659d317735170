#define FORMAT "rspec"
#include "fuzz_stream.h"
