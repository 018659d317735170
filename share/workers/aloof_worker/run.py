"""Run: what the run of any framework does: it collects once, lists what there is, and has slots do the rest."""

import atexit
import gc
import importlib
import json
import os
import sys
import traceback
import types

from aloof_worker.dealer import Dealer
from aloof_worker.freshness import distrust_young_bytecode
from aloof_worker.handles import RunHandle
from aloof_worker.lessons import Baseline
from aloof_worker.loaded import survey
from aloof_worker.processes import adopt_orphans, own_memory
from aloof_worker.wire import EXISTS, LONG_ID, Commands, limit_texts, packet, utf8


class Run:
    """One run. A framework's own has:

        work()         runs the framework, in which await_order() and then serve() are to be called; -> exit code
        captures()     the files that its boxes' output is captured in; see Slot
        make_box(slot) a box, in its process
    and may have get_ready(), prepare(), before_slot() and conftests(), which do nothing here.
    """

    def __init__(self, template, handle, in_advance):
        self.events = template.events
        self.framework = template.framework
        self.baseline = Baseline(template.places)
        self.commands_fd = handle.far_commands_fd
        self.report_fd = handle.far_report_fd
        self.streams = handle.streams
        self.args = handle.args
        self.in_advance = in_advance
        self.commands = Commands()
        self.backlog = []
        self.order = None  # the command that started it
        self.box = None  # in a box: the Box
        self.maxfail = 0
        self.rootdir = os.getcwd()
        self.project = os.path.join(os.getcwd(), "")

    def main(self):
        sys.modules["__main__"] = types.ModuleType("__main__")
        adopt_orphans()
        self.collects_garbage = gc.isenabled()
        gc.disable()  # nothing of a collection is garbage; boxes get it back
        importlib.invalidate_caches()
        distrust_young_bytecode(os.getcwd())
        try:
            code = self.work()
        except SystemExit as error:
            code = error.code if isinstance(error.code, int) else 1
        except BaseException:
            traceback.print_exc()
            code = 1
        atexit._run_exitfuncs()
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        return code

    def await_order(self):
        """The project's code is about to be loaded: go on when told to."""
        if self.order is not None:
            return
        if self.in_advance:
            if self.baseline.has_project_code():
                os._exit(0)
            self.get_ready()
            own_memory()
            os.write(self.report_fd, RunHandle.READY)
        while not self.backlog:
            data = os.read(self.commands_fd, 65536)
            if not data:
                os._exit(0)
            self.backlog += self.commands.feed(data)
        self.order = json.loads(self.backlog.pop(0)[3])
        limit_texts(self.order.get("keep"))
        importlib.invalidate_caches()

    def get_ready(self):
        """What can be done in advance, while nobody waits."""

    def before_slot(self, number):
        """A slot of that number is about to be forked, from this process."""

    def serve(self, tests, ids, groups, chosen):
        """Lists the tests and runs them, until no more boxes will come. The first `chosen` of them are those that
        the person's own filter left. -> how many failed"""
        self.items, self.ids, self.groups = tests, ids, groups
        if any(len(test_id) > LONG_ID for test_id in ids):
            self.events.lock_writes()
        self.prepare()
        gc.freeze()  # what exists now is shared by all boxes: keep their collections off these pages
        dealer = Dealer(self)
        if chosen:
            dealer.open_first()
        self.list(chosen)
        dealer.serve()
        return dealer.failed()

    def conftests(self):
        """Modules that were loaded and may be missing in sys.modules."""
        return ()

    def prepare(self):
        """Whatever all boxes need alike is done once, here."""

    def list(self, chosen):
        listing = []
        for position, (test_id, group) in enumerate(zip(self.ids, self.groups)):
            tags = (b"group=" + group,)
            if position >= chosen:
                tags += (b"deselected",)
            listing.append(packet(EXISTS, test_id, tags, runnable=True))
        for start in range(0, len(listing), 500):
            self.events.write(b"".join(listing[start : start + 500]))
        body = {"serial": self.order["serial"], "tests": len(self.items), "rootdir": self.rootdir}
        if self.maxfail:
            body["maxfail"] = self.maxfail
        self.events.message("listed", body)

    def report_modules(self):
        """Tells the template what it would have been good to have imported, and what was."""
        warm = self.order.get("warm", True) and not self.order.get("last", False)
        self.report(self.baseline.lessons() if warm else {})
        if not self.order.get("last", False):
            self.report({"loaded": survey(self, self.conftests())})
        os.close(self.report_fd)

    def report(self, told):
        """For the template: see RunHandle.reported()."""
        line = utf8(json.dumps(told)) + b"\n"
        while line:
            line = line[os.write(self.report_fd, line) :]
