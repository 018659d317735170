/* Tells a person who looks elsewhere how the loop stands, by the means that they
 * chose: the terminal's title, its bell or notification, a command. */
#ifndef ALOOF_UI_TELL_H
#define ALOOF_UI_TELL_H

#include "core/options.h"
#include "ui/announce.h"
#include "ui/open.h"
#include "ui/terminal_say.h"

/* Embedded. All is borrowed. */
struct tell {
    const struct settings *settings;
    struct opener *opener;
    bool ascii;
    enum announce_colour colour; /* of the last run that had one */
};

/* ascii: what is said holds only such characters. */
void tell_init(struct tell *tell, const struct settings *settings, struct opener *opener, bool ascii);

/* Brings the title up to date, and notifies if the colour changed. say: NULL while somebody else has the
 * terminal, an editor: then only a command reaches the person. */
void tell_moment(struct tell *tell, const struct snapshot *snapshot, struct terminal_say *say);

#endif
