// What the heartbeat programs need of a member, whatever the protocol.

/**
 * @typedef {object} Member
 * @property {() => void | Promise<void>} join  enters the group; with the consumer protocol the first heartbeat does it
 * @property {() => boolean} isBusy        whether a heartbeat of its is unanswered
 * @property {() => Promise<void>} heartbeat  says it is alive, and does what the answer asks for
 * @property {() => boolean} isOwing       whether it has to acknowledge a changed assignment, which it does with its next heartbeat
 * @property {() => Promise<void>} leave
 * @property {() => number} fenced         how often the group went on without it
 */
export {};
