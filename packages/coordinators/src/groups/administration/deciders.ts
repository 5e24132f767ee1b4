// How groups are listed, described and deleted.
import type { Deciders } from "../decider.js";
import { deleteGroup } from "./delete-group.js";
import { describeConsumerGroup, describeGroup } from "./describe.js";
import { listGroups } from "./list.js";

export const administrationDeciders = {
  describeGroup,
  describeConsumerGroup,
  listGroups,
  deleteGroup,
} satisfies Partial<Deciders>;
