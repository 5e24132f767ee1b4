// Addresses as people write them: HOST:PORT, [IPV6]:PORT, or :PORT for all interfaces.
import { ALL_INTERFACES, type HostAndPort } from "@moldau/metadata";

const ADDRESS = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]*)):(\d{1,5})$/;

/** Undefined when the text is no address. Port 0 lets the system choose. */
export function parseAddress(text: string): HostAndPort | undefined {
  const [matched, ipv6, plain = "", digits = ""] = ADDRESS.exec(text.trim()) ?? [];
  const port = Number(digits);
  if (matched === undefined || port > 65_535) return undefined;
  const host = ipv6 ?? plain;
  return { host: host === "" ? ALL_INTERFACES : host, port };
}

export const addressText = ({ host, port }: HostAndPort): string => (host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`);

/** Whether nobody can connect to this host by name: it only says "everywhere". */
export const isAllInterfaces = (host: string): boolean => host === ALL_INTERFACES || host === "::";
