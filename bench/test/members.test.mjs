// Raw members against a broker that is played: what they say, in which order, and what is counted.
import assert from "node:assert/strict";
import { test } from "node:test";
import { errors } from "@moldau/protocol";
import { consumerMember } from "../groups/consumer-member.mjs";
import { ownershipOf } from "../groups/ownership.mjs";
import { keepAlive, until } from "../groups/pace.mjs";
import { quantiles } from "../statistics.mjs";

const TOPIC_ID = "AAAAAAAAAAAAAAAAAAAAAQ";

/** A connection whose answers are given, and which keeps what was asked. @param {readonly object[]} answers */
function playedConnection(answers) {
  /** @type {any[]} */
  const asked = [];
  const call = async (/** @type {unknown} */ _api, /** @type {number} */ _version, /** @type {unknown} */ request) => {
    const answer = { errorCode: 0, memberEpoch: 1, assignment: null, ...answers[asked.length] };
    asked.push(request);
    return /** @type {any} */ (answer);
  };
  return { asked, connection: { call, close: () => {} } };
}
const assigned = (/** @type {number[]} */ ...partitions) => ({ topicPartitions: [{ topicId: TOPIC_ID, partitions }] });

test("a member joins with everything, acknowledges what it was given, and is silent about it afterwards", async () => {
  const { asked, connection } = playedConnection([{ assignment: assigned(0, 1) }, {}, {}]);
  const ownership = ownershipOf(2);
  const member = consumerMember({ connection, groupId: "g", topic: "t", ownership });
  await member.join();
  await member.heartbeat();
  assert.equal(member.isOwing(), true);
  await member.heartbeat();
  assert.equal(member.isOwing(), false);
  await member.heartbeat();
  assert.deepEqual(
    asked.map(({ memberEpoch, subscribedTopicNames, topicPartitions }) => [memberEpoch, subscribedTopicNames, topicPartitions]),
    [
      [0, ["t"], []],
      [1, null, assigned(0, 1).topicPartitions],
      [1, null, null],
    ],
  );
  assert.equal(ownership.settled(), true);
});

test("a fenced member has lost its partitions, and joins anew", async () => {
  const { asked, connection } = playedConnection([
    { assignment: assigned(0) },
    { memberEpoch: 2 },
    { errorCode: errors.FENCED_MEMBER_EPOCH.code },
    {},
  ]);
  const ownership = ownershipOf(1);
  const member = consumerMember({ connection, groupId: "g", topic: "t", ownership });
  await member.join();
  for (let beat = 0; beat < 4; beat++) await member.heartbeat();
  assert.deepEqual(
    asked.map(({ memberEpoch }) => memberEpoch),
    [0, 1, 2, 0],
  );
  assert.equal(ownership.settled(), false);
  assert.equal(member.fenced(), 1);
});

test("heartbeats keep their pace, and one that is unanswered lets the next pass", async () => {
  let beats = 0;
  const member = (/** @type {boolean} */ busy) => ({
    join: () => {},
    isBusy: () => busy,
    heartbeat: async () => void beats++,
    isOwing: () => false,
    leave: async () => {},
    fenced: () => 0,
  });
  const pace = keepAlive(20, [member(false), member(true)]);
  await until("five heartbeats", () => beats >= 5, 5000);
  pace.stop();
  const { heartbeats, passed, latenessMs } = pace.take();
  assert.equal(heartbeats, beats);
  assert.ok(Math.abs(passed - heartbeats) <= 1, `${passed} passed, ${heartbeats} sent`);
  assert.equal(latenessMs.count, passed + heartbeats);
});

test("a quantile is a value that was measured", () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  assert.deepEqual(quantiles(values), { count: 100, p50: 50, p90: 90, p99: 99, p999: 100, max: 100 });
  assert.ok(Number.isNaN(quantiles([]).p50));
});
