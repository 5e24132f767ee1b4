// Version ranges as Kafka's protocol guide writes them: "3" is one version, "0-3" several, "3+" all from there on.

export interface VersionRange {
  readonly min: number;
  /** The last version, or Infinity. */
  readonly max: number;
}

/** Parses "3", "0-3" or "3+"; throws RangeError for anything else. */
export function versionRange(text: string): VersionRange {
  const match = /^(\d+)(?:(\+)|-(\d+))?$/.exec(text);
  if (!match) throw new RangeError(`not a version range: ${JSON.stringify(text)}`);
  const min = Number(match[1]);
  const max = match[2] ? Number.POSITIVE_INFINITY : Number(match[3] ?? min);
  if (max < min) throw new RangeError(`version range ${text} ends before it starts`);
  return { min, max };
}

/** Whether `version` lies in `range`. No range holds no version. */
export function includesVersion(range: VersionRange | undefined, version: number): boolean {
  return range !== undefined && version >= range.min && version <= range.max;
}
