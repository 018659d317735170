"""Outcomes of pytest: pytest's reports as the statuses and texts that the protocol has for them."""

import re

from aloof_worker.wire import SKIP, SUCCESS, UXSUCCESS, XFAIL


def judge(reports):
    """(status, reason or None) of a test of which nothing failed."""
    for report in reports:
        if hasattr(report, "wasxfail"):
            reason = report.wasxfail or ""
            reason = reason[len("reason: ") :] if reason.startswith("reason: ") else reason
            return XFAIL if report.skipped else UXSUCCESS, reason
        if report.skipped:
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
            return SKIP, reason[len("Skipped: ") :] if reason.startswith("Skipped: ") else reason
    return SUCCESS, None


def failure_texts(reports, failed):
    """(name, text) of each attachment to a failure, some of them empty."""
    sections = {}
    for heading, text in reports[-1].sections:
        kind = heading.split()[1] if heading.startswith("Captured ") else ""
        sections.setdefault(kind, []).append(text)
    tracebacks = [each.aloof_traceback for each in failed if hasattr(each, "aloof_traceback")]
    texts = [
        (b"traceback", "\n".join(tracebacks)),
        (b"report", "\n".join(long_report(each, each is failed[0]) for each in failed)),
    ]
    texts += [(name, "".join(sections.get(name.decode(), ()))) for name in (b"stdout", b"stderr")]
    return texts + [(b"log", "\n".join(sections.get("log", ())))]


def long_report(report, first):
    text = plain(report.longreprtext)
    return text if first else "ERROR at %s of %s\n%s" % (report.when, report.nodeid, text)


def plain(text):
    """Without colour."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def conftest_error(failure):
    """The exception that a conftest raised (pytest 8 keeps it as `cause`)."""
    return failure.cause if hasattr(failure, "cause") else failure.excinfo[1]
