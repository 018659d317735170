#define FORMAT "check"
#include "fuzz_stream.h"
