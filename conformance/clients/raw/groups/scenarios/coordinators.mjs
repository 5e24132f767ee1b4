// FindCoordinator: what a key or its type may be.
import { FindCoordinator } from "@moldau/protocol";

const one = (key, keyType) => ({ key, keyType, coordinatorKeys: [key] });

export const coordinators = [
  [
    "FindCoordinator",
    async ({ client, everyVersion, group, named }) => {
      await everyVersion("a group", FindCoordinator, one(group, 0));
      await everyVersion("an empty group id", FindCoordinator, one("", 0));
      await everyVersion("a group with an odd name", FindCoordinator, one("../a b\n", 0));
      await everyVersion("a group with a long name", FindCoordinator, one("g".repeat(1_000), 0));
      await everyVersion("a type of key that does not exist", FindCoordinator, one(group, 9), { from: 1 });
      await everyVersion("a negative type of key", FindCoordinator, one(group, -1), { from: 1 });
      await everyVersion("a share partition before there were any", FindCoordinator, one(`${group}:a:0`, 2), { from: 1, to: 5 });
      await everyVersion("a share partition's key that is none", FindCoordinator, one(group, 2), { from: 6 });
      const raw = client("raw");
      await raw.ask("several groups, one empty, one twice", FindCoordinator, 4, {
        keyType: 0,
        coordinatorKeys: [group, "", named("other"), group],
      });
      await raw.ask("no keys", FindCoordinator, 4, { keyType: 0, coordinatorKeys: [] });
    },
  ],
];
