// The rewriter: what MilkDrop's compiler reads and hlslparser does not, in the order it is undone.

import { indexMatrixCells, indexWithIntegers } from "./rules/access.ts";
import { callOwnIntrinsics } from "./rules/calls.ts";
import { castsToConstructors, guardLeadingConstructors } from "./rules/casts.ts";
import { callSelect } from "./rules/conditionals.ts";
import { unifyLoops } from "./rules/loops.ts";
import { copyWrittenUniforms, renameStageGlobals, renameTakenNames } from "./rules/names.ts";
import { normalizeNumbers, parenthesizeSwizzledNumbers } from "./rules/numbers.ts";
import { callModulo, lastOfCommas, numberComparisons } from "./rules/operators.ts";
import { dropSamplerDeclarations, resolveSamplerModes } from "./rules/samplers.ts";
import {
  completeReturns,
  constructInitializers,
  openBareBlocks,
  splitCommaStatements,
  splitGlobalDeclarations,
} from "./rules/statements.ts";
import { dropAttributes, dropQualifiers, inlineArraySizes, unifyTypes } from "./rules/types.ts";
import type { Token } from "./tokens.ts";

type Rule = (tokens: readonly Token[]) => Token[];

const RULES: readonly Rule[] = [
  // Words.
  dropAttributes,
  inlineArraySizes,
  dropQualifiers,
  unifyTypes,
  normalizeNumbers,
  parenthesizeSwizzledNumbers,
  dropSamplerDeclarations,
  resolveSamplerModes,
  renameTakenNames,
  renameStageGlobals,
  copyWrittenUniforms,
  // Statements. Loops come before commas, because a loop's start may become a statement.
  splitGlobalDeclarations,
  constructInitializers,
  unifyLoops,
  splitCommaStatements,
  openBareBlocks,
  completeReturns,
  // Expressions. Leading constructors come last, because casts and commas make new ones.
  lastOfCommas,
  castsToConstructors,
  callModulo,
  callSelect,
  numberComparisons,
  indexMatrixCells,
  indexWithIntegers,
  callOwnIntrinsics,
  guardLeadingConstructors,
];

/** Applies every rule to a whole program, entry function included. */
export function rewrite(tokens: readonly Token[]): Token[] {
  return RULES.reduce<Token[]>((current, rule) => rule(current), [...tokens]);
}
