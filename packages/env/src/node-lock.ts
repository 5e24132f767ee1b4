// A directory's lock. Node has no flock, so the lock is a listening Unix socket: the kernel ends it with its process, however that
// ends, and a connection attempt tells at once whether the owner lives, even while it is busy or stopped.
//
// Each contender first shows a socket of its own in the directory (bound under another name, then renamed, so that it listens from
// its first visible moment), and only then looks for others. Of two contenders, the one that shows itself last sees the other.
// Invariant: whoever finds no other living socket is the owner, and there is never a second one. Two that see each other both
// withdraw and try again after different pauses. Names are never used twice, so removing a dead socket cannot hit a living one.
import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, rename, rm, symlink, unlink } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DiskError, type DiskLock } from "./disk.js";
import { diskError, errorCode } from "./node-disk-error.js";

const SHOWN = /^lock\.(\d+)\.[0-9a-f]+$/;
/** The shortest limit of a socket's path among the systems we run on, less what the name takes. */
const MAX_SOCKET_DIRECTORY_BYTES = 64;
const ATTEMPTS = 6;

/** Takes the lock, or throws DiskError "ELOCKED" that names the owner's process. */
export async function lockDirectory(directory: string): Promise<DiskLock> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await reachable(directory, (short) => contend(directory, short));
    if (typeof outcome !== "string") return outcome;
    if (attempt === ATTEMPTS) throw new DiskError("ELOCKED", directory, `${directory} is in use by process ${outcome}`);
    await new Promise((resolve) => setTimeout(resolve, 3 + Math.random() * 20));
  }
}

/** The number of the process that has the directory's lock, if one has it. Looks only. */
export async function lockOwner(directory: string): Promise<string | undefined> {
  try {
    const names = await readdir(directory);
    return await reachable(directory, async (short) => {
      for (const name of names) {
        const pid = SHOWN.exec(name)?.[1];
        if (pid !== undefined && (await lives(join(short, name)))) return pid;
      }
      return undefined;
    });
  } catch (error) {
    throw diskError(error, directory, "look for a lock in");
  }
}

/** The lock, or the number of the process that stands in the way. `short` is another path of the directory. */
async function contend(directory: string, short: string): Promise<DiskLock | string> {
  const name = `lock.${process.pid}.${randomBytes(8).toString("hex")}`;
  const server = await listen(join(short, `${name}.new`), directory);
  const withdraw = async () => {
    await unlink(join(directory, name)).catch(() => undefined);
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  try {
    await rename(join(directory, `${name}.new`), join(directory, name));
    for (const other of await readdir(directory)) {
      const pid = SHOWN.exec(other)?.[1];
      if (other === name || pid === undefined) continue;
      if (await lives(join(short, other))) {
        await withdraw();
        return pid;
      }
      await unlink(join(directory, other)).catch(() => undefined);
    }
    return { release: withdraw };
  } catch (error) {
    await withdraw();
    throw diskError(error, directory, "lock");
  }
}

/** Listens at `path`, which errors call by its `directory`: the operator knows no other name. */
function listen(path: string, directory: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((connection) => connection.destroy()).unref();
    server.once("error", (error) => reject(diskError(error, directory, "lock (needs a file system with Unix sockets)")));
    server.listen({ path, exclusive: true, readableAll: true, writableAll: true }, () => resolve(server));
  });
}

/** Whether a process listens there. What cannot be told counts as living. */
function lives(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const attempt = connect(path);
    attempt.once("connect", () => {
      attempt.destroy();
      resolve(true);
    });
    attempt.once("error", (error) => resolve(errorCode(error) !== "ECONNREFUSED" && errorCode(error) !== "ENOENT"));
  });
}

/** Calls `use` with a path of the directory that is short enough for sockets: itself, or a link for the time of the call. */
async function reachable<Result>(directory: string, use: (short: string) => Promise<Result>): Promise<Result> {
  if (Buffer.byteLength(directory) <= MAX_SOCKET_DIRECTORY_BYTES) return use(directory);
  const folder = await mkdtemp(join(tmpdir(), "mol-"));
  try {
    await symlink(directory, join(folder, "d"));
    return await use(join(folder, "d"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
