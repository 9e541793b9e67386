// pow(): HLSL's powers.

import { byComponent, numbers } from "./by_component.ts";
import type { Module } from "./module.ts";
import { alike, type NumericValue, type Value } from "./values.ts";

/** Above, the steps would cost more than the logarithm. */
const MAX_MULTIPLIED = 64;

/**
 * `pow` with a whole number for its exponent is multiplied out, as Microsoft's compiler does: an odd
 * power of a negative base is negative. Of any other exponent see POW_POLICY.
 */
export function power(module: Module, args: readonly Value[]): Value {
  const [base, exponent] = numbers(module, "pow", args, 2) as [NumericValue, NumericValue];
  const times = exponent.constant;
  const whole = times !== undefined && Number.isInteger(times) && Math.abs(times) <= MAX_MULTIPLIED;
  if (!whole) return ANY_POWER(module, [base, exponent]);
  const [value] = alike(module, [base, exponent], "float") as [NumericValue, NumericValue];
  if (times === 1) return { code: value.code, type: value.type };
  const name = `hl_pow${Math.abs(times)}${times < 0 ? "_under_one" : ""}`;
  return byComponent(name.slice("hl_".length), 1, multiplied(times))(module, [value]);
}

const ANY_POWER = byComponent("pow", 2, "pow(abs(a), b)");

/** GLSL that multiplies `a` with itself. */
function multiplied(times: number): string {
  const steps: string[] = ["T r = T(1.0);"];
  for (let left = Math.abs(times); left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) steps.push("r *= a;");
    if (left > 1) steps.push("a *= a;");
  }
  return `${steps.join(" ")} return ${times < 0 ? "1.0 / r" : "r"};`;
}
