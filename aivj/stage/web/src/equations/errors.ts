// What is wrong with a block of equations, and where.

/** A place in a block of equations, both counted from 1; `text` is what stands there. */
interface Place {
  line: number;
  column: number;
  text: string;
}

/** A block of equations that MilkDrop's language does not allow. */
export class EquationError extends Error {
  constructor(
    message: string,
    readonly place: Place,
  ) {
    super(message);
  }
}

const LONGEST_TEXT = 20;

/** Returns the place of `offset` in `source`. */
export function placeAt(source: string, offset: number): Place {
  const before = source.slice(0, offset);
  const line = before.split("\n").length;
  const lineStart = before.lastIndexOf("\n") + 1;
  const text = source.slice(offset).split(/[\r\n]/, 1)[0] ?? "";
  return { line, column: offset - lineStart + 1, text: text.slice(0, LONGEST_TEXT).trim() };
}
