// The tool box as processes: pipes that close, signals, variables.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { type BrokerInTest, startBroker } from "@moldau/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { commandPath, makeCommand } from "./command.js";

let broker: BrokerInTest;
let removeCommand = () => {};
beforeAll(async () => {
  [broker, removeCommand] = await Promise.all([startBroker(), makeCommand()]);
});
afterAll(async () => {
  removeCommand();
  await broker.stop();
});

const moldau = (...words: readonly string[]) =>
  spawn(process.execPath, [commandPath, ...words], { env: { ...process.env, MOLDAU_BOOTSTRAP: broker.bootstrap } });
type Process = ReturnType<typeof moldau>;

async function ended(child: Process): Promise<{ readonly code: unknown; readonly out: string; readonly errors: string }> {
  const [[code], out, errors] = await Promise.all([once(child, "close"), text(child.stdout), text(child.stderr)]);
  return { code, out, errors };
}

it("reads what is piped in, and finds the cluster by a variable", async () => {
  const producer = moldau("produce", "piped");
  producer.stdin.end("one\ntwo\n");
  expect(await ended(producer)).toEqual({ code: 0, out: "", errors: "" });
  expect(await ended(moldau("consume", "piped", "--from", "beginning", "--exit"))).toEqual({ code: 0, out: "one\ntwo\n", errors: "" });
});

it("stops when nobody reads what it prints, and leaves its group", async () => {
  const producer = moldau("produce", "headed");
  producer.stdin.end("line\n".repeat(200_000));
  await ended(producer);
  const consumer = moldau("consume", "headed", "--group", "heads", "--from", "beginning");
  await once(consumer.stdout, "data");
  consumer.stdout.destroy();
  const errors = text(consumer.stderr);
  expect([await once(consumer, "close"), await errors]).toEqual([[0, null], ""]);
  const { out } = await ended(moldau("group", "describe", "heads", "--json"));
  expect(JSON.parse(out)).toMatchObject({ members: [], state: "Empty" });
});

it("stops in good order when it is told to, with what it has printed committed", async () => {
  const producer = moldau("produce", "interrupted");
  producer.stdin.end("one\n");
  await ended(producer);
  const consumer = moldau("consume", "interrupted", "--group", "fingers", "--from", "beginning");
  await once(consumer.stdout, "data");
  consumer.kill("SIGINT");
  expect(await ended(consumer)).toMatchObject({ code: 0, errors: "" });
  const { out } = await ended(moldau("group", "describe", "fingers", "--json"));
  expect(JSON.parse(out)).toMatchObject({ members: [], partitions: [{ committed: 1, lag: 0 }] });
});

it("says that no broker answers, and what to do", async () => {
  const { code, out, errors } = await ended(moldau("topic", "list", "--bootstrap", "127.0.0.1:1", "--timeout", "0.2"));
  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(errors).toMatch(
    /^moldau: No broker answers at 127\.0\.0\.1:1 \(.*ECONNREFUSED.*\)\. Is one running there\? "moldau start" starts one; --bootstrap/,
  );
});
