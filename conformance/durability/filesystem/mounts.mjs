// File systems in a file, mounted for a check and always unmounted after it.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compile, missing, runTool } from "./tools.mjs";

/** Why file systems cannot be made and mounted here, or undefined. */
export async function cannotMount() {
  if (process.getuid?.() !== 0) return "mounting takes root";
  for (const program of ["mkfs.ext4", "mount", "losetup", "gcc"]) {
    const reason = await missing(program);
    if (reason) return reason;
  }
  const directory = await mkdtemp(join(tmpdir(), "moldau-mount-"));
  try {
    await (await mountedDisk(join(directory, "trial"), 16 * 1024 * 1024)).remove();
    return undefined;
  } catch (error) {
    return `mounting is refused: ${error.message}`;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const unmount = (path) => runTool("umount", path).catch(() => runTool("umount", "--lazy", path).catch(() => {}));

async function makeImage(image, bytes) {
  await writeFile(image, "");
  await runTool("truncate", "-s", String(bytes), image);
  await runTool("mkfs.ext4", "-q", "-F", "-m", "0", image);
}

/** A file system of its own of that many bytes: { path, remove() }. */
export async function mountedDisk(directory, bytes) {
  const [image, path] = [join(directory, "disk.img"), join(directory, "disk")];
  await unmount(path);
  await rm(directory, { recursive: true, force: true });
  await mkdir(path, { recursive: true });
  await makeImage(image, bytes);
  await runTool("mount", "-o", "loop", image, path);
  return {
    path,
    async remove() {
      await unmount(path);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/**
 * A file system whose power can be cut. It lies in a file of another one:
 *
 *   broker ─▶ inner ext4 ─▶ loop device ─▶ file in outer ext4 ─▶ loop device ─▶ file
 *             page cache                   page cache: the drive's volatile cache
 *
 * cut() shuts both down without writing anything back: lost is what the broker did not sync, and also what it wrote past the page
 * cache without asking that the drive's cache be emptied. plugIn() mounts both again, which recovers their journals.
 */
export async function powerDisk(directory, bytes) {
  const powerOff = await compile("power-off");
  const [image, outer, inner] = [join(directory, "outer.img"), join(directory, "outer"), join(directory, "inner")];
  const drive = join(outer, "drive.img");
  const release = async () => {
    await unmount(inner);
    await unmount(outer);
  };
  const plugIn = async () => {
    await runTool("mount", "-o", "loop", image, outer);
    await runTool("mount", "-o", "loop", drive, inner);
  };
  await release();
  await rm(directory, { recursive: true, force: true });
  await mkdir(outer, { recursive: true });
  await mkdir(inner, { recursive: true });
  await makeImage(image, Math.ceil(bytes * 1.1));
  await runTool("mount", "-o", "loop", image, outer);
  await makeImage(drive, bytes);
  await runTool("mount", "-o", "loop", drive, inner);
  await runTool("sync", "--file-system", inner);
  return {
    path: inner,
    /** Whoever still writes is given errors from now on. */
    cut: () => runTool(powerOff, outer, inner),
    /** After every process that used it is gone. */
    async plugIn() {
      await release();
      await plugIn();
    },
    async remove() {
      await release();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
