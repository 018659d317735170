#include "stream/script_stack.h"

#include <string.h>

struct bytes script_stack_message(struct bytes stack)
{
    static const char frame[] = "\n    at ";
    const char *found = memmem(stack.data, stack.len, frame, sizeof frame - 1);
    if (found != NULL)
        stack.len = (size_t)(found - stack.data);
    while (stack.len > 0 && strchr(" \n", stack.data[stack.len - 1]) != NULL &&
           stack.data[stack.len - 1] != '\0')
        stack.len--;
    return stack;
}
