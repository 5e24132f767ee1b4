// How large a regular expression gets once its counted repetitions are written out: x{2,5} is five times x. Known before it is
// compiled, as compiling takes time and memory in proportion. Rough, but too large rather than too small.

/** Frames of groups around the current position: what they hold so far, and their newest atom, which a repetition multiplies. */
interface Frame {
  sum: number;
  atom: number;
}

// In this order: quoted text, code points in braces, other escapes, classes (with [:named:] ones), repetitions, any one character.
const TOKEN =
  /\\Q(?<quoted>.*?)(?:\\E|$)|\\x\{[^}]*\}|\\[pP]\{[^}]*\}|\\.|\[\^?\]?(?:\[:\^?\w*:\]|\\.|[^\]\\])*\]|\{(?<min>\d+)(?:,(?<max>\d*))?\}|(?<other>.)/gsu;

/** Upper estimate of a regular expression's instructions. */
export function estimateProgram(source: string): number {
  const frames: Frame[] = [{ sum: 0, atom: 0 }];
  for (const { groups } of source.matchAll(TOKEN)) {
    const frame = frames.at(-1) ?? { sum: 0, atom: 0 };
    const { quoted, min, max, other } = groups ?? {};
    if (min !== undefined) frame.atom = (frame.atom + 1) * Math.max(1, Number(min), Number(max ?? 0));
    else if (other === "(") frames.push({ sum: 0, atom: 0 });
    else if (other === ")" && frames.length > 1) {
      frames.pop();
      next(frames.at(-1) ?? frame, frame.sum + frame.atom + 2);
    } else if (other === "*" || other === "+" || other === "?") frame.atom++;
    else next(frame, quoted?.length ?? 1);
  }
  return frames.reduce((total, { sum, atom }) => total + sum + atom, 0);
}

function next(frame: Frame, atom: number): void {
  frame.sum += frame.atom;
  frame.atom = atom;
}
