"""A worker without tests: it speaks the protocol of share/workers/README.md and acts out a run's arguments.

Each argument (and file) is a test, listed under that very name and acted out by the word before its colon
("pass:a", "segv:b"); the functions act_* are all there are. One with @ is about the run as a whole: see Run.
"""

import json
import os
import struct
import sys
import zlib

EVENTS = int(sys.argv[1])
EXISTS, INPROGRESS, SUCCESS, SKIP, FAIL = 1, 2, 3, 5, 6


def number(value):
    for octets, top in ((1, 0), (2, 1), (3, 2), (4, 3)):
        if value < 1 << (8 * octets - 2):
            return (value | top << (8 * octets - 2)).to_bytes(octets, "big")
    raise ValueError(value)


def string(text):
    octets = text.encode()
    return number(len(octets)) + octets


def packet(status=0, test=None, tags=(), name=None, content=b"", route=None, runnable=False):
    flags = 0x2000 | status | (0x0100 if runnable else 0)
    body = b""
    if test is not None:
        flags |= 0x0800
        body += string(test)
    if tags:
        flags |= 0x0080
        body += number(len(tags)) + b"".join(map(string, tags))
    if name is not None:
        flags |= 0x0040
        body += string(name) + number(len(content)) + content
    if route is not None:
        flags |= 0x0400
        body += string(str(route))
    for width in (1, 2, 3, 4):
        length = 3 + width + len(body) + 4
        if len(number(length)) == width:
            break
    octets = b"\xb3" + struct.pack(">H", flags) + number(length) + body
    return octets + struct.pack(">I", zlib.crc32(octets))


def write(octets):
    while octets:
        octets = octets[os.write(EVENTS, octets) :]


def send(*args, **fields):
    write(packet(*args, **fields))


def say(verb, route=None, **body):
    send(name="aloof." + verb, content=json.dumps(body).encode(), route=route)


def take(count):
    octets = b""
    while len(octets) < count:
        piece = os.read(0, count - len(octets))
        if not piece:
            raise EOFError
        octets += piece
    return octets


def take_number(take):
    first = take(1)[0]
    value = first & 0x3F
    for octet in take(first >> 6):
        value = value << 8 | octet
    return value


def command():
    """The next command: its verb, slot and body."""
    head = take(3)
    flags = struct.unpack(">H", head[1:])[0]
    first = take(1)
    length = int.from_bytes(first + take(first[0] >> 6), "big") & (1 << (8 * (1 + (first[0] >> 6)) - 2)) - 1
    rest = take(length - 4 - (first[0] >> 6))[:-4]

    def field(count):
        nonlocal rest
        octets, rest = rest[:count], rest[count:]
        return octets

    assert head[0] == 0xB3 and flags & 0xF000 == 0x2000 and not flags & 0x0A80, hex(flags)
    name = field(take_number(field)).decode()
    content = field(take_number(field))
    route = int(field(take_number(field))) if flags & 0x0400 else None
    return name[len("aloof.") :], route, json.loads(content)


class Box:
    def __init__(self, slot, tests, pid):
        self.slot, self.tests, self.pid = slot, tests, pid
        self.left, self.hung = [], None

    def event(self, test, status, **fields):
        send(status, test, route=self.slot, **fields)

    def gone(self, exit=0, signal=None, **more):
        say("gone", self.slot, exit=None if signal else exit, signal=signal, left=self.left, **more)

    def go_on(self):
        """Acts out the tests; whether the box ended."""
        while self.tests:
            test = self.tests.pop(0)
            if not globals()["act_" + test.split(":")[0]](self, test):
                return self.hung is None
        self.gone()
        return True


# Each says whether the box lives and goes on.
def act_pass(box, test):
    """In one write, so that no deadline of a few milliseconds falls in between."""
    write(packet(INPROGRESS, test, route=box.slot) + packet(SUCCESS, test, route=box.slot))
    return True


def act_fail(box, test):
    box.event(test, INPROGRESS)
    box.event(test, FAIL, name="report", content=b"it failed")
    return True


def act_skip(box, test):
    box.event(test, SKIP, name="reason", content=b"skipped")
    return True


def act_loud(box, test):
    box.event(test, INPROGRESS)
    send(name="stdout", content=b"loud", route=box.slot)
    box.event(test, SUCCESS)
    send(name="stdout", content=b"late", route=box.slot)
    return True


def act_segv(box, test):
    box.event(test, INPROGRESS)
    box.gone(signal=11)


def act_exit0(box, test):
    box.event(test, INPROGRESS)
    box.gone(exit=0)


def act_exit3(box, test):
    box.event(test, INPROGRESS)
    box.gone(exit=3)


def act_early(box, test):
    box.gone(exit=1)


def act_silent(box, test):
    return True


def act_leak(box, test):
    box.left += [{"pid": pid, "command": "sleep %d" % pid, "test": test} for pid in (7, 8)]
    return act_pass(box, test)


def act_orphan(box, test):
    box.left += [{"pid": 9, "command": "sleep 9", "test": None}]
    return act_pass(box, test)


def act_stopped(box, test):
    act_pass(box, test)
    box.gone(stopped="pytest.exit: enough")


def act_hang(box, test):
    box.event(test, INPROGRESS)
    box.hung = test


act_late = act_stuck = act_overtaken = act_hang


def act_garbage(box, test):
    box.event(test, INPROGRESS)
    write(b"print to the wrong descriptor\n\xb3\x29")
    box.event(test, SUCCESS)
    return True


def act_nonsense(box, test):
    send(name="aloof.gone", content=b"{nonsense", route=box.slot)
    say("gone", 77, exit=0)
    say("gone", exit=0)
    say("gone", box.slot + 1)
    say("ended", serial="x")
    say("listed", tests=-3)
    return act_pass(box, test)


def act_die(box, test):
    box.event(test, INPROGRESS)
    print("Traceback: the worker broke", file=sys.stderr)
    sys.stderr.flush()
    os._exit(3)


class Run:
    def __init__(self, serial, args, files):
        self.serial = serial
        args = args + (files or [])
        self.tests = [arg for arg in args if not arg.startswith("@")]
        self.whole = {arg for arg in args if arg.startswith("@")}
        self.queues = {}
        self.boxes = 0

    def collect(self):
        if "@usage" in self.whole:
            self.ended(exit=4, text="usage: no such option")
        elif "@killed" in self.whole:
            self.ended(exit=None, signal=9)
        elif "@exits" in self.whole:
            sys.exit("the worker gave up")
        else:
            for test in self.tests:
                send(EXISTS, test, tags=["group=f"], runnable=True)
            if "@unlisted" not in self.whole:
                say("listed", serial=self.serial, tests=len(self.tests), rootdir="/")

    def ended(self, exit=0, signal=None, text=""):
        say("ended", serial=self.serial, exit=exit, signal=signal, text=text)

    def box(self, slot, positions):
        queue = self.queues.setdefault(slot, [])
        self.boxes += 1
        queue.append(Box(slot, [self.tests[i] for i in positions], 1000 * self.boxes + slot))
        if len(queue) == 1:
            self.begin(queue)

    def begin(self, queue):
        while queue:
            say("started", queue[0].slot, pid=queue[0].pid)
            if not queue[0].go_on():
                return
            queue.pop(0)

    def dump(self, slot):
        queue = self.queues[slot]
        send(name="stderr", content=b"stack of " + queue[0].hung.encode(), route=slot)
        if queue[0].hung.startswith("late"):
            queue[0].event(queue[0].hung, SUCCESS)
            queue[0].hung = None
            if queue[0].go_on():
                queue.pop(0)
                self.begin(queue)

    def kill(self, slot, pid):
        queue = self.queues[slot]
        if not queue or queue[0].pid != pid:
            return
        box = queue[0]
        if box.hung.startswith("stuck"):
            return
        if box.hung.startswith("overtaken"):  # it ended a moment before the kill, which hits the next test
            box.event(box.hung, SUCCESS)
            box.event(box.tests[0], INPROGRESS)
        box.gone(signal=9)
        queue.pop(0)
        self.begin(queue)

    def stop(self):
        if "@deaf" in self.whole:
            return
        for test in self.tests:  # what was on its way when the stop came
            send(FAIL, test, route=0)
        say("gone", 0, exit=0, signal=None, left=[])
        self.ended(exit=None, signal=9)


def serve():
    if os.environ.get("FAKE_WORKER") == "refuses":
        say("refused", text="no pytest here")
        return
    say("hello", python="3.11.2", runner="pytest 7.2.1", executable=sys.executable)
    run = None
    while True:
        verb, slot, body = command()
        if verb == "run":
            run = Run(body["serial"], body["args"], body["files"])
            run.collect()
        elif verb == "box":
            run.box(slot, body["tests"])
        elif verb == "dump":
            run.dump(slot)
        elif verb == "kill":
            run.kill(slot, body["pid"])
        elif verb == "stop":
            run.stop()
        elif verb == "end":
            run.ended(exit=1 if "@red" in run.whole else 0, text="1 passed")


def main(fd, framework):
    try:
        serve()
    except EOFError:
        pass
