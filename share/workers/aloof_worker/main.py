"""Main: where the worker starts."""

import gc
import os
import sys

from aloof_worker.descriptors import high
from aloof_worker.processes import adopt_orphans
from aloof_worker.template import Template
from aloof_worker.wire import Events


def main(fd, framework):
    """The worker, until its standard input ends. fd: where events go; framework: what runs the tests."""
    events = Events(high(fd))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    adopt_orphans()
    template = Template(events, framework)
    try:
        runner = import_for_good(framework)
    except BaseException as error:
        events.message("refused", {"text": "%s: %s" % (sys.executable, error)})
        return 1
    template.hello(runner)
    template.loop()
    os._exit(0)  # all is said, and taking an interpreter apart takes a while


def import_for_good(framework):
    """What is imported here stays: no collection looks at it, neither now nor later."""
    collects_garbage = gc.isenabled()
    gc.disable()
    try:
        return framework.warm_up()
    finally:
        gc.freeze()
        if collects_garbage:
            gc.enable()
