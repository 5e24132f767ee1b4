import { connect as connectSocket } from "node:net";
import { memoryNetwork } from "./memory-network.js";
import { describeNetwork, type TestClient } from "./network.contract.js";
import { nodeNetwork } from "./node-network.js";

function collector() {
  const parts: Buffer[] = [];
  let close = () => {};
  const closed = new Promise<void>((resolve) => {
    close = resolve;
  });
  return { parts, close: () => close(), closed, received: () => Buffer.concat(parts) };
}

describeNetwork("node", () => ({
  network: nodeNetwork(),
  connect({ port }): TestClient {
    const { parts, close, closed, received } = collector();
    const socket = connectSocket(port, "127.0.0.1");
    socket.on("data", (bytes) => parts.push(bytes));
    socket.on("error", () => {});
    socket.on("close", close);
    return { send: (bytes) => void socket.write(bytes), received, pause: () => socket.pause(), close: () => void socket.destroy(), closed };
  },
}));

describeNetwork("memory", () => {
  const network = memoryNetwork();
  return {
    network,
    connect(address): TestClient {
      const { parts, close, closed, received } = collector();
      const connection = network.connect(address);
      const space = Buffer.alloc(100);
      connection.open({ space: () => space, received: (count) => parts.push(Buffer.from(space.subarray(0, count))), closed: close });
      return {
        send: (bytes) => connection.write([bytes], () => {}),
        received,
        pause: connection.pause,
        close: () => connection.destroy(),
        closed,
      };
    },
  };
});
