// What coordinators tell the operator.

export type CoordinatorEvent =
  | { readonly kind: "loaded"; readonly partition: number; readonly records: number; readonly bytes: number; readonly tookMs: number }
  /** The first failure of a row: the state cannot be read or written, and is loaded anew until it can. */
  | { readonly kind: "failing"; readonly partition: number; readonly error: Error }
  | { readonly kind: "healed"; readonly partition: number }
  /** The machine threw while deciding; the command came to nothing. */
  | { readonly kind: "undecided"; readonly partition: number; readonly error: Error }
  /** A record was left out while loading. */
  | { readonly kind: "unreadable"; readonly partition: number; readonly offset: number; readonly reason: string };

export type ReportCoordinator = (event: CoordinatorEvent) => void;
