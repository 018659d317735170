// A reporter of jest for aloof: each file as it begins, and its tests as it ends.
"use strict";

const { Packets, fileName, messageOf } = require("./subunit.cjs");

const STATUS = { passed: "success", failed: "fail", pending: "skip", skipped: "skip", disabled: "skip", todo: "skip" };
const WHOLE = "Test suite failed to run\n";

function textsOf(test) {
  const traceback = (test.failureMessages || []).join("\n\n");
  if (test.status === "failed") return { message: messageOf(traceback), traceback };
  return test.status === "todo" ? { reason: "todo" } : {};
}

// What is wrong with the file beside its tests; "": nothing.
function chargeOf(result) {
  const message = result.failureMessage || "";
  const at = message.indexOf(WHOLE);
  if (at >= 0) return message.slice(at + WHOLE.length);
  if (result.testExecError && result.numFailingTests === 0) return message || String(result.testExecError.message);
  return "";
}

class Reporter {
  constructor() {
    this.packets = new Packets();
    this.error = undefined;
  }

  onTestFileStart(test) {
    this.packets.begin(fileName(test.path));
  }

  onTestFileResult(test, result) {
    const file = fileName(test.path);
    let start = result.perfStats && result.perfStats.start;
    this.packets.begin(file);
    for (const { type, message } of result.console || [])
      this.packets.attach(file, { [type === "error" || type === "warn" ? "stderr" : "stdout"]: `${message}\n` });
    for (const test of result.testResults) {
      const failing = test.status === "passed" && test.failing;
      const began = test.startAt || start;
      this.packets.test(file, {
        name: String(test.fullName).trim(),
        status: failing ? "xfail" : STATUS[test.status] || "skip",
        texts: textsOf(test),
        start: began,
        duration: test.duration,
      });
      start = began + (test.duration || 0);
    }
    this.end(file, result);
  }

  end(file, result) {
    const charge = chargeOf(result).replace(/^\s*\n/, "");
    const tests = result.testResults.length;
    if (charge)
      this.packets.end(file, "fail", { message: charge.split(/\n\s*\n/)[0], traceback: charge }, [tests ? "error" : "collection"]);
    else if (tests === 0) this.packets.end(file, "skip", { reason: "there is nothing in it" });
    else this.packets.end(file);
  }

  getLastError() {}
}

module.exports = Reporter;
