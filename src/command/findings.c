#include "command/findings.h"

#include <stdarg.h>

static void write_finding(struct findings *findings, bool wrong, const char *topic, const char *format,
                          va_list args)
{
    char text[2048];
    vsnprintf(text, sizeof text, format, args);
    for (char *p = text; *p != '\0'; p++)
        if ((unsigned char)*p < ' ' || *p == '\177')
            *p = '?';
    const char *begin = !findings->color ? "" : wrong ? "\033[1;31m" : "\033[32m";
    fprintf(findings->to, "%s%-7s%s %s: %s\n", begin, wrong ? "wrong" : "ok", findings->color ? "\033[m" : "",
            topic, text);
    findings->wrong += wrong;
}

void finding_ok(struct findings *findings, const char *topic, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    write_finding(findings, false, topic, format, args);
    va_end(args);
}

void finding_wrong(struct findings *findings, const char *topic, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    write_finding(findings, true, topic, format, args);
    va_end(args);
}
