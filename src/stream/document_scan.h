/* Where a JSON object ends, octet by octet. It is not checked to be well-formed; but what cannot be JSON is
 * seen early, so that text that only begins like it is not held back. */
#ifndef ALOOF_STREAM_DOCUMENT_SCAN_H
#define ALOOF_STREAM_DOCUMENT_SCAN_H

#include "core/bytes.h"

enum document_scanned { DOCUMENT_GOES_ON, DOCUMENT_ENDS, DOCUMENT_IS_NONE };

/* Zeroed is before the first octet, which must be '{'. */
struct document_scan {
    size_t depth;
    bool begun; /* a key has, or there is none */
    bool in_string, escaped;
    bool after_value; /* a string or what is in brackets has just ended */
};

/* Takes in octets up to where it ends, or is found to be none. Sets how many were taken: the octet that ends
 * the object is, the one that breaks it is not. */
enum document_scanned document_scan(struct document_scan *scan, struct bytes octets, size_t *taken);

#endif
