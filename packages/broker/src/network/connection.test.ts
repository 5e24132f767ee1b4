import { memoryNetwork } from "@moldau/env";
import { describe, expect, it } from "vitest";
import { type Answer, CloseConnection, type RequestLink, serveConnection } from "./connection.js";
import { frameMemory } from "./frame-memory.js";

interface Begun {
  readonly text: string;
  readonly link: RequestLink;
  answer(answer: Answer): void;
  fail(error: Error): void;
}

/** A served connection and a client that sends frames of text; requests are answered by the test. */
async function world() {
  const network = memoryNetwork();
  const begun: Begun[] = [];
  const complaints: string[] = [];
  const memory = frameMemory(1024 * 1024);
  let over = false;
  const listener = await network.listen({ host: "broker", port: 0 }, (connection) => {
    serveConnection(connection, {
      memory,
      maxFrameBytes: 500_000,
      handle: (frame, link) =>
        new Promise<Answer>((answer, fail) => {
          begun.push({ text: Buffer.from(frame.bytes.subarray(0, 10)).toString(), link, answer, fail });
          frame.release();
        }),
      complain: (_peer, reason) => complaints.push(reason),
      closed: () => {
        over = true;
      },
      now: () => 0,
    });
  });
  const client = network.connect(listener);
  const received: Buffer[] = [];
  const space = Buffer.alloc(64 * 1024);
  let closed = false;
  client.open({
    space: () => space,
    received: (count) => received.push(Buffer.from(space.subarray(0, count))),
    closed: () => {
      closed = true;
    },
  });
  const settle = async () => {
    for (let turn = 0; turn < 50; turn++) await Promise.resolve();
  };
  return {
    begun,
    complaints,
    memory,
    client,
    settle,
    over: () => over,
    closed: () => closed,
    received: () => Buffer.concat(received).toString(),
    async send(...texts: readonly string[]) {
      for (const text of texts) {
        const length = Buffer.alloc(4);
        length.writeInt32BE(text.length);
        client.write([length, Buffer.from(text)], () => {});
      }
      await settle();
    },
  };
}

const saying = (text: string): Answer => ({ parts: [Buffer.from(text)] });
const texts = (begun: readonly Begun[]) => begun.map(({ text }) => text);

describe("serveConnection", () => {
  it("begins the next request when the one before is answered", async () => {
    const { send, begun, settle, received } = await world();
    await send("a", "b");
    expect(texts(begun)).toEqual(["a"]);
    begun[0]?.answer(saying("A"));
    await settle();
    expect(texts(begun)).toEqual(["a", "b"]);
    expect(received()).toBe("A");
  });

  it("begins the next one sooner when told to proceed, and still answers in order", async () => {
    const { send, begun, settle, received } = await world();
    await send("a", "b", "c");
    begun[0]?.link.proceed();
    begun[1]?.link.proceed();
    await settle();
    expect(texts(begun)).toEqual(["a", "b", "c"]);
    begun[2]?.answer(saying("C"));
    begun[1]?.answer(saying("B"));
    await settle();
    expect(received()).toBe("");
    begun[0]?.answer(saying("A"));
    await settle();
    expect(received()).toBe("ABC");
  });

  it("sends nothing for a request that wants no answer", async () => {
    const { send, begun, settle, received } = await world();
    await send("a", "b");
    begun[0]?.answer({ parts: undefined });
    await settle();
    begun[1]?.answer(saying("B"));
    await settle();
    expect(received()).toBe("B");
  });

  it("says when an answer is sent, so that its memory can go", async () => {
    const { send, begun, settle } = await world();
    await send("a");
    let sent = 0;
    begun[0]?.answer({ ...saying("A"), sent: () => sent++ });
    await settle();
    expect(sent).toBe(1);
  });

  it("frees the memory of answers and requests that find their client gone", async () => {
    const { send, begun, settle, client, over, memory } = await world();
    await send("a", "x".repeat(100_000));
    client.destroy();
    await settle();
    let sent = 0;
    begun[0]?.answer({ ...saying("A"), sent: () => sent++ });
    await settle();
    begun[1]?.answer({ ...saying("B"), sent: () => sent++ });
    await settle();
    expect({ over: over(), sent, held: memory.heldBytes() }).toEqual({ over: true, sent: 2, held: 0 });
  });

  it("lets no further request begin while the client does not read", async () => {
    const { send, begun, settle, client } = await world();
    client.pause();
    await send("a", "b");
    begun[0]?.answer({ parts: [Buffer.alloc(1024 * 1024)] });
    await settle();
    expect(texts(begun)).toEqual(["a"]);
    client.resume();
    await settle();
    expect(texts(begun)).toEqual(["a", "b"]);
  });

  it("closes with one complaint when a request cannot be answered, or is no frame", async () => {
    const failing = await world();
    await failing.send("a");
    failing.begun[0]?.fail(new CloseConnection("unknown API key 999"));
    await failing.settle();
    expect({ closed: failing.closed(), complaints: failing.complaints }).toEqual({ closed: true, complaints: ["unknown API key 999"] });

    const garbled = await world();
    garbled.client.write([Buffer.from("GET / HTTP/1.1\r\n")], () => {});
    await garbled.settle();
    expect(garbled.closed()).toBe(true);
    expect(garbled.complaints).toHaveLength(1);
  });
});
