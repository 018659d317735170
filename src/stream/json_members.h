/* The members of a JSON object that stands on one line (RFC 8259), without building a tree of it: for
 * protocols of which every line is one. */
#ifndef ALOOF_STREAM_JSON_MEMBERS_H
#define ALOOF_STREAM_JSON_MEMBERS_H

#include "core/bytes.h"

/* Where the next member begins. */
struct json_members {
    const char *at, *end;
    bool any;
};

struct json_member {
    struct bytes key;   /* between its quotes, escapes left in */
    struct bytes value; /* likewise of a string; else the text of the number, literal, object or array */
    bool is_string;
};

/* Begins to read the line. Returns false when it does not begin with an object. Borrows the line. */
bool json_members_open(struct json_members *members, struct bytes line);

/* The next member, borrowed from the line. Returns 1; 0: the object is over, and so is the line; -1: it is
 * not well-formed. What is inside of nested objects and arrays is only searched for their end. */
int json_members_next(struct json_members *members, struct json_member *member);

/* Appends what the string says, its escapes resolved; half a surrogate pair becomes U+FFFD. */
void json_unescape(struct buf *to, struct bytes text);

/* The number in the text; 0 when there is none. */
double json_number(struct bytes text);

#endif
