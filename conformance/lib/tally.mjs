// What the checks came to: one line each as they happen, the sum at the end.
const ESCAPE = String.fromCharCode(27);
const colours = { ok: 32, "not ok": 31, skip: 33 };
const paint = (verdict) => (process.stdout.isTTY ? `${ESCAPE}[${colours[verdict]}m${verdict}${ESCAPE}[0m` : verdict);

/** Counts checks. `record` takes a verdict ("ok" | "not ok" | "skip"), the suite, the check and, unless ok, the reason. */
export function openTally() {
  const counts = { ok: 0, "not ok": 0, skip: 0 };
  const skipped = [];
  const failures = [];
  const record = (verdict, suite, text) => {
    counts[verdict]++;
    const line = `${suite}: ${text}`;
    if (verdict === "skip") skipped.push(line);
    if (verdict === "not ok") failures.push(line);
    console.log(`${paint(verdict)} ${line}`);
  };
  const summary = () => {
    const lines = failures.map((line) => `failed  ${line}`);
    if (counts.skip > 0) lines.push(...skipped.map((line) => `skipped ${line}`), `${counts.skip} skipped`);
    lines.push(`${counts.ok} passed, ${counts["not ok"]} failed`);
    return lines.join("\n");
  };
  return { record, summary, failed: () => counts["not ok"] > 0 };
}
