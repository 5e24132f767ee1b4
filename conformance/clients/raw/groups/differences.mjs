// Where another answer than Kafka's is as good or better: the scenario, what is asked, the answers taken, and why.
const differences = [
  {
    scenario: "classic members and consumer groups that do not go together",
    ask: "a classic member whose metadata is not a subscription enters",
    answers: /^errorCode=INCONSISTENT_GROUP_PROTOCOL /,
    why: "Kafka trips over bytes that a client sent, and says that the fault is its own",
  },
];

/** Whether the answer to this step may be this one, other than Kafka's. */
export const mayDiffer = (scenario, ask, answer) =>
  differences.some((each) => each.scenario === scenario && each.ask === ask && each.answers.test(answer));
