// ListGroups (16): the groups that a broker coordinates.
// Filtered by state since v4 (KIP-518), by type since v5 (KIP-848).
import { api, array, int16, int32, string } from "../declaration.js";

export const ListGroups = api({
  key: 16,
  name: "ListGroups",
  versions: "0-5",
  flexible: "3+",
  request: {
    statesFilter: array(string(), "4+"),
    typesFilter: array(string(), "5+"),
  },
  response: {
    throttleTimeMs: int32("1+", { ignorable: true }),
    errorCode: int16(),
    groups: array({
      groupId: string(),
      protocolType: string(),
      groupState: string("4+", { ignorable: true }),
      groupType: string("5+", { ignorable: true }),
    }),
  },
});
