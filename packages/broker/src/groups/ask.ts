// A handler's way to a group: find the coordinator, ask it, stop when the client is gone.
import type { GroupsCommand, Ticket } from "@moldau/coordinators";
import type { ErrorName } from "@moldau/protocol";
import type { Context } from "../handler.js";
import type { GroupCoordinator } from "./groups.js";

/** Commands that come from requests. */
type AskedCommand = Exclude<Extract<GroupsCommand, { readonly request: unknown }>, { readonly kind: "abandoned" }>;
type AskedKind = AskedCommand["kind"];
type CommandOf<Kind extends AskedKind> = Extract<AskedCommand, { readonly kind: Kind }>;
type RequestIn<Kind extends AskedKind> = CommandOf<Kind>["request"];
type AnswerTo<Kind extends AskedKind> = CommandOf<Kind>["ticket"] extends Ticket<infer Response> ? Response : never;

/** The group's answer, or why there is none: an error that tells the client to look for the coordinator again. */
export async function askGroup<Kind extends AskedKind>(
  context: Context,
  groupId: string,
  kind: Kind,
  request: RequestIn<Kind>,
): Promise<AnswerTo<Kind> | ErrorName> {
  const found = context.services.groups.coordinatorOf(groupId);
  const coordinator = found instanceof Promise ? await found : found;
  if (!coordinator) return "COORDINATOR_NOT_AVAILABLE";
  const { outcome, abandon } = ask(context, coordinator, kind, request);
  context.whenGone(() => abandon((ticket) => ({ kind: "abandoned", ticket, groupId })));
  const settled = await outcome;
  return settled.kind === "answered" ? settled.response : settled.error;
}

/** The same of all groups of a coordinator. */
export async function askCoordinator<Kind extends AskedKind>(
  context: Context,
  coordinator: GroupCoordinator,
  kind: Kind,
  request: RequestIn<Kind>,
): Promise<AnswerTo<Kind> | ErrorName> {
  const settled = await ask(context, coordinator, kind, request).outcome;
  return settled.kind === "answered" ? settled.response : settled.error;
}

function ask<Kind extends AskedKind>(context: Context, coordinator: GroupCoordinator, kind: Kind, request: RequestIn<Kind>) {
  const { clientId, peerHost, version } = context;
  const caller = { version, clientId, clientHost: `/${peerHost}` };
  // The parts belong together by the types of the parameters, which the compiler cannot follow through the union.
  return coordinator.ask<AnswerTo<Kind>>((ticket) => ({ kind, ticket, request, caller }) as unknown as GroupsCommand);
}

/** Bytes that outlive the request they came in. */
export const kept = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes);
