// A reporter of mocha for aloof: each file as it begins and ends, and its tests as they run.
"use strict";

const { Packets, fileName, messageOf, stackOf } = require("./subunit.cjs");

// How many tests each file has yet to run.
function countTests(suite, counts) {
  for (const test of suite.tests) counts.set(test.file, (counts.get(test.file) || 0) + 1);
  for (const inner of suite.suites) countTests(inner, counts);
  return counts;
}

// A hook that fails before a test is a failure of that test.
function testOf(runnable) {
  const test = runnable.type === "hook" && runnable.ctx && runnable.ctx.currentTest;
  return test && !test.state ? test : runnable;
}

class Reporter {
  constructor(runner) {
    const packets = new Packets();
    const open = new Set();
    let left = new Map();
    const begin = (file) => {
      if (!file || open.has(file)) return;
      open.add(file);
      packets.begin(fileName(file));
    };
    const tell = (test, status, texts, tags) => {
      const file = test.file || [...open].pop();
      if (!file) return;
      begin(file);
      const known = test.duration > 0;
      packets.test(fileName(file), {
        name: test.fullTitle(),
        status,
        texts,
        tags,
        start: known ? Date.now() - test.duration : undefined,
        duration: test.duration,
      });
    };
    const finish = (file) => {
      if (open.delete(file)) packets.end(fileName(file));
    };
    runner.on("start", () => (left = countTests(runner.suite, new Map())));
    runner.on("suite", (suite) => begin(suite.file));
    runner.on("hook", (hook) => begin(hook.file));
    runner.on("test", (test) => begin(test.file));
    runner.on("pass", (test) => tell(test, "success"));
    runner.on("pending", (test) => tell(test, "skip"));
    runner.on("fail", (runnable, error) => {
      const traceback = stackOf(error);
      const hook = runnable.type === "hook";
      tell(testOf(runnable), "fail", { message: messageOf(traceback), traceback }, hook ? ["error"] : []);
    });
    runner.on("test end", (test) => left.set(test.file, left.get(test.file) - 1));
    runner.on("suite end", (suite) => {
      if (left.get(suite.file) === 0) finish(suite.file);
    });
    runner.on("end", () => {
      [...open].forEach(finish);
      packets.done();
    });
  }
}

module.exports = Reporter;
