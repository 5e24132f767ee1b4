// Which partition of __consumer_offsets keeps a group: as Kafka has it, so that its tools find it there.

/** `partitionCount` of the topic. */
export function partitionOfGroup(groupId: string, partitionCount: number): number {
  const hash = javaHash(groupId);
  // Kafka's Utils.abs: the number without an absolute value is zero.
  return (hash === -0x8000_0000 ? 0 : Math.abs(hash)) % partitionCount;
}

/** Java's String.hashCode: over UTF-16 units, in 32 bits. */
function javaHash(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return hash;
}
