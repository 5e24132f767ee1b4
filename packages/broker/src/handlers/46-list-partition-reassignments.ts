// ListPartitionReassignments (46): reassignments under way (KIP-455). They are done at once, so there never are any.
import { errors, ListPartitionReassignments } from "@moldau/protocol";
import { handler } from "../handler.js";

export const listPartitionReassignments = handler(ListPartitionReassignments, () => ({
  throttleTimeMs: 0,
  errorCode: errors.NONE.code,
  errorMessage: null,
  topics: [],
}));
