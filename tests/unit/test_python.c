#include "project/python.h"

#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static void write_program(const struct scratch *scratch, const char *name, const char *text)
{
    char *path = scratch_path(scratch, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    assert_int_equal(chmod(path, 0755), 0);
    free(path);
}

/* PATH is first/, with a python3, and then second/, with the script pytest and two more Pythons. */
static void the_first_line_of_a_script_names_its_python(void **state)
{
    (void)state;
    static const struct {
        const char *line, *want; /* below the scratch directory; NULL: none */
    } table[] = {
        {"#!%s/second/python3.12\n", "second/python3.12"},
        {"#! %s/second/python3.12 -s -P\n", "second/python3.12"},
        {"#!%s/second/pypy3\r\n", "second/pypy3"},
        {"#!%s/second/python3.12", "second/python3.12"},
        {"#!/usr/bin/env python3.12\n", "second/python3.12"},
        {"#!/usr/bin/env python3\n", NULL}, /* who lacks it */
        {"#!%s/first/python3\n", NULL},
        {"#!%s/second/python3.13\n", NULL}, /* is not there */
        {"#!/usr/bin/env nothing\n", NULL},
        {"#!/usr/bin/env\n", NULL},
        {"#!/bin/sh\n", NULL},
        {"#!\n", NULL},
        {"%s/second/python3.12\n", NULL},
        {"", NULL},
    };
    struct scratch scratch;
    scratch_init(&scratch);
    scratch_mkdir(&scratch, "first");
    scratch_mkdir(&scratch, "second");
    write_program(&scratch, "first/python3", "");
    write_program(&scratch, "second/python3.12", "");
    write_program(&scratch, "second/pypy3", "");
    char *path = mem_printf("%s/first:%s/second", scratch.dir, scratch.dir);
    char *before = mem_strdup(getenv("PATH"));
    setenv("PATH", path, 1);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const char *at = strstr(table[i].line, "%s");
        size_t head = at != NULL ? (size_t)(at - table[i].line) : strlen(table[i].line);
        char *text = mem_printf("%.*s%s%s", (int)head, table[i].line, at != NULL ? scratch.dir : "",
                                at != NULL ? at + 2 : "");
        write_program(&scratch, "second/pytest", text);
        char *found = python_instead(NULL, "python3", "pytest");
        char *want = table[i].want != NULL ? scratch_path(&scratch, table[i].want) : NULL;
        if ((found == NULL) != (want == NULL) || (want != NULL && strcmp(found, want) != 0))
            fail_msg("%s gives %s", table[i].line, found != NULL ? found : "nothing");
        free(want);
        free(found);
        free(text);
    }
    write_program(&scratch, "second/pytest", "#!/usr/bin/env python3.12\n");
    assert_null(python_instead("python3", "python3", "pytest")); /* named */
    assert_null(python_instead(NULL, "/p/.venv/bin/python", "pytest"));
    assert_null(python_instead(NULL, "python3", "django"));
    setenv("PATH", before, 1);
    free(before);
    free(path);
    scratch_release(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_line_of_a_script_names_its_python),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
