// A consumer group (KIP-848): epochs, members, what each should own and does own.

export interface ConsumerGroup {
  readonly kind: "consumer";
  readonly groupId: string;
}
