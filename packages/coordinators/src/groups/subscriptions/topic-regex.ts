// The regular expressions that members subscribe with (KIP-848): RE2's syntax, matched in linear time, against whole names.
import type { RE2JSSyntaxException as SyntaxException } from "re2js";
import { estimateProgram } from "./program-estimate.js";
import { re2 } from "./re2.js";

/** Longer ones are refused. A list of hundreds of names, joined, fits. */
export const MAX_SOURCE_LENGTH = 8192;
/** Instructions as compiled: bounds the time for one name, which in the worst case visits all of them at each character. */
export const MAX_PROGRAM_SIZE = 2500;
/** Instructions as written, before what alternatives have in common is folded: bounds the time to compile. */
const MAX_ESTIMATE = 20_000;
/** How much of a refused expression its error repeats. */
const MAX_QUOTED = 200;

export interface TopicRegex {
  readonly source: string;
  /** Instructions: how many steps a character takes at worst. */
  readonly programSize: number;
  /** Whether the whole name matches. */
  matches(topicName: string): boolean;
}

/**
 * Compiles the expression, or says why it cannot be used: the message for INVALID_REGULAR_EXPRESSION. A compiled one holds on
 * to what it learned from the names it saw (up to some MB for intricate ones): keep what it matched rather than the expression.
 */
export function compileTopicRegex(source: string): TopicRegex | { readonly error: string } {
  if (source.length > MAX_SOURCE_LENGTH) {
    return refusal(source, `it has ${source.length} characters; at most ${MAX_SOURCE_LENGTH} are accepted`);
  }
  const tooLarge = `it is too large once its repetitions are written out; at most ${MAX_PROGRAM_SIZE} steps are accepted`;
  if (estimateProgram(source) > MAX_ESTIMATE) return refusal(source, tooLarge);
  const { RE2JS, RE2JSException, RE2JSSyntaxException } = re2();
  try {
    const compiled = RE2JS.compile(source);
    const programSize = compiled.programSize();
    if (programSize > MAX_PROGRAM_SIZE) return refusal(source, tooLarge);
    return { source, programSize, matches: (topicName) => compiled.testExact(topicName) };
  } catch (error) {
    if (error instanceof RE2JSSyntaxException) return refusal(source, syntaxError(error));
    if (error instanceof RE2JSException) return refusal(source, error.message);
    throw error;
  }
}

function syntaxError(error: SyntaxException): string {
  const part = error.getPattern();
  return part === null || part === "" ? error.getDescription() : `${error.getDescription()} at ${quote(part)}`;
}

const refusal = (source: string, reason: string) => ({
  error: `The regular expression ${quote(source)} cannot be subscribed to: ${reason}.`,
});

const quote = (text: string): string => `"${text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text}"`;
