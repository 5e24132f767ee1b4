// What a cluster did not do, as sentences that say why and what to do about it.
import type { ClientError } from "@moldau/client";

/** `bootstrap` is the address that was given. */
export function adviceOf(error: ClientError, bootstrap: string): string {
  const { code, topic } = error;
  switch (code) {
    case "CONNECTION_LOST":
    case "BROKER_NOT_AVAILABLE":
      return `No broker answers at ${bootstrap} (${error.message}). Is one running there? "moldau start" starts one; --bootstrap HOST:PORT names another.`;
    case "TIMED_OUT":
    case "REQUEST_TIMED_OUT":
      return `${sentence(error.message)} --timeout SECONDS waits longer.`;
    case "UNKNOWN_TOPIC_OR_PARTITION":
      return topic === undefined ? sentence(error.message) : `There is no ${placeOf(error)}. "moldau topic list" shows those there are.`;
    case "TOPIC_ALREADY_EXISTS":
      return `There is a topic ${topic ?? ""} already: "moldau topic describe ${topic ?? ""}" shows it.`;
    case "GROUP_ID_NOT_FOUND":
      return 'There is no such group: "moldau group list" shows those there are.';
    case "NON_EMPTY_GROUP":
      return 'The group has members: stop them first. "moldau group describe" shows them.';
    case "GROUP_SUBSCRIBED_TO_TOPIC":
      return "The group has members that read this topic: stop them first.";
    case "UNKNOWN_MEMBER_ID":
      return "The group has members, so its offsets are theirs to move: stop them first.";
    case "TRANSACTIONAL_ID_NOT_FOUND":
      return 'There is no such transactional id: "moldau transaction list" shows those there are.';
    default:
      return `${sentence(error.message)} (${code})`;
  }
}

const placeOf = ({ topic, partition }: ClientError): string =>
  partition === undefined ? `topic ${topic ?? ""}` : `partition ${partition} of a topic ${topic ?? ""}`;

/** Brokers' messages end as they like. */
const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
