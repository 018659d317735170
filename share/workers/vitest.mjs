// A reporter of vitest for aloof: each file as it begins, and its tests as it ends.
import { createRequire } from "node:module";

const { Packets, fileName, messageOf, stackOf } = createRequire(import.meta.url)("./subunit.cjs");

const STATUS = { pass: "success", fail: "fail" };

function errorsOf(task) {
  return ((task.result && task.result.errors) || []).map(stackOf);
}

export default class Reporter {
  packets = new Packets();
  told = new Set();

  onTestModuleQueued(module) {
    this.packets.begin(fileName(module.moduleId));
  }

  onTestModuleStart(module) {
    this.packets.begin(fileName(module.moduleId));
  }

  onTestModuleEnd(module) {
    this.tell(module.task);
  }

  onTestRunEnd(modules, errors) {
    this.onFinished(
      modules.filter((module) => module.state() !== "pending" && module.state() !== "queued").map((module) => module.task),
      errors,
    );
  }

  // What vitest 2 has instead of all of these.
  onFinished(files = [], errors = []) {
    for (const file of files) this.tell(file);
    for (const error of errors) this.blame(error, error.VITEST_TEST_PATH && fileName(error.VITEST_TEST_PATH));
  }

  // An error that no test caught.
  blame(error, file) {
    const stack = stackOf(error);
    if (this.told.has(file)) this.packets.blame(file, { message: messageOf(stack), traceback: stack });
    else process.stderr.write(`${stack}\n`);
  }

  onUserConsoleLog(log) {
    process[log.type].write(log.content);
  }

  // The whole of a file that has ended.
  tell(task) {
    const file = fileName(task.filepath);
    if (this.told.has(file)) return;
    this.told.add(file);
    const charges = errorsOf(task);
    const tests = this.walk(file, task.tasks || [], [], charges);
    const traceback = charges.join("\n\n");
    if (traceback)
      this.packets.end(file, "fail", { message: messageOf(traceback), traceback }, [tests ? "error" : "collection"]);
    else if (tests === 0) this.packets.end(file, "skip", { reason: "there is nothing in it" });
    else this.packets.end(file);
  }

  // How many tests there are; what fails around them is added to charges.
  walk(file, tasks, above, charges) {
    let count = 0;
    for (const task of tasks) {
      if (task.tasks) {
        charges.push(...errorsOf(task));
        count += this.walk(file, task.tasks, [...above, task.name], charges);
      } else {
        this.test(file, task, [...above, task.name].join(" "));
        count++;
      }
    }
    return count;
  }

  test(file, task, name) {
    const result = task.result || {};
    const traceback = errorsOf(task).join("\n\n");
    const status = STATUS[result.state] || "skip";
    const reason = task.mode === "todo" ? "todo" : result.note;
    this.packets.test(file, {
      name,
      status,
      texts: status === "fail" ? { message: messageOf(traceback), traceback } : status === "skip" && reason ? { reason } : {},
      start: result.startTime,
      duration: result.duration,
    });
  }
}
