import { describe, expect, it } from "vitest";
import { parseProperties } from "./java-properties.js";
import { reportProperties, serverSettings } from "./server-properties.js";

const settings = (text: string) => serverSettings(parseProperties(text));
const report = (text: string) => reportProperties(parseProperties(text));

const AS_SHIPPED = `
process.roles=broker,controller
node.id=7
controller.quorum.bootstrap.servers=localhost:9093
listeners=PLAINTEXT://:9092,CONTROLLER://:9093
inter.broker.listener.name=PLAINTEXT
advertised.listeners=PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL
num.network.threads=3
log.dirs=/var/lib/kafka
broker.rack=eu-1a
`;

describe("server.properties", () => {
  it("of a broker that is its own controller gives our flags", () => {
    expect(settings(AS_SHIPPED)).toEqual({
      settings: {
        listen: { host: "0.0.0.0", port: 9092 },
        advertise: { host: "localhost", port: 9092 },
        dataDirectory: "/var/lib/kafka",
        nodeId: 7,
        rack: "eu-1a",
      },
      problems: [],
    });
  });

  it("that is empty gives none", () => {
    expect(settings("")).toEqual({ settings: {}, problems: [] });
  });

  it("may name listeners as it likes, and have IPv6 addresses", () => {
    expect(settings("listeners=CLIENTS://[::1]:9092\nlistener.security.protocol.map=CLIENTS:PLAINTEXT").settings.listen).toEqual({
      host: "::1",
      port: 9092,
    });
  });

  it.each([
    ["listeners=SASL_SSL://:9092", "SASL_SSL"],
    ["listeners=A://:9092\nlistener.security.protocol.map=A:SSL", "SSL"],
    ["listeners=PLAINTEXT://:9092,PLAINTEXT://:9094", "2 listeners"],
    ["listeners=9092", "NAME://HOST:PORT"],
    ["listeners=PLAINTEXT://:99999", "NAME://HOST:PORT"],
    ["log.dirs=/a,/b", "2 directories"],
  ])("%j is refused: %s", (text, why) => {
    expect(settings(text).problems.join()).toContain(why);
  });

  it("is checked: values, names we don't know, and what has no effect", () => {
    const { problems, unknown, withoutEffect } = report(
      "num.partitions=none\nconfluent.license=x\nnum.io.threads=8\nsocket.send.buffer.bytes=-1\nnum.network.threads=3",
    );
    expect(problems).toEqual(['Invalid value "none" for num.partitions: it must be a whole number of 32 bits.']);
    expect(unknown).toEqual(["confluent.license"]);
    expect(withoutEffect.map(({ names }) => names)).toEqual([["num.io.threads", "num.network.threads"], ["socket.send.buffer.bytes"]]);
  });

  it("never shows a password", () => {
    expect(JSON.stringify(report("ssl.key.password=hunter2"))).not.toContain("hunter2");
  });
});
