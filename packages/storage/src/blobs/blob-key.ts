// Keys of blobs: path-like names, kept to what is safe as a file's path and as an object's key everywhere.
import { assert } from "@moldau/std";

const SEGMENT = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/;

/** Whether `key` is made of plain names with slashes between: no "..", no empty name, nothing that begins with a dot. */
export const isBlobKey = (key: string): boolean => key.length <= 512 && key.split("/").every((name) => SEGMENT.test(name));

/** Throws AssertionError for a key that no one but a bug would ask for. */
export function assertBlobKey(key: string): void {
  assert(isBlobKey(key), `not a blob key: ${JSON.stringify(key)}`);
}
