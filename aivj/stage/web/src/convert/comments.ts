// First pass over a shader's text: comments and continued lines.

/**
 * Replaces comments by a blank, in one pass from left to right: whichever of `//` and `/*` comes
 * first wins, so the comment `//*=` hides no code. Line breaks inside comments stay.
 */
export function stripComments(source: string): string {
  return source.replace(/\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g, (comment) => {
    return ` ${comment.replace(/[^\n]/g, "")}`;
  });
}

/** Joins lines that end in a backslash, and adds the lost breaks after them: numbers stay true. */
export function joinContinuedLines(source: string): string {
  return source.replace(/(?:[^\n]*\\[^\S\n]*\n)+[^\n]*/g, (lines) => {
    const parts = lines.split(/\\[^\S\n]*\n/);
    return parts.join(" ") + "\n".repeat(parts.length - 1);
  });
}
