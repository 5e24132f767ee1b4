// Which partition of __consumer_offsets a group lies on. Kafka's clients never compute it, but its tools and its data do: a topic that
// moves between brokers of both kinds must keep each group where it was.

/** Java's String.hashCode: over UTF-16 units, in 32 bits that wrap. */
function javaHash(text: string): number {
  let hash = 0;
  for (let index = 0; index < text.length; index++) hash = (Math.imul(31, hash) + text.charCodeAt(index)) | 0;
  return hash;
}

/** The partition of a group among `partitionCount`. The one hash without a positive counterpart, -2^31, counts as 0. */
export function groupPartition(groupId: string, partitionCount: number): number {
  const hash = javaHash(groupId);
  return hash === -0x8000_0000 ? 0 : Math.abs(hash) % partitionCount;
}
