// Runs a command with a client of the cluster that its flags name; what goes wrong becomes sentences that say what to do.
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { type Client, ClientError, createClient } from "@moldau/client";
import { CommandFailed, UsageError } from "../exit.js";
import type { CommandIo } from "../io.js";
import { adviceOf } from "./advice.js";
import type { ClientFlags } from "./flags.js";

export async function withClient(io: CommandIo, flags: ClientFlags, use: (client: Client) => Promise<void>): Promise<void> {
  await told(flags, async () => {
    const ca = flags.tlsCa === undefined ? undefined : await certificates(resolve(io.currentDirectory, flags.tlsCa));
    const tls = ca ? { ca } : flags.tls;
    const timeoutMs = secondsOf(flags.timeout) * 1000;
    const client = createClient({
      bootstrap: flags.bootstrap,
      clientId: "moldau-cli",
      requestTimeoutMs: timeoutMs,
      connectTimeoutMs: Math.min(timeoutMs, 10_000),
      ...(tls && { tls }),
    });
    try {
      await use(client);
    } finally {
      await client.close();
    }
  });
}

async function told({ bootstrap }: ClientFlags, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    if (error.code === "INVALID_ARGUMENT") throw new UsageError(`${error.message}.`);
    throw new CommandFailed(adviceOf(error, bootstrap), { cause: error });
  }
}

async function certificates(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new UsageError(`--tls-ca names a file that cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (!(seconds > 0 && seconds <= 86_400)) throw new UsageError(`--timeout must be a number of seconds, and "${text}" is not.`);
  return seconds;
}
