// Macro expansion by the rules of C: arguments first, then the result again, no macro in itself.

import { type Token, textAt, tokenize } from "./tokens.ts";
import { ShaderError } from "./types.ts";

const MAX_DEPTH = 40;
const MAX_TOKENS = 200_000;

interface Macro {
  /** Null for a macro that is used without parentheses. */
  readonly params: readonly string[] | null;
  readonly body: readonly Token[];
}

export type Macros = Map<string, Macro>;

/** A token and the macros it came out of, which it must not call again. */
interface Item {
  readonly token: Token;
  readonly within: ReadonlySet<string>;
}

/** Adds the macro of a `#define`; `tokens` are what follows that word. */
export function define(macros: Macros, source: string, tokens: readonly Token[]): void {
  const [name, next] = tokens;
  if (name?.kind !== "word") return;
  // Only a parenthesis that touches the name starts parameters; tokens do not tell.
  const touching = new RegExp(`#\\s*define\\s+${name.text}\\(`).test(source);
  if (next === undefined || !touching) {
    macros.set(name.text, { params: null, body: tokens.slice(1) });
    return;
  }
  const close = tokens.findIndex((token) => token.text === ")");
  if (close === -1) throw failure(name, `the parameters of macro ${name.text} do not end`);
  const params = tokens.slice(2, close).filter((token) => token.kind === "word");
  macros.set(name.text, {
    params: params.map((param) => param.text),
    body: tokens.slice(close + 1),
  });
}

/** Replaces every macro call in `tokens`. */
export function expandMacros(tokens: readonly Token[], macros: Macros): Token[] {
  const none: ReadonlySet<string> = new Set();
  const items = expand(
    tokens.map((token) => ({ token, within: none })),
    macros,
  );
  return items.map((item) => item.token);
}

function expand(input: readonly Item[], macros: Macros): Item[] {
  const output: Item[] = [];
  const pending = [...input].reverse();
  for (let item = pending.pop(); item !== undefined; item = pending.pop()) {
    const macro = macros.get(item.token.text);
    const called = macro !== undefined && !item.within.has(item.token.text);
    if (!called || (macro.params !== null && pending.at(-1)?.token.text !== "(")) {
      output.push(item);
      continue;
    }
    const result = call(item, macro, macro.params === null ? [] : takeArguments(pending), macros);
    for (const produced of result.reverse()) pending.push(produced);
    if (pending.length + output.length > MAX_TOKENS) {
      throw failure(item.token, `macro ${item.token.text} makes the shader too long`);
    }
  }
  return output;
}

function takeArguments(pending: Item[]): Item[][] {
  const open = pending.pop();
  const args: Item[][] = [[]];
  for (let depth = 1; ; ) {
    const item = pending.pop();
    if (item === undefined) throw failure(open?.token, "the arguments of a macro do not end");
    const text = item.token.text;
    if (text === "(") depth += 1;
    if (text === ")") depth -= 1;
    if (depth === 0) return args;
    if (text === "," && depth === 1) args.push([]);
    else args.at(-1)?.push(item);
  }
}

function call(item: Item, macro: Macro, args: Item[][], macros: Macros): Item[] {
  const { text: name, line } = item.token;
  const within = new Set([...item.within, name]);
  if (within.size > MAX_DEPTH) throw failure(item.token, `macro ${name} is nested too deeply`);
  const params = macro.params ?? [];
  const given = params.length === 0 && args[0]?.length === 0 ? 0 : args.length;
  if (given !== params.length) {
    throw failure(item.token, `macro ${name} takes ${params.length} arguments, not ${given}`);
  }
  const output: Item[] = [];
  macro.body.forEach((token, at) => {
    const arg = args[params.indexOf(token.text)];
    const pasted = textAt(macro.body, at - 1) === "##" || textAt(macro.body, at + 1) === "##";
    if (arg === undefined) output.push({ token: { ...token, line }, within });
    else output.push(...(pasted ? arg : expand(arg, macros)));
  });
  return paste(output);
}

/** Joins the two tokens around each `##`. */
function paste(items: readonly Item[]): Item[] {
  const output: Item[] = [];
  for (let at = 0; at < items.length; at++) {
    const item = items[at] as Item;
    const next = items[at + 1];
    const last = output.at(-1);
    if (item.token.text !== "##" || last === undefined || next === undefined) {
      output.push(item);
      continue;
    }
    output.pop();
    const joined = tokenize(last.token.text + next.token.text, last.token.line);
    output.push(...joined.map((token) => ({ token, within: last.within })));
    at += 1;
  }
  return output;
}

function failure(token: Token | undefined, message: string): ShaderError {
  return new ShaderError("preprocess", `line ${token?.line ?? 0}: ${message}`);
}
