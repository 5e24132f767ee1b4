// What decoders throw for malformed bytes, and encoders for values that have no form on the wire.

export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
  /** The field, such as "topicData[3].name". */
  readonly path: string;
  /** Where in the bytes given: of the value that is wrong, or of the place that it would have had. */
  readonly position: number;

  constructor(subject: string, path: string, position: number, problem: string) {
    super(`${subject}: ${path === "" ? "" : `${path}: `}${problem} (at byte ${position})`);
    this.path = path;
    this.position = position;
  }
}
