#include "report/junit.h"

#include "stream/scan.h"
#include "stream/xml_write.h"
#include "trace/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* How an outcome stands in the report; element NULL: passed. */
static const struct element {
    const char *element, *type, *message;
} elements[OUTCOME_COUNT] = {
    [OUTCOME_SKIPPED] = {"skipped", "pytest.skip", ""},
    [OUTCOME_XFAILED] = {"skipped", "pytest.xfail", ""},
    [OUTCOME_FLAKY] = {"flakyFailure", "failure", "failed, and passed when it was run again"},
    [OUTCOME_FAILED] = {"failure", NULL, "failed"},
    [OUTCOME_ERROR] = {"error", NULL, "error in setup or teardown"},
    [OUTCOME_COLLECTION] = {"error", NULL, "collection failure"},
    [OUTCOME_CRASHED] = {"error", "crash", "crashed"},
    [OUTCOME_TIMEOUT] = {"error", "timeout", "timed out"},
    [OUTCOME_NOT_RUN] = {"error", "not-run", "not run"},
};

static double seconds(int64_t time_ns)
{
    return (double)time_ns / 1e9;
}

void junit_names(const char *id, struct buf *class_name, struct buf *name)
{
    struct buf address = {0}; /* what is before the parameters */
    size_t len = strcspn(id, "[");
    buf_add(&address, id, len);
    const char *rest = buf_str(&address);
    bool python = strstr(rest, "::") != NULL || scan_ends(buf_bytes(&address), ".py");
    for (bool path = python;; path = false) {
        const char *end = strstr(rest, "::");
        struct bytes part = {rest, end != NULL ? (size_t)(end - rest) : strlen(rest)};
        if (path && part.len >= 3 && memcmp(part.data + part.len - 3, ".py", 3) == 0)
            part.len -= 3;
        struct buf *to = end != NULL ? class_name : name;
        if (end != NULL && class_name->len > 0)
            buf_putc(class_name, '.');
        for (size_t i = 0; i < part.len; i++)
            buf_putc(to, path && part.data[i] == '/' ? '.' : part.data[i]);
        if (end == NULL)
            break;
        rest = end + 2;
    }
    buf_puts(name, id + len);
    buf_release(&address);
}

/* Why it is not a pass, in a line; NULL: nothing is known. The caller frees. */
static char *message_of(const struct test *test)
{
    char *reason = result_text(test->result, "reason");
    if (reason != NULL)
        return reason;
    char *traceback = result_text(test->result, "traceback");
    if (traceback == NULL)
        return NULL;
    struct trace trace;
    trace_parse(&trace, bytes_of(traceback), &(struct trace_paths){.root = ""});
    char *message = mem_dup(trace.message, strcspn(trace.message, "\n"));
    trace_release(&trace);
    free(traceback);
    return message;
}

/* Appends the attachment's text, whatever octets it has. Returns whether there is one. */
static bool put_attachment(struct buf *to, const struct result *result, const char *name)
{
    const struct attachment *attachment, *found = NULL;
    if (result != NULL)
        vec_each (attachment, &result->attachments)
            if (strcmp(attachment->name, name) == 0)
                found = attachment;
    if (found == NULL)
        return false;
    struct buf text = {0};
    clip_text(&found->data, &text);
    xml_put_text(to, buf_bytes(&text));
    buf_release(&text);
    return true;
}

static void put_outcome(struct buf *to, const struct test *test)
{
    const struct element *element = &elements[test->outcome];
    if (element->element == NULL)
        return;
    bool flaky = test->outcome == OUTCOME_FLAKY;
    char *message = message_of(test);
    buf_printf(to, "<%s", element->element);
    if (element->type != NULL)
        xml_put_attribute(to, "type", bytes_of(element->type));
    xml_put_attribute(to, "message", bytes_of(message != NULL ? message : element->message));
    buf_putc(to, '>');
    buf_puts(to, flaky ? "<stackTrace>" : "");
    if (!put_attachment(to, test->result, "report"))
        put_attachment(to, test->result, "traceback");
    buf_puts(to, flaky ? "</stackTrace>" : "");
    buf_printf(to, "</%s>", element->element);
    free(message);
}

/* One element for both attachments (the second may be NULL), none when there is neither. */
static void put_output(struct buf *to, const char *element, const struct result *result, const char *first,
                       const char *second)
{
    size_t start = to->len;
    buf_printf(to, "<%s>", element);
    bool some = put_attachment(to, result, first);
    if (second != NULL)
        some = put_attachment(to, result, second) || some;
    if (some)
        buf_printf(to, "</%s>", element);
    else
        to->len = start;
}

/* A recipe's tests in the report. */
struct suite {
    const struct model *model;
    const char *name;
    unsigned team; /* that runs them */
};

static bool is_in(const struct suite *suite, const struct test *test)
{
    return test->state == TEST_DONE && test->team == suite->team;
}

/* The id without the recipe's name, which stands before those of all recipes but the first. */
static const char *bare_id(const struct suite *suite, const char *id)
{
    size_t len = strlen(suite->name);
    bool named = suite->team > 0 && strncmp(id, suite->name, len) == 0 && strncmp(id + len, ": ", 2) == 0;
    return named ? id + len + 2 : id;
}

static void put_test(struct buf *to, const struct suite *suite, const struct test *test)
{
    struct buf class_name = {0}, name = {0};
    junit_names(bare_id(suite, test->id), &class_name, &name);
    buf_puts(to, "<testcase");
    xml_put_attribute(to, "classname", buf_bytes(&class_name));
    xml_put_attribute(to, "name", buf_bytes(&name));
    buf_printf(to, " time=\"%.3f\">", seconds(test->duration_ns));
    put_outcome(to, test);
    put_output(to, "system-out", test->result, "stdout", "log");
    put_output(to, "system-err", test->result, "stderr", NULL);
    buf_puts(to, "</testcase>\n");
    buf_release(&class_name);
    buf_release(&name);
}

static size_t count_elements(const struct suite *suite, const char *element)
{
    size_t count = 0;
    const struct test *test;
    vec_each (test, &suite->model->tests)
        count += is_in(suite, test) && elements[test->outcome].element != NULL &&
                 strcmp(elements[test->outcome].element, element) == 0;
    return count;
}

static void put_head(struct buf *to, const struct suite *suite, int64_t started_ns)
{
    size_t tests = 0;
    int64_t spent_ns = 0;
    const struct test *test;
    vec_each (test, &suite->model->tests)
        if (is_in(suite, test)) {
            tests++;
            spent_ns += test->duration_ns;
        }
    time_t started = (time_t)(started_ns / 1000000000);
    struct tm utc;
    char stamp[32] = "";
    if (gmtime_r(&started, &utc) != NULL)
        strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", &utc);
    buf_puts(to, "<testsuite");
    xml_put_attribute(to, "name", bytes_of(suite->name));
    buf_printf(
        to,
        " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" time=\"%.3f\" timestamp=\"%s\">\n",
        tests, count_elements(suite, "failure"), count_elements(suite, "error"),
        count_elements(suite, "skipped"), seconds(spent_ns), stamp);
}

static void write_suite(FILE *file, const struct suite *suite, int64_t started_ns)
{
    struct buf part = {0};
    put_head(&part, suite, started_ns);
    fwrite(part.data, 1, part.len, file);
    const struct test *test;
    vec_each (test, &suite->model->tests) {
        if (!is_in(suite, test))
            continue;
        buf_clear(&part);
        put_test(&part, suite, test);
        fwrite(part.data, 1, part.len, file);
    }
    fputs("</testsuite>\n", file);
    buf_release(&part);
}

static void write_all(FILE *file, const struct junit_run *run)
{
    fputs("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<testsuites>\n", file);
    for (unsigned team = 0; team < run->recipes.len; team++)
        write_suite(file, &(struct suite){run->model, run->recipes.items[team], team}, run->started_ns);
    fputs("</testsuites>\n", file);
}

/* Writes to the descriptor, which it closes. */
static int write_to(int fd, const struct junit_run *run)
{
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (file == NULL)
        return -errno;
    write_all(file, run);
    errno = 0;
    bool failed = fflush(file) != 0 || ferror(file) != 0;
    int err = failed ? (errno != 0 ? -errno : -EIO) : 0;
    if (fclose(file) != 0 && err == 0)
        err = -errno;
    return err;
}

static int replace_file(const char *path, const struct junit_run *run)
{
    char *beside = mem_printf("%s.%ld.tmp", path, (long)getpid());
    int err = write_to(open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666), run);
    if (err == 0 && rename(beside, path) < 0)
        err = -errno;
    if (err < 0)
        unlink(beside);
    free(beside);
    return err;
}

int junit_write(const struct junit_run *run, const char *path, struct error *error)
{
    int err;
    struct stat file;
    if (strcmp(path, "-") == 0) {
        err = write_to(dup(STDOUT_FILENO), run);
    } else if (stat(path, &file) == 0 && !S_ISREG(file.st_mode)) {
        err = write_to(open(path, O_WRONLY | O_CLOEXEC), run);
    } else {
        char *real = realpath(path, NULL); /* what a link points to is replaced, not the link */
        err = replace_file(real != NULL ? real : path, run);
        free(real);
    }
    return err < 0 ? error_set(error, err, "%s: cannot write the JUnit report: %s", path, strerror(-err)) : 0;
}
