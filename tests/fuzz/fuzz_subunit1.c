#define FORMAT "subunit1"
#include "fuzz_stream.h"
