#define FORMAT "junit"
#include "fuzz_stream.h"
