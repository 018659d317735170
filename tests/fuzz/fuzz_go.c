#define FORMAT "go"
#include "fuzz_stream.h"
