"""Packets of subunit v2, both ways."""

import fcntl
import json
import os
import struct
import tempfile
import zlib

from aloof_worker.descriptors import high

PACKET_MAX = 4096  # PIPE_BUF: what several processes write to one pipe stays whole up to here
LONG_ID = 3000  # octets; beyond it packets cannot stay below PACKET_MAX and writers take a lock
keep = 1 << 20  # octets kept of any captured text, half of them from its end; see limit_texts
TEXT = b"text/plain;charset=utf8"

EXISTS, INPROGRESS, SUCCESS, UXSUCCESS, SKIP, FAIL, XFAIL = range(1, 8)


def number(value):
    """A number in the self-sizing form of subunit v2."""
    if value < 0x40:
        return bytes((value,))
    if value < 0x4000:
        return struct.pack(">H", value | 0x4000)
    if value < 0x400000:
        return struct.pack(">I", value | 0x800000)[1:]
    return struct.pack(">I", value | 0xC0000000)


def string(octets):
    return number(len(octets)) + octets


def utf8(text):
    """Text as the protocol wants it: valid UTF-8 without NUL."""
    return text.encode("utf-8", "replace").replace(b"\0", b"\xef\xbf\xbd")


def packet(
    status=0, test_id=None, tags=(), mime=None, file=None, route=None, eof=False, time=None, runnable=False
):
    """One subunit v2 packet. All strings are octets; file: (name, content); time: nanoseconds since 1970."""
    flags = 0x2000 | status
    body = []
    if time is not None:
        flags |= 0x0200
        seconds, nanoseconds = divmod(time, 1000000000)
        body.append(struct.pack(">I", seconds) + number(nanoseconds))
    if test_id is not None:
        flags |= 0x0800
        body.append(string(test_id))
    if tags:
        flags |= 0x0080
        body.append(number(len(tags)) + b"".join(map(string, tags)))
    if mime is not None:
        flags |= 0x0020
        body.append(string(mime))
    if file is not None:
        flags |= 0x0040
        body.append(string(file[0]) + string(file[1]))
    if route is not None:
        flags |= 0x0400
        body.append(string(route))
    if runnable:
        flags |= 0x0100
    if eof:
        flags |= 0x0010
    content = b"".join(body)
    base = len(content) + 7
    size = base + 1 if base <= 62 else base + 2 if base <= 16381 else base + 3
    head = b"\xb3" + struct.pack(">H", flags) + number(size) + content
    return head + struct.pack(">I", zlib.crc32(head))


def message_packet(name, content, route=None):
    """A control message of which the JSON is there already."""
    return packet(file=(name, content), mime=b"application/json", eof=True, route=route)


class Commands:
    """Takes octets, gives commands: (name without "aloof.", slot or None, the packet itself, its JSON as octets)."""

    def __init__(self):
        self.pending = b""

    def feed(self, data):
        self.pending += data
        found = []
        while len(self.pending) >= 6:
            size, _ = self.number(self.pending, 3)
            if len(self.pending) < size:
                break
            found.append(self.read(self.pending[:size]))
            self.pending = self.pending[size:]
        return found

    @staticmethod
    def number(data, at):
        size = (data[at] >> 6) + 1
        return int.from_bytes(data[at : at + size], "big") & ((1 << (8 * size - 2)) - 1), at + size

    def string(self, data, at):
        size, at = self.number(data, at)
        return data[at : at + size], at + size

    def read(self, data):
        flags = struct.unpack_from(">H", data, 1)[0]
        _, at = self.number(data, 3)
        if flags & 0x0200:
            _, at = self.number(data, at + 4)
        if flags & 0x0800:
            _, at = self.string(data, at)
        if flags & 0x0080:
            count, at = self.number(data, at)
            for _ in range(count):
                _, at = self.string(data, at)
        if flags & 0x0020:
            _, at = self.string(data, at)
        name = content = b""
        if flags & 0x0040:
            name, at = self.string(data, at)
            content, at = self.string(data, at)
        route, at = self.string(data, at) if flags & 0x0400 else (b"", at)
        slot = int(route) if route.isdigit() else None
        return name.decode()[len("aloof.") :], slot, data, content or b"{}"


class Events:
    """The writing end of the stream of events, shared by all processes of the worker."""

    def __init__(self, fd):
        os.set_blocking(fd, True)
        self.fd = fd
        self.lock_fd = None

    def lock_writes(self):
        """From now on packets may exceed PACKET_MAX: each write takes a lock that all forks share."""
        with tempfile.TemporaryFile(buffering=0) as file:
            self.lock_fd = high(os.dup(file.fileno()))

    def write(self, octets):
        if self.lock_fd is None:
            written = os.write(self.fd, octets)
            while written < len(octets):  # only while no other process writes
                written += os.write(self.fd, octets[written:])
            return
        fcntl.lockf(self.lock_fd, fcntl.LOCK_EX)
        try:
            while octets:
                octets = octets[os.write(self.fd, octets) :]
        finally:
            fcntl.lockf(self.lock_fd, fcntl.LOCK_UN)

    def message(self, verb, body, route=None):
        self.write(message_packet(b"aloof." + verb.encode(), utf8(json.dumps(body)), route))

    def attach(self, name, content, test_id=None, route=None):
        """Sends a whole text, in pieces that stay whole."""
        room = PACKET_MAX - 100 - len(test_id or b"")
        if self.lock_fd is not None:
            room = 65536
        for start in range(0, max(len(content), 1), room):
            piece = content[start : start + room]
            last = start + room >= len(content)
            mime = TEXT if start == 0 else None
            self.write(packet(0, test_id, mime=mime, file=(name, piece), route=route, eof=last))


def limit_texts(count):
    """From now on so many octets are kept of any text, in this process and those it forks; None: as before."""
    global keep
    keep = count or keep


def clip(content):
    """What is kept of the content, from both its ends."""
    if len(content) <= keep:
        return content
    half = keep // 2
    return content[:half] + dropped(len(content) - keep) + content[-half:]


def dropped(count):
    return b"\n\xe2\x80\xa6 %d bytes dropped \xe2\x80\xa6\n" % count
