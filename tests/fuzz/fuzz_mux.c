/* Two commands at once under libFuzzer: whatever they print, in whatever pieces, what comes out is nothing
 * but whole packets, each on the route of its command. The input is records of a control octet (whose turn,
 * on which descriptor, how much), then octets. */
#include "stream/mux.h"
#include "stream/subunit.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void on_event(void *owner, const struct event *event)
{
    (void)owner;
    if (!bytes_starts(event->route, "0") && !bytes_starts(event->route, "1"))
        abort();
}

static void on_noise(void *owner, struct bytes octets)
{
    (void)owner, (void)octets;
    abort();
}

static void on_damage(void *owner, const char *reason, uint64_t offset, uint64_t length)
{
    (void)owner, (void)reason, (void)offset, (void)length;
    abort();
}

static void check(const struct buf *stream)
{
    static const struct event_sink sink = {on_event, on_noise, on_damage};
    struct subunit_reader reader;
    subunit_reader_init(&reader, &sink, NULL);
    subunit_reader_feed(&reader, stream->data, stream->len);
    subunit_reader_end(&reader);
    subunit_reader_release(&reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct mux_end ends[] = {{0, "exited with status 0", false},
                                          {137, "killed by SIGKILL", false}};
    struct buf stream = {0};
    struct mux muxes[2];
    for (int i = 0; i < 2; i++)
        mux_init(&muxes[i], "command", i == 0 ? "0" : "1", NULL, &stream);
    while (size > 0) {
        struct mux *mux = &muxes[data[0] & 1];
        size_t len = data[0] >> 3;
        unsigned how = data[0] >> 1 & 3;
        len = len < size - 1 ? len : size - 1;
        char *piece = mem_dup(data + 1, len);
        if (how == 0)
            mux_err(mux, (struct bytes){piece, len});
        else if (how == 1)
            mux_quiet(mux);
        else
            mux_out(mux, (struct bytes){piece, len});
        free(piece);
        data += 1 + len;
        size -= 1 + len;
    }
    for (int i = 0; i < 2; i++) {
        mux_end(&muxes[i], &ends[i]);
        mux_release(&muxes[i]);
    }
    check(&stream);
    buf_release(&stream);
    return 0;
}
