// The groups there are.
import type { GroupType } from "@moldau/client";
import type { ClientFlags } from "../client/flags.js";
import { withClient } from "../client/with-client.js";
import { UsageError } from "../exit.js";
import type { CommandIo } from "../io.js";
import { jsonLine, table } from "../text.js";

export interface ListFlags extends ClientFlags {
  readonly state?: readonly string[];
  readonly type?: readonly string[];
}

const TYPES = ["classic", "consumer", "share", "streams"] as const satisfies readonly GroupType[];

export async function list(io: CommandIo, flags: ListFlags): Promise<void> {
  const types = (flags.type ?? []).map((text) => {
    const type = TYPES.find((known) => known === text);
    if (!type) throw new UsageError(`--type must be one of ${TYPES.join(", ")}, and "${text}" is not.`);
    return type;
  });
  await withClient(io, flags, async (client) => {
    const groups = await client.admin().groups.list({ types, states: flags.state ?? [] });
    if (flags.json) {
      for (const group of groups) await io.write(jsonLine(group));
      return;
    }
    if (groups.length === 0) return io.error("There are no such groups.\n");
    const rows = groups.map(({ groupId, type, state, protocolType }) => [groupId, type, state, protocolType || "-"]);
    await io.write(table(["GROUP", "TYPE", "STATE", "PROTOCOL"], rows));
  });
}
