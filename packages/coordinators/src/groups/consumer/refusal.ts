// Why a request of a member is refused.
import { type ErrorName, errors } from "@moldau/protocol";
import { reply } from "../../runtime/machine.js";
import type { ConsumerGroupHeartbeatCommand } from "../commands.js";
import { decision, type GroupsDecision } from "../decision.js";

export interface Refusal {
  readonly refused: ErrorName;
  readonly message: string;
}

export const refusal = (refused: ErrorName, message: string): Refusal => ({ refused, message });

export const isRefusal = (value: object): value is Refusal => "refused" in value;

export const refuse = (command: ConsumerGroupHeartbeatCommand, { refused, message }: Refusal): GroupsDecision =>
  decision({
    replies: [
      reply(command.ticket, {
        errorCode: errors[refused].code,
        errorMessage: message,
        memberId: null,
        memberEpoch: 0,
        heartbeatIntervalMs: 0,
        assignment: null,
      }),
    ],
  });
