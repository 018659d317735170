"""Dealer: hands boxes to slots, forks these and replaces those that a test has killed."""

import json
import os
import traceback

from aloof_worker.descriptors import wait
from aloof_worker.handles import SlotHandle
from aloof_worker.processes import Deaths, ending, fork, kill_family
from aloof_worker.slot import Slot, slot_line


class Dealer:
    """The part of a run that deals: from the end of its collection to that of its last box."""

    def __init__(self, run):
        self.run = run
        self.events = run.events
        self.commands_fd = run.commands_fd
        self.commands = run.commands
        self.backlog = run.backlog
        self.slots = {}
        self.deaths = Deaths()
        self.forgiven = 0  # failures of tests that were run again

    def open_first(self):
        """The slot that is wanted first, while the listing is on its way: forking takes a while."""
        self.slots[0] = SlotHandle(0)
        self.fork_slot(self.slots[0])

    def serve(self):
        """Until no more boxes will come and all slots have ended."""
        ended = reported = False
        while True:
            for verb, number, _, body in self.backlog:
                ended = ended or verb == "end"
                self.relay(verb, number, json.loads(body))
            self.backlog = []
            if not reported and (ended or any(slot.boxes for slot in self.slots.values())):
                reported = True
                self.run.report_modules()  # now that a box is busy
            if ended and not any(slot.pid for slot in self.slots.values()):
                break
            ready = wait([self.deaths.fd] if ended else [self.deaths.fd, self.commands_fd])
            if self.commands_fd in ready:
                data = os.read(self.commands_fd, 65536)
                if not data:  # the template is gone
                    kill_family()
                    os._exit(1)
                self.backlog = self.commands.feed(data)
            if self.deaths.fd in ready:
                for pid, status in self.deaths.reap():
                    self.bury(pid, status)
        self.deaths.close()

    def relay(self, verb, number, body):
        if verb == "end":
            self.forgiven = body.get("forgiven", 0)
            for slot in self.slots.values():
                slot.end()
        elif number is not None:
            if number not in self.slots:
                self.slots[number] = SlotHandle(number)
            slot = self.slots[number]
            line = slot_line(verb, body["tests"] if verb == "box" else [body.get("pid") or 0])
            if verb == "box":
                slot.boxes.append(line)
            if not slot.pid:
                self.fork_slot(slot)
            slot.send(line)

    def fork_slot(self, slot):
        slot.open()
        self.run.before_slot(slot.number)
        slot.pid = fork()
        if slot.pid:
            slot.close_far_end()
            return
        code = 70
        try:
            self.deaths.close()
            os.close(self.commands_fd)
            for other in self.slots.values():
                other.close_near_end()
            Slot(self.run, slot).main()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)

    def bury(self, pid, status):
        """A slot is gone. When a test has killed it, its box is told dead and what was to come goes on."""
        slot = next((slot for slot in self.slots.values() if slot.pid == pid), None)
        if slot is None:
            return
        slot.pid = 0
        slot.close_near_end()
        del slot.boxes[: slot.shared.done]
        slot.shared.done = 0
        if not slot.boxes:
            return
        kill_family(spared={other.pid for other in self.slots.values() if other.pid})
        code, by = ending(status)
        del slot.boxes[0]
        self.events.message("gone", {"exit": code, "signal": by, "left": []}, slot.route)
        if slot.boxes:
            self.fork_slot(slot)
            for line in slot.boxes:
                slot.send(line)

    def failed(self):
        """How many tests did, but for those that were run again and then did not."""
        return sum(slot.shared.failed for slot in self.slots.values()) - self.forgiven
