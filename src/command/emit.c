#include "command/command.h"
#include "command/output.h"
#include "core/error.h"
#include "core/vec.h"
#include "stream/subunit.h"
#include "stream/timestamp.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define PIECE                                                                                                \
    (PIPE_BUF / 2) /* octets of a file in a packet: with its id and tags the packet is of one write */

struct emit {
    struct event event; /* what all its packets have; borrows the arguments */
    VEC(struct bytes) tags;
    struct strings files; /* NAME=TEXT, NAME=@PATH */
    const char *path;     /* NULL: standard output */
    int fd;
    bool timeless;
};

static void help(void)
{
    printf("Usage: aloof emit [OPTION...] [STATUS TEST-ID]\n\n"
           "Writes one event as subunit v2: what has become of a test, or a file. STATUS is exists, "
           "inprogress,\n"
           "success, uxsuccess, skip, fail or xfail. Any number of these may write to one file or pipe at "
           "once.\n"
           "Exit codes: 0 written, 1 could not be written, 4 usage error.\n\n"
           "  --file NAME=TEXT    an attachment; NAME=@PATH: what is in a file, NAME=@-: on standard input\n"
           "  --mime TYPE         of the attachments\n"
           "  --tag TAG           of the test; may be given many times\n"
           "  --route CODE        where it comes from\n"
           "  --not-runnable      the test cannot be asked for by its id\n"
           "  --time TIME         2026-11-21T13:52:14.034Z (else now)\n"
           "  --no-time           without a time\n"
           "  --to FILE           at whose end it is written (else to standard output)\n");
}

static int take_option(struct emit *emit, int option, char *value, struct error *error)
{
    switch (option) {
    case 'f':
        if (strchr(value, '=') == NULL || value[0] == '=')
            return error_set(error, -EINVAL, "--file %s: expected NAME=TEXT or NAME=@PATH", value);
        strings_add(&emit->files, value);
        return 0;
    case 'm':
        emit->event.mime = bytes_of(value);
        return 0;
    case 't':
        vec_push(&emit->tags, bytes_of(value));
        return 0;
    case 'r':
        emit->event.route = bytes_of(value);
        return 0;
    case 'R':
        emit->event.runnable = false;
        return 0;
    case 'w':
        emit->event.has_time = true;
        return timestamp_read(bytes_of(value), &emit->event.time_ns)
                   ? 0
                   : error_set(error, -EINVAL, "--time %s: expected a time as 2026-11-21T13:52:14.034Z",
                               value);
    case 'W':
        emit->timeless = true;
        return 0;
    case 'o':
        emit->path = value;
        return 0;
    default:
        return error_set(error, -EINVAL,
                         "emit: no such option, or it lacks its value; see aloof emit --help");
    }
}

static int read_status(struct emit *emit, int argc, char *argv[], struct error *error)
{
    if (argc == 0 && emit->files.len > 0)
        return 0;
    if (argc != 2 || argv[1][0] == '\0')
        return error_set(error, -EINVAL,
                         "emit: expected STATUS and TEST-ID, or --file; see aloof emit --help");
    for (int status = EVENT_EXISTS; status <= EVENT_XFAIL; status++)
        if (strcmp(argv[0], event_status_name((enum event_status)status)) == 0)
            emit->event.status = (enum event_status)status;
    emit->event.test_id = bytes_of(argv[1]);
    return emit->event.status != EVENT_NONE
               ? 0
               : error_set(error, -EINVAL,
                           "emit: %s is no status: exists, inprogress, success, uxsuccess, skip, fail, xfail",
                           argv[0]);
}

/* Reads the options. Returns the exit code when there is nothing more to do, else -1. */
static int read_options(struct emit *emit, int argc, char *argv[], struct error *error)
{
    static const struct option options[] = {
        {"file", required_argument, NULL, 'f'},   {"mime", required_argument, NULL, 'm'},
        {"tag", required_argument, NULL, 't'},    {"route", required_argument, NULL, 'r'},
        {"not-runnable", no_argument, NULL, 'R'}, {"time", required_argument, NULL, 'w'},
        {"no-time", no_argument, NULL, 'W'},      {"to", required_argument, NULL, 'o'},
        {"help", no_argument, NULL, 'h'},         {0},
    };
    opterr = 0;
    for (int option; (option = getopt_long(argc, argv, "h", options, NULL)) != -1;) {
        if (option == 'h') {
            help();
            return 0;
        }
        if (take_option(emit, option, optarg, error) != 0)
            return COMMAND_USAGE;
    }
    return read_status(emit, argc - optind, argv + optind, error) == 0 ? -1 : COMMAND_USAGE;
}

/* One packet, whole, whoever else writes there. */
static int write_event(const struct emit *emit, const struct event *event, struct error *error)
{
    struct buf packet = {0};
    int bad = subunit_write(&packet, event, 0);
    if (bad == 0)
        bad = output_write_whole(emit->fd, buf_bytes(&packet));
    buf_release(&packet);
    if (bad == 0)
        return 0;
    return error_set(error, bad, "%s: cannot be written: %s",
                     emit->path != NULL ? emit->path : "standard output",
                     bad == -E2BIG ? "the id or the tags are too long" : strerror(-bad));
}

static int write_piece(const struct emit *emit, struct bytes name, struct bytes piece, bool eof,
                       struct error *error)
{
    struct event event = emit->event;
    event.status = EVENT_NONE;
    event.file_name = name;
    event.file = piece;
    event.eof = eof;
    return write_event(emit, &event, error);
}

/* What is in the file as far as it goes, each piece as it comes. */
static int write_content(const struct emit *emit, struct bytes name, int from, const char *path,
                         struct error *error)
{
    char piece[PIECE];
    for (;;) {
        ssize_t got = read(from, piece, sizeof piece);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_set(error, -errno, "%s: cannot be read: %s", path, strerror(errno));
        int bad = write_piece(emit, name, (struct bytes){piece, (size_t)got}, got == 0, error);
        if (bad != 0 || got == 0)
            return bad;
    }
}

static int write_file(const struct emit *emit, const char *file, struct error *error)
{
    const char *value = strchr(file, '=') + 1, *path = value + 1;
    struct bytes name = {file, (size_t)(value - 1 - file)};
    if (value[0] != '@') {
        size_t len = strlen(value);
        for (; len > PIECE; value += PIECE, len -= PIECE) {
            int bad = write_piece(emit, name, (struct bytes){value, PIECE}, false, error);
            if (bad != 0)
                return bad;
        }
        return write_piece(emit, name, (struct bytes){value, len}, true, error);
    }
    bool standard = strcmp(path, "-") == 0;
    int from = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (from < 0)
        return error_set(error, -errno, "%s: cannot be read: %s", path, strerror(errno));
    int bad = write_content(emit, name, from, path, error);
    if (!standard)
        close(from);
    return bad;
}

/* An outcome comes behind its attachments, as that is the last that readers want to hear of a test. */
static int write_all(struct emit *emit, struct error *error)
{
    struct event event = emit->event;
    event.mime = (struct bytes){0};
    event.tags = emit->tags.items;
    event.tag_count = emit->tags.len;
    event.has_tags = emit->tags.len > 0;
    bool last = event_is_final(&event);
    int bad = 0;
    if (!last && (event.status != EVENT_NONE || event.has_tags))
        bad = write_event(emit, &event, error);
    for (size_t i = 0; bad == 0 && i < emit->files.len; i++)
        bad = write_file(emit, emit->files.items[i], error);
    return bad == 0 && last ? write_event(emit, &event, error) : bad;
}

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int command_emit(int argc, char *argv[])
{
    struct emit emit = {.event = {.runnable = true}, .fd = STDOUT_FILENO};
    struct error error = {0};
    int code = read_options(&emit, argc, argv, &error);
    if (code < 0) {
        if (!emit.event.has_time)
            emit.event.time_ns = now_ns();
        emit.event.has_time = !emit.timeless;
        emit.event.runnable = emit.event.runnable && emit.event.test_id.data != NULL;
        if (emit.path != NULL)
            emit.fd = open(emit.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
        int bad = emit.fd >= 0
                      ? write_all(&emit, &error)
                      : error_set(&error, -errno, "%s: cannot be written: %s", emit.path, strerror(errno));
        code = bad != 0 ? COMMAND_BAD : 0;
        if (emit.path != NULL && emit.fd >= 0)
            close(emit.fd);
    }
    if (error.text[0] != '\0')
        fprintf(stderr, "aloof: %s\n", error.text);
    strings_release(&emit.files);
    vec_release(&emit.tags);
    return code;
}
