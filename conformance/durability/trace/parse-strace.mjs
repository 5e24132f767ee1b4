// What strace saw, as a list of events in the order in which it saw them: every call's entry and, apart from it, its return.
//
//   4711 20:15:01.123456 pwrite64(21</data/journal/000000.ring>, "MOLG…"..., 4096, 8192) = 4096 <0.000180>
//   4711 20:15:01.123456 pwrite64(21</data/journal/000000.ring>, "MOLG…"..., 4096, 8192 <unfinished ...>
//   4711 20:15:01.123700 <... pwrite64 resumed>) = 4096 <0.000244>
//
// A thread cannot go on before the tracer has seen the call return: so what comes later in the file happened later.

const ENTERED = /^(\d+) +\S+ (\w+)\((.*)$/;
const RETURNED = /\) += (-?\d+|\?)(.*)$/;
const UNFINISHED = / <unfinished \.\.\.>$/;
const RESUMED = /^(\d+) +\S+ <\.\.\. (\w+) resumed>(.*)$/;
/** A descriptor and what it is: a path, or a connection with its two ends. */
const DESCRIPTOR = /^(\d+)<(.*?)>(?=[,)]|$)/;

/** [{ kind: "enter" | "return", line, thread, call, args, target?, result? }]; target is what the first argument's descriptor is of. */
export function parseStrace(text) {
  const open = new Map();
  return text.split("\n").flatMap((content, index) => {
    const line = index + 1;
    const resumed = RESUMED.exec(content);
    if (resumed) {
      const [, thread, call, rest] = resumed;
      const begun = open.get(thread);
      open.delete(thread);
      if (begun?.call !== call) return [];
      return [returned({ ...begun, line }, begun.args + rest)];
    }
    const entered = ENTERED.exec(content);
    if (!entered) return [];
    const [, thread, call, rest] = entered;
    const args = rest.replace(UNFINISHED, "");
    const event = { kind: "enter", line, thread, call, args, target: targetOf(args) };
    if (UNFINISHED.test(rest)) {
      open.set(thread, event);
      return [event];
    }
    return [event, returned(event, args)];
  });
}

const targetOf = (args) => DESCRIPTOR.exec(args)?.[2];

function returned(event, text) {
  const result = RETURNED.exec(text);
  return { ...event, kind: "return", args: text, result: result ? Number(result[1]) : Number.NaN };
}
