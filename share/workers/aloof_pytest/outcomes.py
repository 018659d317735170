"""Outcomes: pytest's reports as the statuses and texts that the protocol has for them."""

import re
import traceback

from aloof_pytest.wire import SKIP, SUCCESS, UXSUCCESS, XFAIL


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


def format_exception(error, tb=None):
    """Python's own text of an exception and its chain, without frames that asked to be hidden and without the
    runner's frames that lead to the test."""
    try:
        told = traceback.TracebackException(type(error), error, tb or error.__traceback__)
        prune(told, error, tb or error.__traceback__)
        return "".join(told.format())
    except Exception:  # somebody's __str__, __cause__ or __tracebackhide__
        return "".join(traceback.format_exception_only(type(error), error))


def prune(told, error, tb):
    frames = [frame for frame, _ in traceback.walk_tb(tb)]
    kept = [line for line, frame in zip(told.stack, frames) if not is_hidden(frame)]
    while len(kept) > 1 and is_runner(kept[0].filename):
        del kept[0]
    told.stack[:] = kept
    for name in ("__cause__", "__context__"):
        inner = getattr(error, name)
        if inner is not None and getattr(told, name) is not None:
            prune(getattr(told, name), inner, inner.__traceback__)
    for each, inner in zip(getattr(told, "exceptions", None) or (), getattr(error, "exceptions", None) or ()):
        prune(each, inner, inner.__traceback__)


def is_runner(filename):
    return "/_pytest/" in filename or "/pluggy/" in filename


def is_hidden(frame):
    """By pytest's convention, or by unittest's."""
    hide = frame.f_locals.get("__tracebackhide__", frame.f_globals.get("__tracebackhide__", False))
    return "__unittest" in frame.f_globals or bool(hide) and not callable(hide)


def conftest_error(failure):
    """The exception that a conftest raised (pytest 8 keeps it as `cause`)."""
    return failure.cause if hasattr(failure, "cause") else failure.excinfo[1]
