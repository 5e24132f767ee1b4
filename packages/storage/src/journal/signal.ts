// One event that many may wait for.

export interface Signal {
  /** Resolves at the next `fire`. */
  wait(): Promise<void>;
  readonly fire: () => void;
}

export function signal(): Signal {
  let fired: (() => void) | undefined;
  let waiting: Promise<void> | undefined;
  return {
    wait: () => {
      waiting ??= new Promise((resolve) => {
        fired = resolve;
      });
      return waiting;
    },
    fire: () => {
      fired?.();
      waiting = undefined;
      fired = undefined;
    },
  };
}
