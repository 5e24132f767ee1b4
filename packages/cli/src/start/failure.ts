// Why a broker did not start, in a sentence that says what to do about it.
import { DiskError } from "@moldau/env";
import type { HostAndPort } from "@moldau/metadata";
import { addressText } from "../address.js";

/** `address` is what was being listened on. */
export function failureSentence(error: unknown, address: HostAndPort, flag: "--listen" | "--http"): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const at = addressText(address);
  switch (error instanceof DiskError ? "" : code) {
    case "EADDRINUSE":
      return `${at} is in use by another program: stop that, or choose another port with ${flag}.`;
    case "EADDRNOTAVAIL":
      return `${at} is not an address of this machine: choose another with ${flag}.`;
    case "EACCES":
      return `${at} needs rights that this user does not have: choose a port above 1023 with ${flag}.`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `${address.host} is not a known host: choose another with ${flag}.`;
  }
  if (error instanceof DiskError) return diskSentence(error);
  return error instanceof Error ? error.message : String(error);
}

function diskSentence({ code, path, message }: DiskError): string {
  switch (code) {
    case "ELOCKED":
      return `${message}: stop that broker, or choose another directory with --data.`;
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return `${path} cannot be written: give this user the right to, or choose another directory with --data.`;
    case "ENOSPC":
    case "EDQUOT":
      return `${path} has no room left: free some, or choose another directory with --data.`;
    case "ENOTDIR":
    case "EEXIST":
      return `${path} is not a directory: choose another with --data.`;
    default:
      return message;
  }
}
