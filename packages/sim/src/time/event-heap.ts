// What is still to happen, the earliest first; of two at the same time the one that was asked for first.

export interface Event {
  readonly atMs: number;
  readonly order: number;
  readonly action: () => void;
  cancelled: boolean;
}

export interface EventHeap {
  push(event: Event): void;
  pop(): Event | undefined;
}

/** A binary heap in an array. */
export function eventHeap(): EventHeap {
  const heap: Event[] = [];
  return {
    push(event) {
      let at = heap.push(event) - 1;
      while (at > 0) {
        const parent = (at - 1) >> 1;
        const above = heap[parent] as Event;
        if (!isBefore(event, above)) break;
        heap[at] = above;
        at = parent;
      }
      heap[at] = event;
    },
    pop() {
      const first = heap[0];
      const last = heap.pop();
      if (!first || !last || heap.length === 0) return first;
      heap[sink(heap, last)] = last;
      return first;
    },
  };
}

/** Moves smaller events up until there is a place where `event` may be; gives the place. */
function sink(heap: Event[], event: Event): number {
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) return at;
    const right = heap[child + 1];
    if (right && isBefore(right, heap[child] as Event)) child++;
    const below = heap[child] as Event;
    if (!isBefore(below, event)) return at;
    heap[at] = below;
    at = child;
  }
}

const isBefore = (a: Event, b: Event) => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
