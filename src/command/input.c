#include "command/input.h"

#include "command/command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define PIECE 65536

enum own_option { OPTION_FROM = 0x100, OPTION_ONLY, OPTION_EXCEPT, OPTION_RENAME, OPTION_TAG, OPTION_TESTS };

/* The stream at hand. */
struct source {
    int fd;
    struct buf head; /* read before its format is known */
    bool over;
};

static void on_event(void *owner, const struct event *event)
{
    const struct input *input = owner;
    input->first->event(input->first_owner, event);
}

static void on_noise(void *owner, struct bytes octets)
{
    const struct input *input = owner;
    if (input->first->noise != NULL)
        input->first->noise(input->first_owner, octets);
}

static void on_damage(void *owner, const char *reason, uint64_t offset, uint64_t length)
{
    struct input *input = owner;
    input->damages++;
    fprintf(stderr, "aloof: %s: octet %llu: %s\n", input->path, (unsigned long long)offset, reason);
    if (input->first->damage != NULL)
        input->first->damage(input->first_owner, reason, offset, length);
}

static const struct event_sink reader_sink = {on_event, on_noise, on_damage};

/* Reads some more. Returns how much came into `piece`, 0 at the end, or -errno. */
static ssize_t read_some(struct source *source, char piece[static PIECE])
{
    ssize_t got;
    do
        got = read(source->fd, piece, PIECE);
    while (got < 0 && errno == EINTR);
    source->over = got == 0;
    return got >= 0 ? got : -errno;
}

static int cannot_read(const struct input *input, int err, struct error *error)
{
    return error_set(error, err, "%s: cannot be read: %s", input->path, strerror(-err));
}

/* Reads until it is known what the stream is. */
static int find_format(const struct input *input, struct source *source, const struct stream_format **format,
                       struct error *error)
{
    char piece[PIECE];
    *format = input->from;
    while (*format == NULL && !source->over && source->head.len < STREAM_HEAD) {
        ssize_t got = read_some(source, piece);
        if (got < 0)
            return cannot_read(input, (int)got, error);
        buf_add(&source->head, piece, (size_t)got);
        *format = stream_guess(buf_bytes(&source->head), source->over);
    }
    if (*format != NULL)
        return 0;
    return error_set(error, -EINVAL, "%s: looks like none of the formats that aloof reads; say which: --from",
                     input->path);
}

static bool goes_on(const struct input *input)
{
    return input->pause == NULL || input->pause(input->owner);
}

static int read_stream(struct input *input, struct source *source, const struct stream_format *format,
                       struct error *error)
{
    char piece[PIECE];
    void *reader = mem_zero(format->size);
    format->init(reader, &reader_sink, input);
    format->feed(reader, buf_str(&source->head), source->head.len);
    ssize_t got = 0;
    while (goes_on(input) && !source->over && (got = read_some(source, piece)) > 0)
        format->feed(reader, piece, (size_t)got);
    format->end(reader);
    format->release(reader);
    free(reader);
    return got < 0 ? cannot_read(input, (int)got, error) : 0;
}

static int read_file(struct input *input, const char *path, struct error *error)
{
    bool standard = strcmp(path, "-") == 0;
    struct source source = {.fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)};
    const struct stream_format *format;
    input->path = standard ? "standard input" : path;
    if (source.fd < 0)
        return cannot_read(input, -errno, error);
    int bad = find_format(input, &source, &format, error);
    if (bad == 0)
        bad = read_stream(input, &source, format, error);
    buf_release(&source.head);
    if (!standard)
        close(source.fd);
    return bad;
}

/* Sets up the stages that are needed, the last one first. */
static void open_stages(struct input *input)
{
    input->first = input->sink;
    input->first_owner = input->owner;
    if (!edit_is_open(&input->edit)) {
        input->edit.sink = input->first;
        input->edit.owner = input->first_owner;
        input->first = &edit_sink;
        input->first_owner = &input->edit;
    }
    if (!select_is_open(&input->select)) {
        input->select.sink = input->first;
        input->select.owner = input->first_owner;
        input->first = &select_sink;
        input->first_owner = &input->select;
    }
}

int input_read(struct input *input, int count, char *paths[], struct error *error)
{
    int bad = 0;
    open_stages(input);
    if (count == 0)
        bad = read_file(input, "-", error);
    for (int i = 0; bad == 0 && i < count; i++)
        bad = read_file(input, paths[i], error);
    select_end(&input->select);
    return bad;
}

int input_option(struct input *input, int option, const char *value, struct error *error)
{
    switch (option) {
    case OPTION_FROM:
        input->from = stream_format(value);
        return input->from != NULL
                   ? 0
                   : error_set(error, -EINVAL, "--from %s: no such format; see aloof convert --help", value);
    case OPTION_ONLY:
        return select_only(&input->select, value, error);
    case OPTION_EXCEPT:
        return select_except(&input->select, value, error);
    case OPTION_RENAME:
        return edit_rename(&input->edit, value, error);
    case OPTION_TAG:
        return edit_tags(&input->edit, value, error);
    case OPTION_TESTS:
        input->select.tests_only = true;
        return 0;
    default:
        return -EINVAL;
    }
}

int input_options(struct input *input, int argc, char *argv[], const struct input_syntax *syntax,
                  struct error *error)
{
    opterr = 0;
    for (int option; (option = getopt_long(argc, argv, syntax->letters, syntax->options, NULL)) != -1;) {
        int bad;
        if (option == 'h') {
            syntax->help();
            return 0;
        }
        if (option == '?')
            bad = error_set(error, -EINVAL,
                            "%s: %s is no option of it, or lacks its value; see aloof %s --help", argv[0],
                            argv[optind - 1], argv[0]);
        else if (option >= OPTION_FROM && option <= OPTION_TESTS)
            bad = input_option(input, option, optarg, error);
        else
            bad = syntax->take(input->owner, option, optarg, error);
        if (bad != 0)
            return COMMAND_USAGE;
    }
    return -1;
}

void input_release(struct input *input)
{
    select_release(&input->select);
    edit_release(&input->edit);
}
