// Tasks that must not overlap, one after another in order of asking.

/** Runs the task when all given before it have ended, well or not. */
export type InTurn = <Result>(task: () => Promise<Result>) => Promise<Result>;

export function inTurn(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const mine = last.then(task, task);
    last = mine.catch(() => {});
    return mine;
  };
}
