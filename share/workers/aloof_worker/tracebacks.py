import traceback


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
    return "/_pytest/" in filename or "/pluggy/" in filename or filename.startswith("<aloof>")


def is_hidden(frame):
    """By pytest's convention, or by unittest's."""
    hide = frame.f_locals.get("__tracebackhide__", frame.f_globals.get("__tracebackhide__", False))
    return "__unittest" in frame.f_globals or bool(hide) and not callable(hide)
