// A network whose user can be cut off, as the death of its process does: it hears and says nothing more, and its peers see their
// connections close. What it had said before still arrives.
import type { Connection, Network } from "@moldau/env";

export function mortalNetwork(network: Network): { readonly network: Network; end(): void } {
  const connections = new Set<Connection>();
  let ended = false;
  let stopListening = () => {};

  const mortal = (connection: Connection): Connection => ({
    ...connection,
    open(sink) {
      connection.open({
        space: () => sink.space(),
        received: (count) => (ended ? undefined : sink.received(count)),
        closed(error) {
          connections.delete(connection);
          if (!ended) sink.closed(error);
        },
      });
    },
    write: (parts, flushed) => (ended ? undefined : connection.write(parts, () => (ended ? undefined : flushed()))),
  });

  return {
    network: {
      async listen(address, accept) {
        const listener = await network.listen(address, (connection) => {
          if (ended) return connection.destroy();
          connections.add(connection);
          accept(mortal(connection));
        });
        stopListening = () => void listener.close();
        return listener;
      },
    },
    end() {
      ended = true;
      stopListening();
      for (const connection of connections) connection.destroy();
    },
  };
}
