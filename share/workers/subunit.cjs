// What reporters of JavaScript tell aloof: a file's tests, as subunit packets on standard output.
"use strict";

const fs = require("fs");
const path = require("path");

const STATUS = { none: 0, exists: 1, inprogress: 2, success: 3, skip: 5, fail: 6, xfail: 7 };
const PIECE = 3000; // octets of an attachment in one packet, so that it is one write on a pipe
const NAME = 1000; // characters of a name, likewise
const TEXT = "text/plain;charset=utf8";

const CRC = Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
  return n >>> 0;
});

function checksum(octets) {
  let crc = 0xffffffff;
  for (const octet of octets) crc = CRC[(crc ^ octet) & 0xff] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

// The two top bits tell how many octets there are.
function sized(value, octets) {
  const whole = Buffer.alloc(4);
  whole.writeUInt32BE((value | ((octets - 1) << (octets * 8 - 2))) >>> 0);
  return whole.subarray(4 - octets);
}

function number(value) {
  return sized(value, value < 1 << 6 ? 1 : value < 1 << 14 ? 2 : value < 1 << 22 ? 3 : 4);
}

function string(text) {
  const octets = Buffer.isBuffer(text) ? text : Buffer.from(String(text).replace(/\0/g, " "));
  return Buffer.concat([number(octets.length), octets]);
}

function time(ms) {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(Math.floor(ms / 1000));
  return Buffer.concat([head, number(Math.floor((ms % 1000) * 1e6))]);
}

// Standard output as it is now, opened anew: without the loop's non-blocking mode, and no test's to close.
function open() {
  try {
    return fs.openSync("/dev/stdout", "a");
  } catch {
    return 1;
  }
}

class Packets {
  constructor() {
    this.fd = open();
    this.began = new Map(); // the names so far of each file that runs
  }

  // The file begins.
  begin(file) {
    if (this.began.has(file)) return;
    this.began.set(file, new Map());
    this.packet(file, "inprogress");
  }

  // A test of the file: name; status; texts, its attachments by name; start in ms since 1970 and duration in ms, where
  // they are known.
  test(file, { name, status, texts = {}, start, duration, tags = [] }) {
    this.begin(file);
    const names = this.began.get(file);
    const cut = [...String(name || "(no name)")].slice(0, NAME).join("");
    const same = (names.get(cut) || 0) + 1;
    names.set(cut, same);
    const id = `${file} > ${same > 1 ? `${cut} #${same}` : cut}`;
    if (start > 0 && status !== "skip") this.packet(id, "inprogress", { at: start });
    this.attach(id, texts);
    this.packet(id, status, { tags, at: start > 0 ? start + (duration || 0) : undefined });
  }

  // The file is over.
  end(file, status = "success", texts = {}, tags = []) {
    this.begin(file);
    this.attach(file, texts);
    this.packet(file, status, { tags });
    this.began.delete(file);
  }

  // What went wrong with a file was noticed when it was over.
  blame(file, texts) {
    this.attach(file, texts);
    this.packet(file, "fail");
  }

  // All that ran is told.
  done() {
    this.packet("", "none");
  }

  attach(id, texts) {
    for (const [name, text] of Object.entries(texts)) {
      const octets = Buffer.from(String(text || ""));
      for (let at = 0; at < octets.length; at += PIECE)
        this.packet(id, "none", { file: [name, octets.subarray(at, at + PIECE)] });
    }
  }

  packet(id, status, { at = Date.now(), tags = [], file } = {}) {
    const flags = 0x2000 | 0x0200 | (id ? 0x0900 : 0) | (tags.length > 0 ? 0x0080 : 0) | (file ? 0x0060 : 0) | STATUS[status];
    const parts = id ? [time(at), string(id)] : [time(at)];
    if (tags.length > 0) parts.push(number(tags.length), ...tags.map(string));
    if (file) parts.push(string(TEXT), string(file[0]), string(file[1]));
    const body = Buffer.concat(parts);
    const size = [1, 2, 3].find((octets) => number(body.length + 7 + octets).length <= octets);
    const packet = Buffer.concat([Buffer.from([0xb3, flags >> 8, flags & 0xff]), sized(body.length + 7 + size, size), body]);
    const end = Buffer.alloc(4);
    end.writeUInt32BE(checksum(packet));
    fs.writeSync(this.fd, Buffer.concat([packet, end]));
  }
}

// As the file was asked for.
function fileName(file) {
  return path.relative(process.cwd(), file);
}

// What a stack says before its frames.
function messageOf(stack) {
  const frames = String(stack).search(/\n\s+at /);
  return frames < 0 ? String(stack) : stack.slice(0, frames);
}

function stackOf(error) {
  const stack = String((error && (error.stack || error.message)) || error);
  const whole = error && error.message && !stack.includes(error.message) ? `${error.message}\n${stack}` : stack;
  return error && error.cause ? `${whole}\nCaused by: ${stackOf(error.cause)}` : whole;
}

module.exports = { Packets, fileName, messageOf, stackOf };
