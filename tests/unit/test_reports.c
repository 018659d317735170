#include "report/junit.h"
#include "report/subunit_out.h"
#include "stream/subunit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>

#include <cmocka.h>

#define MS INT64_C(1000000)
#define START (INT64_C(1700000000) * 1000 * MS)

struct scratch {
    char root[64];
    char *file;
};

static int set_up(void **state)
{
    struct scratch *scratch = mem_zero(sizeof *scratch);
    snprintf(scratch->root, sizeof scratch->root, "/tmp/test_reports.XXXXXX");
    if (mkdtemp(scratch->root) == NULL)
        return -1;
    scratch->file = mem_printf("%s/report", scratch->root);
    *state = scratch;
    return 0;
}

/* Every file that a test makes is in the root; no more than one of the names is left by the code under test.
 */
static int tear_down(void **state)
{
    struct scratch *scratch = *state;
    char *link = mem_printf("%s/link", scratch->root);
    unlink(link);
    unlink(scratch->file);
    int left = rmdir(scratch->root);
    free(link);
    free(scratch->file);
    free(scratch);
    return left;
}

static char *read_file(const char *path)
{
    struct buf content = {0};
    char part[4096];
    size_t got;
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    while ((got = fread(part, 1, sizeof part, file)) > 0)
        buf_add(&content, part, got);
    fclose(file);
    return buf_take(&content);
}

static void say(struct model *model, const char *id, enum event_status status, const char *tag,
                int64_t time_ns)
{
    struct bytes tags[1] = {bytes_of(tag)};
    struct event event = {.status = status,
                          .test_id = bytes_of(id),
                          .runnable = true,
                          .has_time = true,
                          .time_ns = time_ns,
                          .has_tags = tag != NULL,
                          .tags = tags,
                          .tag_count = tag != NULL};
    model_apply(model, &event, time_ns);
}

static void attach(struct model *model, const char *id, const char *name, struct bytes content)
{
    struct event event = {.test_id = bytes_of(id), .file_name = bytes_of(name), .file = content, .eof = true};
    model_apply(model, &event, START);
}

static void begin(struct model *model, const char *id)
{
    say(model, id, EVENT_EXISTS, "group=tests/test_a.py", START);
    model_ask(model, model_find(model, bytes_of(id)));
    say(model, id, EVENT_INPROGRESS, NULL, START);
}

static void run_all_kinds(struct model *model)
{
    model_begin(model, 1);
    begin(model, "tests/test_a.py::TestC::test_ok[a/b::c]");
    say(model, "tests/test_a.py::TestC::test_ok[a/b::c]", EVENT_SUCCESS, NULL, START + 1500 * MS);
    begin(model, "tests/test_a.py::test_bad");
    attach(model, "tests/test_a.py::test_bad", "traceback",
           bytes_of("Traceback (most recent call last):\n  File \"/p/tests/test_a.py\", line 3, in test_bad\n"
                    "    assert 1 == 2, \"<&>\"\nAssertionError: <&> \"q\"\nassert 1 == 2\n"));
    attach(model, "tests/test_a.py::test_bad", "report", bytes_of("E  <&>\r\n\x1b[31m\xff]]>"));
    attach(model, "tests/test_a.py::test_bad", "stdout", (struct bytes){"out\0more\xEF\xBF\xBF", 11});
    attach(model, "tests/test_a.py::test_bad", "stderr", bytes_of("err"));
    say(model, "tests/test_a.py::test_bad", EVENT_FAIL, NULL, START + 250 * MS);
    begin(model, "tests/test_a.py::test_setup");
    say(model, "tests/test_a.py::test_setup", EVENT_FAIL, TAG_ERROR, START);
    begin(model, "tests/test_a.py::test_dies");
    attach(model, "tests/test_a.py::test_dies", "reason", bytes_of("SIGSEGV"));
    say(model, "tests/test_a.py::test_dies", EVENT_FAIL, TAG_CRASH, START);
    begin(model, "tests/test_a.py::test_skip");
    attach(model, "tests/test_a.py::test_skip", "reason", bytes_of("no \"x\"\nhere"));
    say(model, "tests/test_a.py::test_skip", EVENT_SKIP, NULL, START);
    say(model, "tests/test_not_asked.py::test", EVENT_EXISTS, NULL, START);
    say(model, "tests/sub/test_syntax.py", EVENT_FAIL, TAG_COLLECTION, START);
    model_end(model);
}

static const char all_kinds[] =
    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<testsuites>\n"
    "<testsuite name=\"pytest\" tests=\"6\" failures=\"1\" errors=\"3\" skipped=\"1\" time=\"1.750\""
    " timestamp=\"2023-11-14T22:13:20Z\">\n"
    "<testcase classname=\"tests.test_a.TestC\" name=\"test_ok[a/b::c]\" time=\"1.500\"></testcase>\n"
    "<testcase classname=\"tests.test_a\" name=\"test_bad\" time=\"0.250\">"
    "<failure message=\"AssertionError: &lt;&amp;&gt; &quot;q&quot;\">"
    "E  &lt;&amp;&gt;&#13;\n\xEF\xBF\xBD[31m\xEF\xBF\xBD]]&gt;</failure>"
    "<system-out>out\xEF\xBF\xBDmore\xEF\xBF\xBD</system-out><system-err>err</system-err></testcase>\n"
    "<testcase classname=\"tests.test_a\" name=\"test_setup\" time=\"0.000\">"
    "<error message=\"error in setup or teardown\"></error></testcase>\n"
    "<testcase classname=\"tests.test_a\" name=\"test_dies\" time=\"0.000\">"
    "<error type=\"crash\" message=\"SIGSEGV\"></error></testcase>\n"
    "<testcase classname=\"tests.test_a\" name=\"test_skip\" time=\"0.000\">"
    "<skipped type=\"pytest.skip\" message=\"no &quot;x&quot;&#10;here\"></skipped></testcase>\n"
    "<testcase classname=\"\" name=\"tests.sub.test_syntax\" time=\"0.000\">"
    "<error message=\"collection failure\"></error></testcase>\n"
    "</testsuite>\n</testsuites>\n";

/* Writes the model, of one recipe, to the path. */
static int write_junit(const struct model *model, const char *path, struct error *error)
{
    struct junit_run run = {.model = model, .started_ns = START};
    strings_add(&run.recipes, "pytest");
    int bad = junit_write(&run, path, error);
    strings_release(&run.recipes);
    return bad;
}

static void junit_tells_every_outcome(void **state)
{
    struct scratch *scratch = *state;
    struct model model;
    struct error error;
    model_init(&model, 1 << 20);
    run_all_kinds(&model);
    assert_int_equal(write_junit(&model, scratch->file, &error), 0);
    char *text = read_file(scratch->file);
    assert_string_equal(text, all_kinds);
    free(text);
    model_release(&model);
}

static void junit_has_a_suite_for_each_recipe(void **state)
{
    struct scratch *scratch = *state;
    struct model model;
    struct error error;
    struct junit_run run = {.model = &model, .started_ns = START};
    static const char *const ids[] = {"alpha", "two: alpha", "two: beta", "two: alpha of two: x"};
    model_init(&model, 1 << 20);
    model_begin(&model, 1);
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        size_t at = model_add(&model, bytes_of(ids[i]), bytes_of(""));
        model.tests.items[at].team = i > 0;
        say(&model, ids[i], i == 1 ? EVENT_FAIL : EVENT_SUCCESS, NULL, START);
    }
    model_end(&model);
    strings_add(&run.recipes, "one");
    strings_add(&run.recipes, "two");
    strings_add(&run.recipes, "a&b");
    assert_int_equal(junit_write(&run, scratch->file, &error), 0);
    char *text = read_file(scratch->file);
    static const char *const lines[] = {
        "<testsuite name=\"one\" tests=\"1\" failures=\"0\"",
        "<testcase classname=\"\" name=\"alpha\" time=\"0.000\"></testcase>\n</testsuite>\n",
        "<testsuite name=\"two\" tests=\"3\" failures=\"1\"",
        "<testcase classname=\"\" name=\"alpha\" time=\"0.000\"><failure",
        "name=\"beta\"",
        "name=\"alpha of two: x\"",
        "<testsuite name=\"a&amp;b\" tests=\"0\" failures=\"0\"",
    };
    const char *at = text;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        at = strstr(at, lines[i]);
        assert_non_null(at);
    }
    assert_null(strstr(text, "name=\"two: "));
    free(text);
    strings_release(&run.recipes);
    model_release(&model);
}

static void junit_names_are_those_of_pytest(void **state)
{
    (void)state;
    static const struct {
        const char *id, *class_name, *name;
    } table[] = {
        {"test_a.py::test_x", "test_a", "test_x"},
        {"a/b/test_a.py::TestX::TestY::test_z", "a.b.test_a.TestX.TestY", "test_z"},
        {"a/test_a.py::test_x[b/c.py::d]", "a.test_a", "test_x[b/c.py::d]"},
        {"a/test_a.py::TestX::test/y", "a.test_a.TestX", "test/y"},
        {"a/test_a.py", "", "a.test_a"},
        {"t/sums.t > adds", "", "t/sums.t > adds"},
        {"pkg/cart/TestAdd", "", "pkg/cart/TestAdd"},
        {"README.rst::README.rst", "README.rst", "README.rst"},
        {"", "", ""},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct buf class_name = {0}, name = {0};
        junit_names(table[i].id, &class_name, &name);
        assert_string_equal(buf_str(&class_name), table[i].class_name);
        assert_string_equal(buf_str(&name), table[i].name);
        buf_release(&class_name);
        buf_release(&name);
    }
}

static void junit_replaces_what_a_link_points_to(void **state)
{
    struct scratch *scratch = *state;
    struct model model;
    struct error error;
    struct stat file;
    model_init(&model, 1 << 20);
    FILE *old = fopen(scratch->file, "w");
    assert_non_null(old);
    fputs("old", old);
    fclose(old);
    char *link = mem_printf("%s/link", scratch->root);
    assert_int_equal(symlink("report", link), 0);
    assert_int_equal(write_junit(&model, link, &error), 0);
    assert_int_equal(lstat(link, &file), 0);
    assert_true(S_ISLNK(file.st_mode));
    char *text = read_file(scratch->file);
    assert_non_null(strstr(text, "tests=\"0\""));
    free(text);
    free(link);
    model_release(&model);
}

static void junit_says_what_it_cannot_write(void **state)
{
    struct scratch *scratch = *state;
    struct model model;
    struct error error;
    model_init(&model, 1 << 20);
    char *path = mem_printf("%s/missing/report", scratch->root);
    assert_int_equal(write_junit(&model, path, &error), -ENOENT);
    assert_non_null(strstr(error.text, path));
    assert_int_equal(write_junit(&model, "/dev/full", &error), -ENOSPC);
    assert_non_null(strstr(error.text, "/dev/full"));
    assert_int_equal(write_junit(&model, "/dev/null", &error), 0);
    assert_int_equal(access("/dev/null", W_OK), 0);
    free(path);
    model_release(&model);
}

/* The stream, as lines of what was in it. */
static void show_event(void *owner, const struct event *event)
{
    struct buf *lines = owner;
    buf_printf(lines, "%.*s %s", (int)event->test_id.len,
               event->test_id.data != NULL ? event->test_id.data : "-", event_status_name(event->status));
    for (size_t i = 0; i < event->tag_count; i++)
        buf_printf(lines, " #%.*s", (int)event->tags[i].len, event->tags[i].data);
    if (event->file_name.data != NULL)
        buf_printf(lines, " %.*s=%zu%s", (int)event->file_name.len, event->file_name.data, event->file.len,
                   event->eof ? "." : "");
    buf_puts(lines, "\n");
}

static void no_noise(void *owner, struct bytes octets)
{
    (void)owner;
    fail_msg("%zu octets of noise", octets.len);
}

static void no_damage(void *owner, const char *reason, uint64_t offset, uint64_t length)
{
    (void)owner;
    fail_msg("%s at %zu, %zu octets", reason, (size_t)offset, (size_t)length);
}

static char *stream_lines(int fd)
{
    static const struct event_sink sink = {show_event, no_noise, no_damage};
    struct buf lines = {0};
    struct subunit_reader reader;
    char part[65536];
    ssize_t got;
    subunit_reader_init(&reader, &sink, &lines);
    while ((got = read(fd, part, sizeof part)) > 0)
        subunit_reader_feed(&reader, part, (size_t)got);
    subunit_reader_end(&reader);
    subunit_reader_release(&reader);
    return buf_take(&lines);
}

static void put_run(struct subunit_out *out)
{
    struct bytes group = bytes_of("group=test_a.py"), crash = bytes_of(TAG_CRASH);
    struct event event = {.status = EVENT_EXISTS,
                          .test_id = bytes_of("test_a.py::t"),
                          .runnable = true,
                          .has_tags = true,
                          .tags = &group,
                          .tag_count = 1};
    subunit_out_event(out, &event);
    event = (struct event){
        .status = EVENT_INPROGRESS, .test_id = bytes_of("test_a.py::t"), .has_time = true, .time_ns = START};
    subunit_out_event(out, &event);
    char *content = mem_zero(3 << 20);
    event = (struct event){.test_id = bytes_of("test_a.py::t"),
                           .file_name = bytes_of("stdout"),
                           .file = {content, 3 << 20},
                           .eof = true};
    subunit_out_event(out, &event);
    free(content);
    event = (struct event){.status = EVENT_FAIL,
                           .test_id = bytes_of("test_a.py::t"),
                           .has_tags = true,
                           .tags = &crash,
                           .tag_count = 1};
    subunit_out_event(out, &event);
}

static const char run_lines[] = "test_a.py::t exists #group=test_a.py\n"
                                "test_a.py::t inprogress\n"
                                "test_a.py::t  stdout=1048543\n"
                                "test_a.py::t  stdout=1048543\n"
                                "test_a.py::t  stdout=1048543\n"
                                "test_a.py::t  stdout=99.\n"
                                "test_a.py::t fail #crash\n";

static void subunit_keeps_events_and_tags(void **state)
{
    struct scratch *scratch = *state;
    struct subunit_out out;
    struct error error;
    assert_int_equal(subunit_out_open(&out, scratch->file, &error), 0);
    put_run(&out);
    assert_int_equal(subunit_out_close(&out, &error), 0);
    assert_int_equal(subunit_out_close(&out, &error), 0);
    int fd = open(scratch->file, O_RDONLY);
    char *lines = stream_lines(fd);
    assert_string_equal(lines, run_lines);
    free(lines);
    close(fd);
}

static void subunit_is_written_by_the_flush(void **state)
{
    struct scratch *scratch = *state;
    struct subunit_out out;
    struct error error;
    struct stat file;
    struct event event = {.status = EVENT_SUCCESS, .test_id = bytes_of("t")};
    assert_int_equal(subunit_out_open(&out, scratch->file, &error), 0);
    subunit_out_event(&out, &event);
    stat(scratch->file, &file);
    assert_int_equal(file.st_size, 0);
    subunit_out_flush(&out);
    stat(scratch->file, &file);
    assert_int_equal(file.st_size, 10);
    assert_int_equal(subunit_out_close(&out, &error), 0);
}

static void subunit_says_what_it_could_not_write(void **state)
{
    struct scratch *scratch = *state;
    struct subunit_out out;
    struct error error;
    char *path = mem_printf("%s/missing/report", scratch->root);
    assert_int_equal(subunit_out_open(&out, path, &error), -ENOENT);
    assert_non_null(strstr(error.text, path));
    assert_int_equal(subunit_out_close(&out, &error), 0);
    assert_int_equal(subunit_out_open(&out, "/dev/full", &error), 0);
    put_run(&out);
    subunit_out_flush(&out);
    put_run(&out);
    assert_int_equal(subunit_out_close(&out, &error), -ENOSPC);
    assert_non_null(strstr(error.text, "/dev/full"));
    free(path);
}

static void subunit_waits_for_a_slow_reader(void **state)
{
    struct scratch *scratch = *state;
    struct subunit_out out;
    struct error error;
    assert_int_equal(mkfifo(scratch->file, 0600), 0);
    pid_t child = fork();
    if (child == 0) {
        char *lines = stream_lines(open(scratch->file, O_RDONLY));
        bool same = strcmp(lines, run_lines) == 0;
        free(lines);
        _exit(same ? 0 : 1);
    }
    assert_int_equal(subunit_out_open(&out, scratch->file, &error), 0);
    assert_int_equal(fcntl(out.fd, F_SETFL, O_WRONLY | O_NONBLOCK), 0);
    put_run(&out);
    assert_int_equal(subunit_out_close(&out, &error), 0);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void subunit_survives_a_reader_that_leaves(void **state)
{
    struct scratch *scratch = *state;
    struct subunit_out out;
    struct error error;
    assert_int_equal(mkfifo(scratch->file, 0600), 0);
    int reader = open(scratch->file, O_RDONLY | O_NONBLOCK);
    assert_int_equal(subunit_out_open(&out, scratch->file, &error), 0);
    close(reader);
    put_run(&out);
    assert_int_equal(subunit_out_close(&out, &error), -EPIPE);
}

#define IN_SCRATCH(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_SCRATCH(junit_tells_every_outcome),
        IN_SCRATCH(junit_has_a_suite_for_each_recipe),
        cmocka_unit_test(junit_names_are_those_of_pytest),
        IN_SCRATCH(junit_replaces_what_a_link_points_to),
        IN_SCRATCH(junit_says_what_it_cannot_write),
        IN_SCRATCH(subunit_keeps_events_and_tags),
        IN_SCRATCH(subunit_is_written_by_the_flush),
        IN_SCRATCH(subunit_says_what_it_could_not_write),
        IN_SCRATCH(subunit_waits_for_a_slow_reader),
        IN_SCRATCH(subunit_survives_a_reader_that_leaves),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
