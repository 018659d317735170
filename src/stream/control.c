#include "stream/control.h"

#include "stream/subunit.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#define SLOT_MAX 99999

bool control_is(const struct event *event)
{
    return event->test_id.data == NULL && bytes_starts(event->file_name, CONTROL_PREFIX);
}

static int read_slot(struct bytes route, int *slot)
{
    *slot = CONTROL_NO_SLOT;
    if (route.data == NULL)
        return 0;
    int value = 0;
    for (size_t i = 0; i < route.len; i++) {
        if (route.data[i] < '0' || route.data[i] > '9' || value > SLOT_MAX)
            return -EINVAL;
        value = value * 10 + (route.data[i] - '0');
    }
    if (route.len == 0)
        return -EINVAL;
    *slot = value;
    return 0;
}

static int complain(const char *what, struct bytes file_name, const char *why, struct error *error)
{
    int len = file_name.len < 60 ? (int)file_name.len : 60;
    return error_set(error, -EINVAL, "%s in message %.*s%s%s", what, len, file_name.data,
                     why[0] != '\0' ? ": " : "", why);
}

int control_read(struct control *control, const struct event *event, struct error *error)
{
    *control = (struct control){0};
    if (read_slot(event->route, &control->slot) < 0)
        return complain("bad route", event->file_name, "", error);
    json_error_t why = {.text = "no content"};
    json_t *body = event->file.data != NULL ? json_loadb(event->file.data, event->file.len, 0, &why) : NULL;
    if (!json_is_object(body)) {
        int code = complain("bad JSON", event->file_name, body != NULL ? "not an object" : why.text, error);
        json_decref(body);
        return code;
    }
    size_t prefix = strlen(CONTROL_PREFIX);
    control->verb = mem_dup(event->file_name.data + prefix, event->file_name.len - prefix);
    control->body = body;
    return 0;
}

void control_release(struct control *control)
{
    free(control->verb);
    json_decref(control->body);
    *control = (struct control){0};
}

void control_write(struct buf *to, const char *verb, int slot, json_t *body)
{
    char name[64], route[16];
    snprintf(name, sizeof name, CONTROL_PREFIX "%s", verb);
    snprintf(route, sizeof route, "%d", slot);
    char *json = json_dumps(body, JSON_COMPACT);
    json_decref(body);
    assert(json != NULL);
    const struct event event = {.route = bytes_of(slot >= 0 ? route : NULL),
                                .file_name = bytes_of(name),
                                .file = bytes_of(json),
                                .eof = true};
    int code = subunit_write(to, &event, 0);
    assert(code == 0);
    (void)code;
    free(json);
}
