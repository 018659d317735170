#include "command/command.h"

#include "core/error.h"
#include "stream/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PIECE 65536
#define PENDING_MAX 65536

enum exit_code { EXIT_DAMAGED = 1, EXIT_USAGE = 4 };

struct convert {
    const struct stream_format *from; /* NULL: to be found out, file by file */
    const struct stream_target *to;
    void *writer;
    struct buf pending; /* what the writer made and nobody has yet */
    struct buf noise;   /* of the stream, gathered */
    const char *path;   /* of the file at hand */
    uint64_t damages;
    bool broken; /* standard output is gone */
};

static void flush(struct convert *convert)
{
    struct bytes left = buf_bytes(&convert->pending);
    while (left.len > 0 && !convert->broken) {
        ssize_t written = write(STDOUT_FILENO, left.data, left.len);
        if (written >= 0)
            left = (struct bytes){left.data + written, left.len - (size_t)written};
        else
            convert->broken = errno != EINTR;
    }
    buf_clear(&convert->pending);
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
    if (convert->noise.len >= PIECE)
        give_noise(convert);
}

static void on_damage(void *owner, const char *reason, uint64_t offset, uint64_t length)
{
    struct convert *convert = owner;
    give_noise(convert);
    convert->damages++;
    fprintf(stderr, "aloof: %s: octet %llu: %s\n", convert->path, (unsigned long long)offset, reason);
    if (convert->to->sink.damage != NULL)
        convert->to->sink.damage(convert->writer, reason, offset, length);
}

static const struct event_sink sink = {on_event, on_noise, on_damage};

/* The stream at hand. */
struct input {
    int fd;
    struct buf head; /* read before its format is known */
    bool over;
};

/* Reads some more. Returns how much came into `piece`, 0 at the end, or -errno. */
static ssize_t read_some(struct input *input, char piece[static PIECE])
{
    ssize_t got;
    do
        got = read(input->fd, piece, PIECE);
    while (got < 0 && errno == EINTR);
    input->over = got == 0;
    return got >= 0 ? got : -errno;
}

static int cannot_read(const struct convert *convert, int err, struct error *error)
{
    return error_set(error, err, "%s: cannot be read: %s", convert->path, strerror(-err));
}

/* Reads until it is known what the stream is. */
static int find_format(struct convert *convert, struct input *input, const struct stream_format **format,
                       struct error *error)
{
    char piece[PIECE];
    *format = convert->from;
    while (*format == NULL && !input->over && input->head.len < STREAM_HEAD) {
        ssize_t got = read_some(input, piece);
        if (got < 0)
            return cannot_read(convert, (int)got, error);
        buf_add(&input->head, piece, (size_t)got);
        *format = stream_guess(buf_bytes(&input->head), input->over);
    }
    if (*format != NULL)
        return 0;
    return error_set(error, -EINVAL, "%s: looks like none of the formats that aloof reads; say which: --from",
                     convert->path);
}

static int read_stream(struct convert *convert, struct input *input, const struct stream_format *format,
                       struct error *error)
{
    char piece[PIECE];
    void *reader = mem_zero(format->size);
    format->init(reader, &sink, convert);
    format->feed(reader, buf_str(&input->head), input->head.len);
    ssize_t got = 0;
    while (!input->over && !convert->broken && (got = read_some(input, piece)) > 0) {
        format->feed(reader, piece, (size_t)got);
        flush(convert);
    }
    format->end(reader);
    format->release(reader);
    free(reader);
    give_noise(convert);
    return got < 0 ? cannot_read(convert, (int)got, error) : 0;
}

static int convert_file(struct convert *convert, const char *path, struct error *error)
{
    bool standard = strcmp(path, "-") == 0;
    struct input input = {.fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)};
    const struct stream_format *format;
    convert->path = standard ? "standard input" : path;
    if (input.fd < 0)
        return cannot_read(convert, -errno, error);
    int bad = find_format(convert, &input, &format, error);
    if (bad == 0)
        bad = read_stream(convert, &input, format, error);
    buf_release(&input.head);
    if (!standard)
        close(input.fd);
    return bad;
}

static void help(void)
{
    size_t count;
    printf("Usage: aloof convert [--from FORMAT] [--to FORMAT] [FILE...]\n\n"
           "Reads test results from files or standard input and writes them to standard output.\n"
           "Exit codes: 0 converted, 1 converted, but something in it could not be true, 4 usage error.\n\n"
           "--from, else it is found out:\n");
    const struct stream_format *const *formats = stream_formats(&count);
    for (size_t i = 0; i < count; i++)
        printf("  %-12s %s\n", formats[i]->name, formats[i]->title);
    printf("--to, else subunit:\n");
    const struct stream_target *const *targets = stream_targets(&count);
    for (size_t i = 0; i < count; i++)
        printf("  %-12s %s\n", targets[i]->name, targets[i]->title);
}

/* Reads the options. Returns the exit code when there is nothing more to do, else -1. */
static int read_options(struct convert *convert, int argc, char *argv[], struct error *error)
{
    static const struct option options[] = {
        {"from", required_argument, NULL, 'f'},
        {"to", required_argument, NULL, 't'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    convert->to = stream_target("subunit");
    opterr = 0;
    for (int option; (option = getopt_long(argc, argv, "h", options, NULL)) != -1;) {
        if (option == 'h') {
            help();
            return 0;
        }
        if (option == 'f' && (convert->from = stream_format(optarg)) == NULL)
            error_set(error, -EINVAL, "--from %s: no such format; see aloof convert --help", optarg);
        else if (option == 't' && (convert->to = stream_target(optarg)) == NULL)
            error_set(error, -EINVAL, "--to %s: no such format; see aloof convert --help", optarg);
        else if (option == '?')
            error_set(error, -EINVAL,
                      "convert: %s is no option of it, or lacks its value; see aloof convert --help",
                      argv[optind - 1]);
        if (error->text[0] != '\0')
            return EXIT_USAGE;
    }
    return -1;
}

int command_convert(int argc, char *argv[])
{
    struct convert convert = {0};
    struct error error = {0};
    int code = read_options(&convert, argc, argv, &error);
    if (code < 0) {
        int bad = 0;
        convert.writer = mem_zero(convert.to->size);
        convert.to->init(convert.writer, &convert.pending);
        if (optind == argc)
            bad = convert_file(&convert, "-", &error);
        for (int i = optind; bad == 0 && i < argc; i++)
            bad = convert_file(&convert, argv[i], &error);
        convert.to->end(convert.writer);
        convert.to->release(convert.writer);
        flush(&convert);
        code = bad != 0 ? EXIT_USAGE : convert.damages > 0 ? EXIT_DAMAGED : 0;
    }
    if (error.text[0] != '\0')
        fprintf(stderr, "aloof: %s\n", error.text);
    free(convert.writer);
    buf_release(&convert.pending);
    buf_release(&convert.noise);
    return code;
}
