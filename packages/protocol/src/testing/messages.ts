// Every message there is a declaration for, by the name that Kafka gives it.
import { apis } from "../apis/index.js";
import type { Api, Message } from "../declaration.js";
import { RequestHeader, ResponseHeader } from "../headers.js";
import * as protocol from "../index.js";

const isMessage = (value: unknown): value is Message => typeof value === "object" && value !== null && "fields" in value;

const messages: readonly Message[] = [
  ...Object.values<Api>(apis).flatMap(({ request, response }) => [request, response]),
  ...Object.values<unknown>(protocol).filter(isMessage),
  RequestHeader,
  ResponseHeader,
];

export const messagesByName: ReadonlyMap<string, Message> = new Map(messages.map((message) => [message.name, message]));

/** Every version of a message, oldest first. */
export const versionsOf = ({ versions: { min, max } }: Message): number[] =>
  Array.from({ length: max - min + 1 }, (_, index) => min + index);

/** Every message in every version. */
export const everyVersion: readonly (readonly [message: Message, version: number])[] = [...messagesByName.values()].flatMap((message) =>
  versionsOf(message).map((version) => [message, version] as const),
);
