// Cuts a port off, as a crash does: what was done stays, what is asked for from then on never happens.

export interface Severable<Port> {
  readonly port: Port;
  sever(): void;
}

/** Methods of the ports that have no effect outside, and answer at once. */
const HARMLESS: ReadonlySet<string | symbol> = new Set(["alignedMemory", "nextSegmentId", "location"]);

/** Every other method of the port, and of the objects that its promises give, hangs for ever once it is severed. */
export function severable<Port extends object>(port: Port): Severable<Port> {
  let severed = false;
  const wrap = <Target extends object>(target: Target): Target =>
    new Proxy(target, {
      get(of, name) {
        const value: unknown = Reflect.get(of, name, of);
        if (typeof value !== "function") return isPort(value) ? wrap(value) : value;
        return (...given: unknown[]) => {
          if (severed && !HARMLESS.has(name)) return new Promise(() => {});
          const result: unknown = Reflect.apply(value, of, given);
          if (!(result instanceof Promise)) return result;
          return result.then((late: unknown) => {
            if (severed && !HARMLESS.has(name)) return new Promise(() => {});
            return isPort(late) ? wrap(late) : late;
          });
        };
      },
    });
  return {
    port: wrap(port),
    sever() {
      severed = true;
    },
  };
}

/** Objects that have methods of their own; data is passed on as it is. */
function isPort(value: unknown): value is object {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value) || Array.isArray(value)) return false;
  return Object.values(value).some((member) => typeof member === "function");
}
