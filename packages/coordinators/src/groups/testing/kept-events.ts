// What the topic keeps of the events of a test, to load the state from again.
import type { EncodedMarker } from "../../runtime/internal-log.js";
import type { EncodedEvent } from "../../runtime/machine.js";
import type { GroupsEvent } from "../events.js";
import { groupsMachine } from "../machine.js";
import type { GroupsState } from "../state.js";

export interface KeptEvents {
  keep(event: GroupsEvent): void;
  /** The state that a restart finds. */
  replay(): GroupsState;
}

export function keptEvents(): KeptEvents {
  const kept: (EncodedEvent | EncodedMarker)[] = [];
  return {
    keep(event) {
      const end = groupsMachine.encodeMarker?.(event);
      const encoded = end ? { marker: end } : groupsMachine.encode(event);
      if (encoded) kept.push(encoded);
    },
    replay() {
      const state = groupsMachine.empty();
      for (const one of kept) {
        const event = "marker" in one ? groupsMachine.decodeMarker?.(one.marker) : groupsMachine.decode(one.key, one.value, one.producer);
        if (event) groupsMachine.apply(state, event);
      }
      return state;
    },
  };
}
