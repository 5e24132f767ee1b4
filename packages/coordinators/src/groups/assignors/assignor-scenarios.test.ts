// Runs the cases of testdata/, which read: topics NAME:PARTITIONS[@RACK,…], then members with what they own, then what each is given.
import { readFileSync } from "node:fs";
import { type TopicId, topicId } from "@moldau/std";
import { describe, expect, it } from "vitest";
import type { Assignment, Assignor, AssignorInput, AssignorMember, AssignorTopic } from "./assignor.js";
import { rangeAssignor } from "./range.js";
import { uniformAssignor } from "./uniform.js";

interface Scenario {
  readonly title: string;
  readonly input: AssignorInput;
  readonly given: readonly { readonly memberId: string; readonly text: string }[];
}

function parse(text: string): Scenario[] {
  const blocks = text.replace(/^#.*$/gm, "").split(/\n(?=\S)/);
  return blocks.filter((block) => block.trim() !== "").map(parseScenario);
}

function parseScenario(block: string): Scenario {
  const [title = "", ...lines] = block.trim().split("\n");
  const members = new Map<string, AssignorMember>();
  const topics = new Map<TopicId, AssignorTopic>();
  const given: { memberId: string; text: string }[] = [];
  for (const line of lines) {
    const [verb, ...words] = line.trim().split(/\s+/);
    if (verb === "topics") for (const topic of words.map(parseTopic)) topics.set(topic.topicId, topic);
    else if (verb === "member") members.set(words[0] ?? "", parseMember(words));
    else if (verb === "gives") given.push({ memberId: words[0] ?? "", text: words.slice(1).join(" ") });
    else throw new Error(`${title}: unknown word ${verb}`);
  }
  return { title, input: { members, topics }, given };
}

function parseTopic(word: string): AssignorTopic {
  const [, name = "", count = "", racks] = /^(\w+):(\d+)(?:@(.*))?$/.exec(word) ?? [];
  return {
    topicId: topicId(name),
    partitionCount: Number(count),
    racks: (partition) => racks?.split(",").slice(partition, partition + 1) ?? [],
  };
}

function parseMember([memberId = "", ...words]: readonly string[]): AssignorMember {
  const after = (keyword: string): string[] => {
    const start = words.indexOf(keyword) + 1;
    if (start === 0) return [];
    const length = words.slice(start).findIndex((word) => ["subscribes", "owns", "instance", "rack"].includes(word));
    return words.slice(start, length < 0 ? undefined : start + length);
  };
  return {
    memberId,
    instanceId: after("instance")[0] ?? null,
    rackId: after("rack")[0] ?? null,
    topicIds: new Set(after("subscribes").map(topicId)),
    assigned: new Map(
      after("owns").map((word) => {
        const [name = "", partitions = ""] = word.split(":");
        return [topicId(name), partitions.split(",").map(Number)];
      }),
    ),
  };
}

const show = (assignment: Assignment | undefined): string =>
  [...(assignment ?? [])]
    .map(([topic, partitions]) => `${topic}:${partitions.join()}`)
    .sort()
    .join(" ") || "-";

function run(name: string, assignor: Assignor): void {
  describe(`the ${assignor.name} assignor`, () => {
    for (const { title, input, given } of parse(readFileSync(new URL(`testdata/${name}`, import.meta.url), "utf8"))) {
      it(title, () => {
        const result = assignor.assign(input);
        const shown = given.map(({ memberId }) => {
          const assignment = result.get(memberId);
          return `${memberId} ${assignment === input.members.get(memberId)?.assigned ? "same" : show(assignment)}`;
        });
        expect(shown).toEqual(given.map(({ memberId, text }) => `${memberId} ${text}`));
        expect([...result.keys()]).toEqual([...input.members.keys()]);
      });
    }
  });
}

run("uniform.txt", uniformAssignor);
run("range.txt", rangeAssignor);
