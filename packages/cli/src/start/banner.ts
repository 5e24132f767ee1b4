// What a person sees when the broker is ready: where it is, and what to try first.
import type { HostAndPort } from "@moldau/metadata";
import { addressText } from "../address.js";

export interface BannerFacts {
  readonly version: string;
  readonly startedInMs: number;
  /** What clients connect to. */
  readonly address: HostAndPort;
  readonly dataDirectory: string;
  readonly http: HostAndPort | undefined;
}

export function banner({ version, startedInMs, address, dataDirectory, http }: BannerFacts): string {
  const at = addressText(address);
  return `
  Moldau ${version} is ready (in ${Math.round(startedInMs)} ms)

    Kafka clients   ${at}
    data            ${dataDirectory}
    metrics         ${http ? `http://${addressText(http)}/metrics` : "off"}

  A first event, there and back:

    echo hello | kcat -b ${at} -t greetings -P
    kcat -b ${at} -t greetings -C -o beginning -e

  Ctrl-C stops it.

`;
}
