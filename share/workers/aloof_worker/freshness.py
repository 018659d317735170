"""Freshness: why no stale .pyc is ever trusted."""

import importlib.util
import os
import sys


def distrust_young_bytecode(project):
    """Python trusts a .pyc whose source has the same size and the same whole second, so of two quick saves of
    equal length it may run the first. A .pyc is proof only when it was written well after its source last
    changed in any way. Only for files below the project: elsewhere nobody edits while we look."""
    from importlib import _bootstrap_external as external

    below = os.path.join(project, "")
    validate = external._validate_timestamp_pyc

    def validate_timestamp_pyc(data, source_mtime, source_size, name, exc_details):
        path = exc_details.get("path", "")
        if path.startswith(below) and not is_proof(importlib.util.source_from_cache(path), path):
            raise ImportError("bytecode is too young to be trusted", **exc_details)
        return validate(data, source_mtime, source_size, name, exc_details)

    external._validate_timestamp_pyc = validate_timestamp_pyc
    rewrite = sys.modules.get("_pytest.assertion.rewrite")
    if rewrite is not None:
        distrust_rewritten(rewrite, below)


def distrust_rewritten(rewrite, below):
    """Likewise for what pytest has rewritten and kept."""
    read = rewrite._read_pyc

    def read_pyc(source, pyc, *more):
        if str(source).startswith(below) and not is_proof(source, pyc):
            return None
        return read(source, pyc, *more)

    rewrite._read_pyc = read_pyc


def is_proof(source, bytecode):
    try:
        return os.stat(bytecode).st_mtime_ns - os.stat(source).st_ctime_ns >= 2000000000
    except OSError:
        return False
