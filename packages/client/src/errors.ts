// What goes wrong, as programs see it: a code to decide by, whether trying again may help, and which topic and partition it is about.
import { type ErrorName, errorByCode } from "@moldau/protocol";

/** What brokers answer, and what only the client can know. */
export type ClientErrorCode =
  | ErrorName
  /** No connection to any broker, or it broke before the answer came: whether the request was carried out is not known. */
  | "CONNECTION_LOST"
  /** No answer within the time given. */
  | "TIMED_OUT"
  /** The client was closed. */
  | "CLOSED"
  /** The broker speaks no version of the request that the client knows. */
  | "UNSUPPORTED_BY_BROKER"
  /** An option, or an argument, makes no sense. */
  | "INVALID_ARGUMENT";

export interface ClientErrorDetails {
  readonly retriable?: boolean;
  readonly topic?: string | undefined;
  readonly partition?: number | undefined;
  readonly cause?: unknown;
}

export class ClientError extends Error {
  override readonly name = "ClientError";
  readonly code: ClientErrorCode;
  /** Whether the same call may succeed later. The client has tried that already, for as long as it was allowed to. */
  readonly retriable: boolean;
  readonly topic: string | undefined;
  readonly partition: number | undefined;

  constructor(code: ClientErrorCode, message: string, { retriable = false, topic, partition, cause }: ClientErrorDetails = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.retriable = retriable;
    this.topic = topic;
    this.partition = partition;
  }
}

/** The error that a broker's code stands for; undefined when it stands for none. `message` is the broker's own, if it sent one. */
export function errorOf(
  errorCode: number,
  message?: string | null,
  details: Omit<ClientErrorDetails, "retriable"> = {},
): ClientError | undefined {
  if (errorCode === 0) return undefined;
  const { name, retriable, message: general } = errorByCode(errorCode);
  return new ClientError(name, message ?? general, { ...details, retriable });
}

/** Throws the error that a broker's code stands for, if any. */
export function throwIf(errorCode: number, message?: string | null, details?: Omit<ClientErrorDetails, "retriable">): void {
  const error = errorOf(errorCode, message, details);
  if (error) throw error;
}

export const isRetriable = (error: unknown): error is ClientError => error instanceof ClientError && error.retriable;
