// What /proc says about processes that know their own use: one burns CPU in a thread and in a grandchild, one holds memory.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { cpuSeconds, forgetPeak, peakResidentBytes, processTree, residentBytes } from "../measure/proc.mjs";

/**
 * Runs JavaScript in a child until it prints a line, then hands that over with its pid while it waits.
 * @param {string} code
 * @param {(pid: number, line: string) => void} look
 */
async function withChild(code, look) {
  const child = spawn(process.execPath, ["-e", `${code}; setTimeout(() => {}, 30000)`], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const [line] = await once(child.stdout.setEncoding("utf8"), "data");
    if (child.pid === undefined) throw new Error("no child");
    look(child.pid, line);
  } finally {
    child.kill("SIGKILL");
  }
}

const burn = "for (const end = process.cpuUsage().user + 300000; process.cpuUsage().user < end; );";
const used = "const { user, system } = process.cpuUsage(); console.log((user + system) / 1e6);";

test("counts the CPU of threads that have ended and of descendants", async () => {
  const grandchildCode = `${burn} ${used} setTimeout(() => {}, 2000)`;
  const code = `
    new (require("worker_threads").Worker)(${JSON.stringify(burn)}, { eval: true }).on("exit", () => {
      const grandchild = require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(grandchildCode)}]);
      grandchild.stdout.on("data", (theirs) => {
        const { user, system } = process.cpuUsage();
        console.log((user + system) / 1e6 + Number(theirs));
      });
    })`;
  await withChild(code, (pid, line) => {
    assert.equal(processTree(pid).length, 2);
    const [seconds, known] = [cpuSeconds(pid), Number(line)];
    assert.ok(known > 0.6);
    assert.ok(Math.abs(seconds - known) < 0.1, `${seconds} s measured, ${known} s by their own account`);
  });
});

test("knows the peak after the memory has been given back, until it is told to forget it", async () => {
  const code = `
    const { Worker } = require("worker_threads");
    new Worker("Buffer.alloc(300e6, 1)", { eval: true }).on("exit", () => console.log("given back"))`;
  await withChild(code, (pid) => {
    assert.ok(peakResidentBytes(pid) > 300e6);
    assert.ok(residentBytes(pid) < 200e6, `${residentBytes(pid)} bytes`);
    forgetPeak(pid);
    assert.ok(peakResidentBytes(pid) < 200e6, `a peak of ${peakResidentBytes(pid)} bytes`);
  });
});
