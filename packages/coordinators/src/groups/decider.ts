// A table of functions that decide commands, by the commands' kinds.
import type { GroupsCommand } from "./commands.js";
import type { GroupsDecision } from "./decision.js";
import type { GroupsState } from "./state.js";
import type { World } from "./world.js";

export type CommandKind = GroupsCommand["kind"];
export type CommandOf<Kind extends CommandKind> = Extract<GroupsCommand, { readonly kind: Kind }>;

export type Deciders<Kinds extends CommandKind = CommandKind> = {
  readonly [Kind in Kinds]: (state: GroupsState, command: CommandOf<Kind>, world: World) => GroupsDecision;
};
