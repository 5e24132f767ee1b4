// The network as a port: byte streams that read straight into memory the reader names, and write gathered parts.

export interface Network {
  /** Listens; `accept` gets each new connection, which reads nothing until its `open` is called. */
  listen(address: ListenAddress, accept: (connection: Connection) => void): Promise<Listener>;
}

/** Connects to others. */
export interface Dialer {
  /** A connection that reads nothing until its `open` is called. Rejects when there is none within the time, or the signal says so. */
  dial(address: DialAddress): Promise<Connection>;
}

export interface DialAddress {
  readonly host: string;
  readonly port: number;
  readonly timeoutMs: number;
  /** With TLS; the server's certificate is verified unless these say otherwise. */
  readonly tls?: DialTls | undefined;
}

/** As node:tls has them. */
export interface DialTls {
  readonly ca?: string | Uint8Array | readonly (string | Uint8Array)[];
  readonly cert?: string | Uint8Array;
  readonly key?: string | Uint8Array;
  readonly passphrase?: string;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

export interface ListenAddress {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
}

export interface Listener {
  readonly host: string;
  readonly port: number;
  /** Accepts no more; open connections stay. */
  close(): Promise<void>;
}

/** Where a connection's bytes go, and what is told of its end. */
export interface ByteSink {
  /** Memory for the next bytes, at least one: asked before each read, filled from its start. The reader may share it between connections, for it is used within the call of `received`. */
  space(): Uint8Array;
  /** `count` bytes lie at the start of the space last given. */
  received(count: number): void;
  /** The connection is over, once, whether closed by the peer, by us or by an error. */
  closed(error: Error | undefined): void;
}

export interface Connection {
  /** "host:port" of the peer, for logs. */
  readonly peer: string;
  readonly peerHost: string;
  open(sink: ByteSink): void;
  /**
   * Sends the parts in order. They must not change until `flushed` is called, which is once the kernel has taken them
   * or the connection is gone.
   */
  write(parts: readonly Uint8Array[], flushed: () => void): void;
  /** Stops reading: the peer feels it. */
  pause(): void;
  resume(): void;
  /** Closes after what was written is sent. */
  end(): void;
  /** Closes now. */
  destroy(): void;
}
