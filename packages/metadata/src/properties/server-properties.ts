// What a Kafka server.properties means for us: the settings that are flags here, and what of it we do not know or cannot do.
import { brokerConfigs } from "../configs/definitions.js";
import { listItems, parseConfig } from "../configs/value.js";

export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

/** The flags of `moldau start` that server.properties has names for; absent where it says nothing. */
export interface ServerSettings {
  /** An empty host in the file means all interfaces. */
  readonly listen?: HostAndPort;
  readonly advertise?: HostAndPort;
  readonly dataDirectory?: string;
  readonly nodeId?: number;
  readonly rack?: string;
}

export interface PropertiesReport {
  /** Sentences: the broker must not start with these. */
  readonly problems: readonly string[];
  /** Names that no broker config has. */
  readonly unknown: readonly string[];
  /** What is accepted and changes nothing here, by the reason why. */
  readonly withoutEffect: readonly { readonly why: string; readonly names: readonly string[] }[];
}

export const ALL_INTERFACES = "0.0.0.0";

/** Reads the settings, or says in sentences what cannot be read. Values that are not well-formed are reportProperties' to tell. */
export function serverSettings(properties: ReadonlyMap<string, string>): {
  readonly settings: ServerSettings;
  readonly problems: readonly string[];
} {
  const problems: string[] = [];
  const listen = oneListener("listeners", properties, problems);
  const advertise = oneListener("advertised.listeners", properties, problems);
  const directories = listItems(properties.get("log.dirs") ?? properties.get("log.dir") ?? "");
  if (directories.length > 1) problems.push(`log.dirs names ${directories.length} directories: give one.`);
  const nodeId = properties.get("node.id") ?? properties.get("broker.id");
  const rack = properties.get("broker.rack");
  const [dataDirectory] = directories;
  const settings = {
    ...(listen && { listen: { ...listen, host: listen.host === "" ? ALL_INTERFACES : listen.host } }),
    ...(advertise && { advertise }),
    ...(dataDirectory !== undefined && { dataDirectory }),
    ...(nodeId !== undefined && /^\d+$/.test(nodeId.trim()) && { nodeId: Number(nodeId) }),
    ...(rack !== undefined && { rack }),
  };
  return { settings, problems };
}

/** Listeners for controllers mean nothing here; of the others there can be one, and it is not encrypted. */
function oneListener(name: string, properties: ReadonlyMap<string, string>, problems: string[]): HostAndPort | undefined {
  const controllers = listItems(properties.get("controller.listener.names") ?? "CONTROLLER");
  const protocols = new Map(
    listItems(properties.get("listener.security.protocol.map") ?? "").map((pair): [string, string] => {
      const colon = pair.indexOf(":");
      return [pair.slice(0, colon), pair.slice(colon + 1)];
    }),
  );
  const found: HostAndPort[] = [];
  for (const text of listItems(properties.get(name) ?? "")) {
    const [, listener = "", bracketed, plain = "", port = ""] = /^([\w-]+):\/\/(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(text) ?? [];
    if (listener === "" || Number(port) > 65_535) {
      problems.push(`${name}: "${text}" is not NAME://HOST:PORT.`);
    } else if (!controllers.includes(listener)) {
      const protocol = protocols.get(listener) ?? listener;
      if (protocol !== "PLAINTEXT")
        problems.push(`${name}: listener ${listener} asks for ${protocol}, and only PLAINTEXT is served so far.`);
      else found.push({ host: bracketed ?? plain, port: Number(port) });
    }
  }
  if (found.length > 1) problems.push(`${name} has ${found.length} listeners for clients: one is served so far.`);
  return found[0];
}

/** Checks what a broker is started with against the definitions. */
export function reportProperties(properties: ReadonlyMap<string, string>): PropertiesReport {
  const problems: string[] = [];
  const unknown: string[] = [];
  const withoutEffect = new Map<string, string[]>();
  for (const [name, text] of properties) {
    const definition = brokerConfigs.get(name);
    if (!definition) {
      unknown.push(name);
      continue;
    }
    const parsed = parseConfig(definition, text);
    if ("problem" in parsed) problems.push(parsed.problem);
    if (typeof definition.effect === "string") continue;
    const { none: why } = definition.effect;
    withoutEffect.set(why, [...(withoutEffect.get(why) ?? []), name]);
  }
  return { problems, unknown, withoutEffect: [...withoutEffect].map(([why, names]) => ({ why, names })) };
}
