"""Template: has imported what does not change; forks runs."""

import json
import os
import stat
import sys
import traceback

from aloof_worker.descriptors import wait
from aloof_worker.handles import RunHandle
from aloof_worker.lessons import Lessons, installation, know_sources, library_places
from aloof_worker.loaded import Graph
from aloof_worker.processes import Deaths, ending, fork, kill, kill_family
from aloof_worker.wire import Commands


class Template:
    """Reads commands, forks runs. Never runs project code, never waits for a run: it always answers."""

    def __init__(self, events, framework):
        self.events = events
        self.framework = framework
        self.commands = Commands()
        self.run = None
        self.standby = None  # a run in advance, with the arguments of the last one
        self.announced = False
        self.wish = None  # arguments for the next standby
        self.lessons = Lessons({})
        self.places = library_places()
        self.graph = None  # of what imports what, while it is being drawn
        self.sources, self.told_loads = {}, {}

    def hello(self, runner):
        body = {
            "python": "%d.%d.%d" % sys.version_info[:3],
            "runner": runner,
            "executable": sys.executable,
        }
        self.events.message("hello", body)

    def loop(self):
        """Until standard input ends. Then nothing of ours is left."""
        self.deaths = Deaths()
        while True:
            handle = self.run or self.standby
            leisure = self.run is None and bool(self.lessons.pending or self.wish is not None or self.graph)
            reading = [0, self.deaths.fd] + (handle.listening if handle else [])
            writing = [handle.commands_fd] if handle and handle.pending else []
            ready = wait(reading, writing, 0 if leisure else None)
            if handle:
                handle.exchange(ready)
            if self.standby and not self.announced and self.standby.is_ready():
                self.announced = True
                self.events.message("ready", {})
            if self.deaths.fd in ready:
                self.bury(dict(self.deaths.reap()))
            if 0 in ready and not self.obey():
                break
            if not ready and leisure:
                self.use_leisure()
        kill_family()
        if self.run is not None:
            unlock(self.run.reported())

    def obey(self):
        data = os.read(0, 65536)
        for verb, _, octets, body in self.commands.feed(data):
            if verb == "run":
                self.stop()
                self.start(json.loads(body), octets)
            elif verb == "stop":
                self.stop()
            elif self.run is not None:
                self.run.send(octets)
        return bool(data)

    def start(self, body, octets):
        args = [str(arg) for arg in body["args"]]
        signature = self.signature(args)
        self.run, self.standby, self.wish = self.standby, None, None
        if self.run is not None and not (self.run.is_ready() and self.run.signature == signature):
            kill(self.run.pid)
            os.waitpid(self.run.pid, 0)
            self.run.close()
            self.run = None
        if self.run is None:
            self.run = self.fork_run(args, signature, False)
        self.run.serial = body["serial"]
        self.run.is_last = bool(body.get("last", False))
        self.run.send(octets)

    def fork_run(self, args, signature, in_advance):
        handle = RunHandle(args, signature)
        handle.pid = fork()
        if handle.pid:
            handle.close_far_ends()
            return handle
        code = 70
        try:
            self.deaths.close()
            handle.become()
            code = self.framework.run(self, handle, in_advance).main()
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)

    def signature(self, args):
        """Differs when something did change that the framework reads before any code of the project."""
        places = {os.getcwd()}
        for arg in args:
            places.add(os.path.abspath(arg.rpartition("=")[2].partition("::")[0]))
        for place in list(places):
            while os.path.dirname(place) != place:
                place = os.path.dirname(place)
                places.add(place)
        names = ("", *self.framework.configuration)
        files = [os.path.join(place, name).rstrip("/") for place in sorted(places) for name in names]
        return [stamp(file) for file in files], installation(), args

    def stop(self):
        """Kills the run; a run that has ended by itself was answered then."""
        if self.run is not None:
            self.bury(kill_family())

    def bury(self, dead):
        if self.standby is not None and self.standby.pid in dead:  # these arguments cannot be run in advance
            self.standby.close()
            self.standby = None
        if self.run is None or self.run.pid not in dead:
            return
        kill_family()
        run, self.run = self.run, None
        code, by = ending(dead[run.pid])
        run.exchange(run.listening)
        told = run.reported()
        self.lessons = Lessons(told)
        if "loaded" in told:
            self.graph = Graph(self.events, self.sources, self.told_loads, told["loaded"])
        if by is not None:
            unlock(told)
        self.wish = None if run.is_last else run.args
        body = {"serial": run.serial, "exit": code, "signal": by, "text": run.text.decode("utf-8", "replace")}
        self.events.message("ended", body)
        run.close()

    def use_leisure(self):
        """One small step at a time: commands come first."""
        if self.lessons.pending:
            self.lessons.learn()
        elif self.wish is None:
            self.graph = self.graph if self.graph.step() else None
        else:
            args, self.wish = self.wish, None
            self.announced = False
            know_sources()
            self.standby = self.fork_run(args, self.signature(args), True)


def unlock(told):
    """pytest keeps a temporary directory for three days when the run that locked it was killed, and looks at all of
    those at the end of every run to come. told: what the run reported."""
    try:
        os.unlink(told.get("lock", ""))
    except OSError:
        pass


def stamp(path):
    """What changes with a file; for a directory, only whether there is one."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    if stat.S_ISDIR(status.st_mode):
        return True
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino
