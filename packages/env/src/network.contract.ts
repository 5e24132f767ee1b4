// What every network must do, as tests.
import { describe, expect, it } from "vitest";
import type { Connection, ListenAddress, Network } from "./network.js";

/** The client's end of a connection: sends bytes, collects what comes back, knows when it is over. */
export interface TestClient {
  send(bytes: Uint8Array): void;
  readonly received: () => Buffer;
  /** Stops reading. */
  pause(): void;
  close(): void;
  readonly closed: Promise<void>;
}

export function describeNetwork(name: string, make: () => { network: Network; connect: (address: ListenAddress) => TestClient }): void {
  describe(`network: ${name}`, () => {
    /** A server whose connections collect what they get into spaces of `spaceBytes`. */
    async function server(spaceBytes = 10) {
      const { network, connect } = make();
      const connections: { connection: Connection; bytes: number[]; closed: Promise<void> }[] = [];
      let accepted = () => {};
      const listener = await network.listen({ host: "127.0.0.1", port: 0 }, (connection) => {
        const bytes: number[] = [];
        let close = () => {};
        const closed = new Promise<void>((resolve) => {
          close = resolve;
        });
        let space = new Uint8Array(spaceBytes);
        connection.open({
          space: () => (space = new Uint8Array(spaceBytes)),
          received: (count) => bytes.push(...space.subarray(0, count)),
          closed: () => close(),
        });
        connections.push({ connection, bytes, closed });
        accepted();
      });
      const next = (count: number) =>
        new Promise<void>((resolve) => {
          accepted = () => connections.length >= count && resolve();
          accepted();
        });
      return { listener, connections, next, connect: () => connect(listener) };
    }

    const until = async (condition: () => boolean) => {
      for (let turn = 0; !condition(); turn++) {
        if (turn > 2_000) throw new Error("waited too long");
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    };

    it("carries bytes both ways, in order, into the spaces given", async () => {
      const { listener, connections, next, connect } = await server();
      const client = connect();
      await next(1);
      const sent = Uint8Array.from({ length: 1_000 }, (_, i) => i % 251);
      client.send(sent);
      const [served] = connections;
      await until(() => served?.bytes.length === 1_000);
      expect(served?.bytes).toEqual([...sent]);
      let flushed = 0;
      served?.connection.write([Buffer.from("ab"), Buffer.from("c")], () => flushed++);
      served?.connection.write([Buffer.from("de")], () => flushed++);
      await until(() => client.received().length === 5 && flushed === 2);
      expect(client.received().toString()).toBe("abcde");
      client.close();
      await served?.closed;
      await listener.close();
    });

    it("stops reading while paused and loses nothing", async () => {
      const { listener, connections, next, connect } = await server();
      const client = connect();
      await next(1);
      const [served] = connections;
      client.send(Buffer.from("1"));
      await until(() => served?.bytes.length === 1);
      served?.connection.pause();
      client.send(Buffer.from("2345"));
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
      expect(served?.bytes.length).toBe(1);
      served?.connection.resume();
      await until(() => served?.bytes.length === 5);
      client.close();
      await served?.closed;
      await listener.close();
    });

    it("tells both ends when one closes, and frees what could not be sent", async () => {
      const { listener, connections, next, connect } = await server();
      const client = connect();
      await next(1);
      const [served] = connections;
      served?.connection.destroy();
      await client.closed;
      await served?.closed;
      let flushed = false;
      served?.connection.write([Buffer.from("late")], () => {
        flushed = true;
      });
      await until(() => flushed);
      await listener.close();
    });

    it("frees what a peer has not read when the connection is closed", async () => {
      const { listener, connections, next, connect } = await server();
      const client = connect();
      await next(1);
      const [served] = connections;
      client.pause();
      let flushed = 0;
      for (let i = 0; i < 20; i++) served?.connection.write([Buffer.alloc(1024 * 1024)], () => flushed++);
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
      expect(flushed).toBeLessThan(20);
      served?.connection.destroy();
      await served?.closed;
      await until(() => flushed === 20);
      client.close();
      await listener.close();
    });
  });
}
