/* Text and attributes of XML, whatever octets they are made of. */
#ifndef ALOOF_STREAM_XML_WRITE_H
#define ALOOF_STREAM_XML_WRITE_H

#include "core/bytes.h"

/* Appends the text as the content of an element. What is no UTF-8, or no character of XML 1.0, becomes
 * U+FFFD. */
void xml_put_text(struct buf *to, struct bytes text);

/* Appends ` name="value"`, with newlines and tabs kept. */
void xml_put_attribute(struct buf *to, const char *name, struct bytes value);

#endif
