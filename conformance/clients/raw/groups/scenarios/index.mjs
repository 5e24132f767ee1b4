// All scenarios, in the order they are played: [name, play, how?].
import { classicMembership } from "./classic-membership.mjs";
import { classicStatic } from "./classic-static.mjs";
import { consumerGroups } from "./consumer-groups.mjs";
import { consumerMembers } from "./consumer-members.mjs";
import { coordinators } from "./coordinators.mjs";
import { deletions } from "./deletions.mjs";
import { descriptions } from "./descriptions.mjs";
import { migrations } from "./migrations.mjs";
import { offsets } from "./offsets.mjs";
import { strangers } from "./strangers.mjs";

export const scenarios = [
  ...coordinators,
  ...strangers,
  ...classicMembership,
  ...classicStatic,
  ...offsets,
  ...descriptions,
  ...deletions,
  ...consumerGroups,
  ...consumerMembers,
  ...migrations,
];
