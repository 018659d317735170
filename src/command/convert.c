#include "command/command.h"
#include "command/input.h"
#include "command/output.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define NOISE_PIECE 65536
#define PENDING_MAX 65536

struct convert {
    const struct stream_target *to;
    void *writer;
    struct buf pending; /* what the writer made and nobody has yet */
    struct buf noise;   /* of the stream, gathered */
    bool broken;        /* standard output is gone */
};

static bool flush(void *owner)
{
    struct convert *convert = owner;
    convert->broken = convert->broken || output_write(STDOUT_FILENO, buf_bytes(&convert->pending)) != 0;
    buf_clear(&convert->pending);
    return !convert->broken;
}

static void give_noise(struct convert *convert)
{
    if (convert->noise.len > 0 && convert->to->sink.noise != NULL)
        convert->to->sink.noise(convert->writer, buf_bytes(&convert->noise));
    buf_clear(&convert->noise);
    if (convert->pending.len >= PENDING_MAX)
        flush(convert);
}

static void on_event(void *owner, const struct event *event)
{
    struct convert *convert = owner;
    give_noise(convert);
    convert->to->sink.event(convert->writer, event);
}

static void on_noise(void *owner, struct bytes octets)
{
    struct convert *convert = owner;
    buf_add(&convert->noise, octets.data, octets.len);
    if (convert->noise.len >= NOISE_PIECE)
        give_noise(convert);
}

static void on_damage(void *owner, const char *reason, uint64_t offset, uint64_t length)
{
    struct convert *convert = owner;
    give_noise(convert);
    if (convert->to->sink.damage != NULL)
        convert->to->sink.damage(convert->writer, reason, offset, length);
}

static const struct event_sink sink = {on_event, on_noise, on_damage};

static void help(void)
{
    size_t count;
    printf("Usage: aloof convert [OPTION...] [FILE...]\n\n"
           "Reads test results from files or standard input and writes them to standard output.\n"
           "Exit codes: 0 converted, 1 converted, but something in it could not be true, 4 usage error.\n\n"
           "  --to FORMAT         what is written (else subunit)\n" INPUT_HELP "\n--from:\n");
    const struct stream_format *const *formats = stream_formats(&count);
    for (size_t i = 0; i < count; i++)
        printf("  %-12s %s\n", formats[i]->name, formats[i]->title);
    printf("--to:\n");
    const struct stream_target *const *targets = stream_targets(&count);
    for (size_t i = 0; i < count; i++)
        printf("  %-12s %s\n", targets[i]->name, targets[i]->title);
}

static int take_option(void *owner, int option, const char *value, struct error *error)
{
    struct convert *convert = owner;
    (void)option;
    convert->to = stream_target(value);
    return convert->to != NULL
               ? 0
               : error_set(error, -EINVAL, "--to %s: no such format; see aloof convert --help", value);
}

int command_convert(int argc, char *argv[])
{
    static const struct option options[] = {
        INPUT_OPTIONS,
        {"to", required_argument, NULL, 't'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    struct convert convert = {.to = stream_target("subunit")};
    const struct input_syntax syntax = {"h", options, take_option, help};
    struct input input = {.sink = &sink, .owner = &convert, .pause = flush};
    struct error error = {0};
    int code = input_options(&input, argc, argv, &syntax, &error);
    if (code < 0) {
        convert.writer = mem_zero(convert.to->size);
        convert.to->init(convert.writer, &convert.pending);
        int bad = input_read(&input, argc - optind, argv + optind, &error);
        give_noise(&convert);
        convert.to->end(convert.writer);
        convert.to->release(convert.writer);
        flush(&convert);
        code = bad != 0 ? COMMAND_USAGE : input.damages > 0 ? COMMAND_BAD : 0;
    }
    if (error.text[0] != '\0')
        fprintf(stderr, "aloof: %s\n", error.text);
    free(convert.writer);
    buf_release(&convert.pending);
    buf_release(&convert.noise);
    input_release(&input);
    return code;
}
