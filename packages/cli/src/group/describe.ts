// A group described: how far it has read, what is left, who reads what.
import type { GroupDescription } from "@moldau/client";
import type { ClientFlags } from "../client/flags.js";
import { valuesOf } from "../client/outcomes.js";
import { withClient } from "../client/with-client.js";
import type { CommandIo } from "../io.js";
import { countText, jsonLine, table } from "../text.js";
import { lagOf, type PartitionLag } from "./lag.js";

export interface DescribeFlags extends ClientFlags {
  readonly members?: true;
}

export async function describe(io: CommandIo, names: readonly string[], flags: DescribeFlags): Promise<void> {
  await withClient(io, flags, async (client) => {
    const admin = client.admin();
    const groups = valuesOf(io, await admin.groups.describe(names).outcomes(), flags.bootstrap, (name) => name);
    for (const [at, group] of groups.entries()) {
      const partitions = await lagOf(admin, group);
      if (flags.json) {
        await io.write(
          jsonLine({ ...group, partitions: partitions.map(({ member, ...rest }) => ({ ...rest, memberId: member?.memberId })) }),
        );
      } else {
        await io.write(`${at > 0 ? "\n" : ""}${headline(group, partitions)}${flags.members ? membersTable(group) : lagTable(partitions)}`);
      }
    }
  });
}

function headline({ groupId, type, state, members, assignor, epoch }: GroupDescription, partitions: readonly PartitionLag[]): string {
  const left = partitions.reduce((sum, { lag = 0 }) => sum + lag, 0);
  const by = assignor === "" ? "" : `, assigned by ${assignor}`;
  const at = epoch === undefined ? "" : `, epoch ${epoch}`;
  return `${groupId}: ${type}, ${state}, ${countText(members.length, "member")}, ${countText(left, "record")} to read${by}${at}\n`;
}

function lagTable(partitions: readonly PartitionLag[]): string {
  if (partitions.length === 0) return "It has read nothing yet.\n";
  const rows = partitions.map(({ topic, partition, committed, end, lag, member }) => [
    topic,
    partition,
    committed ?? "-",
    end ?? "-",
    lag ?? "-",
    member?.memberId ?? "-",
    member ? `${member.clientId}${member.clientHost}` : "-",
  ]);
  return table(["TOPIC", "PARTITION", "COMMITTED", "END", "LAG", "MEMBER", "CLIENT"], rows);
}

function membersTable({ members }: GroupDescription): string {
  if (members.length === 0) return "It has no members.\n";
  const rows = members.map(({ memberId, instanceId, clientId, clientHost, assignment }) => [
    memberId,
    instanceId ?? "-",
    `${clientId}${clientHost}`,
    partitionsText(assignment),
  ]);
  return table(["MEMBER", "INSTANCE", "CLIENT", "PARTITIONS"], rows);
}

/** "orders:0,1 payments:2" */
function partitionsText(assignment: GroupDescription["members"][number]["assignment"]): string {
  const topics = new Map<string, number[]>();
  for (const { topic, partition } of assignment) topics.set(topic, [...(topics.get(topic) ?? []), partition]);
  return [...topics].map(([topic, partitions]) => `${topic}:${partitions.sort((a, b) => a - b).join(",")}`).join(" ") || "-";
}
