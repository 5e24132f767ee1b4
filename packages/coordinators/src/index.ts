// Coordinators: the runtime, and the machines of groups.
export { joinRefused, syncRefused } from "./groups/classic/answers.js";
export type { Caller, GroupsCommand } from "./groups/commands.js";
export type { GroupsConfig, MigrationPolicy } from "./groups/config.js";
export type { GroupsEvent } from "./groups/events.js";
export { factsOf } from "./groups/facts-of.js";
export { groupsMachine } from "./groups/machine.js";
export type { Group, GroupsState } from "./groups/state.js";
export type { TopicsView, TopicView, World } from "./groups/world.js";
export type { Coordinator, CoordinatorRefusal, Outcome, Question } from "./runtime/coordinator.js";
export { type Coordinators, type CoordinatorsOptions, coordinators } from "./runtime/coordinators.js";
export type { CoordinatorEvent } from "./runtime/events.js";
export { encodedBytes, type InternalLog } from "./runtime/internal-log.js";
export type { EncodedEvent, Machine, Ticket } from "./runtime/machine.js";
