// Code for one block of equations: its variables become local ones, which are read when it begins
// and written back when it ends.

import { Code, F64, I32, NOTHING, OP } from "./code.ts";
import { A_ROUND, steps } from "./cost.ts";
import { assigns } from "./effects.ts";
import { NEAR, type Surroundings } from "./library.ts";
import { Locals } from "./locals.ts";
import { BUFFER_LENGTH, NEARLY, tableOf, writeAddress } from "./memory.ts";
import type { Assignment, Binary, Chain, Logic, Node, Script, Unary } from "./syntax.ts";

/** Rounds that one loop goes at most. */
const MOST_ROUNDS = 1_048_576;

/** A block's surroundings: those of the library, and what its names stand for. */
interface Scope extends Surroundings {
  /** Index of the global variable that keeps a name's value. */
  global(name: string): number;
  /** Number of the block's own buffer; the shared one is 0. */
  buffer: number;
  /** `rand` gives whole numbers. */
  wholeRandom: boolean;
  /** Writes what comes before all else. */
  beginning(code: Code): void;
}

type Change = Pick<Assignment, "operation" | "value">;

/** What can be assigned to: how to read it, and how to put a local variable's value there. */
interface Place {
  read(): void;
  write(value: number): void;
}

const COMPARISONS: Partial<Record<Binary, number>> = {
  ...{ below: OP.f64Lt, above: OP.f64Gt, beleq: OP.f64Le, aboeq: OP.f64Ge },
};
const SIMPLE: Partial<Record<Binary | Unary, number>> = {
  ...{ add: OP.f64Add, sub: OP.f64Sub, mul: OP.f64Mul, min: OP.f64Min, max: OP.f64Max },
  ...{ neg: OP.f64Neg, abs: OP.f64Abs, floor: OP.f64Floor, ceil: OP.f64Ceil },
};
const CONDITIONS = new Set<string>([
  ...["equal", "noteq", "below", "above", "beleq", "aboeq", "band", "bor"],
]);

class Emitter {
  readonly #code = new Code();
  readonly #locals = new Locals();
  readonly #scope: Scope;

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  function(script: Script): Code {
    for (const statement of script.body) this.#discard(statement);
    return this.#locals.around(this.#code, this.#scope);
  }

  /** Works `node` out for what it does. */
  #discard(node: Node): void {
    if (node.kind === "assign") this.#assign(node, false);
    else if (node.kind === "if") this.#if(node, false);
    else if (node.kind === "loop") this.#loop(node.count, node.body, null);
    else if (node.kind === "block") for (const part of node.body) this.#discard(part);
    else {
      this.#value(node);
      this.#code.op(OP.drop);
    }
  }

  /** Leaves the value of `node`. */
  #value(node: Node): void {
    const code = this.#code;
    switch (node.kind) {
      case "number":
        code.f64(node.value);
        return;
      case "variable":
        code.get(this.#locals.read(node.name));
        return;
      case "memory":
        this.#memory(node.shared, node.index);
        return;
      case "unary":
        this.#unary(node.operation, node.operand);
        return;
      case "chain":
        this.#chain(node, (operation) => this.#binary(operation));
        return;
      case "logic":
        this.#logic(node);
        code.op(OP.f64FromI32U);
        return;
      case "assign":
        this.#assign(node, true);
        return;
      case "if":
        this.#if(node, true);
        return;
      case "loop":
        this.#locals.with(F64, (last) => this.#loop(node.count, node.body, last));
        return;
      case "while":
        this.#while(node.body);
        return;
      case "block":
        this.#block(node.body, (last) => this.#value(last));
        return;
      default:
        for (const operand of node.operands) this.#value(operand);
        code.i32(tableOf(this.#scope.buffer)).call(this.#scope.function(node.kind));
    }
  }

  /** All but the last for what they do, the last by `use`. */
  #block<T>(body: readonly Node[], use: (last: Node) => T): T {
    for (const part of body.slice(0, -1)) this.#discard(part);
    return use(body.at(-1) as Node);
  }

  #unary(operation: Unary, operand: Node): void {
    const code = this.#code;
    if (operation === "not") {
      this.#condition(operand);
      code.op(OP.i32Eqz, OP.f64FromI32U);
      return;
    }
    this.#value(operand);
    const simple = SIMPLE[operation];
    if (simple !== undefined) code.op(simple);
    else if (operation === "sqrt") code.op(OP.f64Abs, OP.f64Sqrt);
    else if (operation === "sqr") {
      this.#locals.with(F64, (value) => code.tee(value).get(value).op(OP.f64Mul));
    } else if (operation === "rand" && this.#scope.wholeRandom) {
      code.call(this.#scope.function("randWhole"));
    } else if (operation !== "same") code.call(this.#scope.function(operation));
  }

  /** `finish` does the last operation, on the two values that are left for it. */
  #chain({ first, rest }: Chain, finish: (operation: Binary) => void): void {
    for (const [at, { operation, operand }] of rest.entries()) {
      if (at === 0) this.#pair(first, operand);
      else this.#value(operand);
      if (at === rest.length - 1) finish(operation);
      else this.#binary(operation);
    }
  }

  /** A variable stands for its place: `a + (a = 3)` is 6. */
  #pair(first: Node, second: Node): void {
    if (first.kind !== "variable" || !assigns(second, first.name)) {
      this.#value(first);
      this.#value(second);
      return;
    }
    this.#locals.with(F64, (value) => {
      this.#value(second);
      this.#code.set(value).get(this.#locals.read(first.name)).get(value);
    });
  }

  /** Makes one value of the two that were left. */
  #binary(operation: Binary): void {
    const code = this.#code;
    const simple = SIMPLE[operation];
    if (simple !== undefined) code.op(simple);
    else if (CONDITIONS.has(operation)) {
      this.#compare(operation);
      code.op(OP.f64FromI32U);
    } else code.call(this.#scope.function(operation));
  }

  /** Leaves 0 or 1 of the two values that were left. */
  #compare(operation: Binary): void {
    const code = this.#code;
    const comparison = COMPARISONS[operation];
    if (comparison !== undefined) code.op(comparison);
    else if (operation === "equal") code.op(OP.f64Sub, OP.f64Abs).f64(NEAR).op(OP.f64Lt);
    else if (operation === "noteq") code.op(OP.f64Sub, OP.f64Abs).f64(NEAR).op(OP.f64Gt);
    else {
      this.#locals.with(I32, (second) => {
        this.#truth();
        code.set(second);
        this.#truth();
        code.get(second).op(operation === "band" ? OP.i32And : OP.i32Or);
      });
    }
  }

  /** Whether the value that was left is more than nothing. */
  #truth(): void {
    this.#code.op(OP.f64Abs).f64(NEAR).op(OP.f64Gt);
  }

  /** Leaves 0 or 1. A value is false that is near 0, or no number. */
  #condition(node: Node): void {
    if (node.kind === "logic") this.#logic(node);
    else if (node.kind === "unary" && node.operation === "not") {
      this.#condition(node.operand);
      this.#code.op(OP.i32Eqz);
    } else if (node.kind === "chain" && CONDITIONS.has(node.rest.at(-1)?.operation ?? "")) {
      this.#chain(node, (operation) => this.#compare(operation));
    } else {
      this.#value(node);
      this.#truth();
    }
  }

  #logic({ first, rest }: Logic): void {
    const code = this.#code;
    this.#condition(first);
    for (const { operation, operand } of rest) {
      code.if(I32);
      if (operation === "or") code.i32(1).op(OP.else);
      this.#locals.perhaps(() => this.#condition(operand));
      if (operation === "and") code.op(OP.else).i32(0);
      code.op(OP.end);
    }
  }

  #if({ test, yes, no }: Extract<Node, { kind: "if" }>, wanted: boolean): void {
    const code = this.#code;
    const branch = (node: Node) =>
      this.#locals.perhaps(() => (wanted ? this.#value(node) : this.#discard(node)));
    this.#condition(test);
    code.if(wanted ? F64 : NOTHING);
    branch(yes);
    code.op(OP.else);
    branch(no);
    code.op(OP.end);
  }

  /** The last round's value is left if there is a local variable for it; 0 if there was none. */
  #loop(count: Node, body: Node, last: number | null): void {
    const code = this.#code;
    const { stepsLeft } = this.#scope;
    const aRound = A_ROUND + steps(body);
    this.#locals.with(I32, (left) => {
      if (last !== null) code.f64(0).set(last);
      this.#value(count);
      code.f64(MOST_ROUNDS).op(OP.f64Min).truncate("i32").set(left);
      this.#cutOffWhere(() => {
        code.get(left).i32(0).op(OP.i32GtS).get(left);
        code.getGlobal(stepsLeft).i32(aRound).op(OP.i32DivS, OP.i32GtS, OP.i32And);
      });
      code.get(left).getGlobal(stepsLeft).i32(aRound).op(OP.i32DivS);
      code.get(left).getGlobal(stepsLeft).i32(aRound).op(OP.i32DivS, OP.i32LtS, OP.select);
      code.tee(left).i32(0).op(OP.i32GtS).if();
      code.getGlobal(stepsLeft).get(left).i32(aRound).op(OP.i32Mul, OP.i32Sub);
      code.setGlobal(stepsLeft).loop();
      this.#locals.perhaps(() => {
        if (last === null) this.#discard(body);
        else {
          this.#value(body);
          code.set(last);
        }
      });
      code.get(left).i32(1).op(OP.i32Sub).tee(left).branchIf(0).op(OP.end, OP.end);
      if (last !== null) code.get(last);
    });
  }

  /** Goes round at least once, and for as long as the value is true. */
  #while(body: Node): void {
    const code = this.#code;
    const { stepsLeft } = this.#scope;
    this.#locals.with(I32, (left) =>
      this.#locals.with(F64, (last) => {
        code.i32(MOST_ROUNDS).set(left).loop();
        code
          .getGlobal(stepsLeft)
          .i32(A_ROUND + steps(body))
          .op(OP.i32Sub)
          .setGlobal(stepsLeft);
        this.#locals.perhaps(() => this.#value(body));
        code.tee(last);
        this.#truth();
        code.get(left).i32(1).op(OP.i32Sub).tee(left).i32(0).op(OP.i32GtS, OP.i32And).if();
        this.#cutOffWhere(() => code.getGlobal(stepsLeft).i32(1).op(OP.i32LtS));
        code.getGlobal(stepsLeft).i32(0).op(OP.i32GtS).branchIf(1).op(OP.end, OP.end).get(last);
      }),
    );
  }

  /** Notes that something is left out, if what `write` leaves is true. */
  #cutOffWhere(write: () => void): void {
    write();
    this.#code.if().i32(1).setGlobal(this.#scope.cutOff).op(OP.end);
  }

  #table(shared: boolean): number {
    return tableOf(shared ? 0 : this.#scope.buffer);
  }

  /** Leaves the whole number that an index is. */
  #index(index: Node): void {
    this.#value(index);
    this.#code.f64(NEARLY.ofIndex).op(OP.f64Add).truncate("i32");
  }

  #memory(shared: boolean, index: Node): void {
    const code = this.#code;
    this.#index(index);
    this.#locals.with(I32, (at) => {
      code.tee(at).i32(BUFFER_LENGTH).op(OP.i32LtU).if(F64);
      writeAddress(code, at, this.#table(shared));
      code.loadF64().op(OP.else).f64(0).op(OP.end);
    });
  }

  #assign({ target, operation, value }: Assignment, wanted: boolean): void {
    const code = this.#code;
    if (target.kind === "variable" && operation === null) {
      this.#value(value);
      const local = this.#locals.write(target.name);
      if (wanted) code.tee(local);
      else code.set(local);
      return;
    }
    this.#place(target, (place) => this.#put(place, { operation, value }, wanted));
  }

  #put(place: Place, { operation, value }: Change, wanted: boolean): void {
    const code = this.#code;
    this.#locals.with(F64, (result) => {
      this.#value(value);
      code.set(result);
      if (operation !== null) {
        place.read();
        code.get(result);
        this.#binary(operation);
        code.set(result);
      }
      place.write(result);
      if (wanted) code.get(result);
    });
  }

  /** Works out where `target` is, before `use` works out what is put there. */
  #place(target: Node, use: (place: Place) => void): void {
    const code = this.#code;
    switch (target.kind) {
      case "variable":
        use({
          read: () => code.get(this.#locals.read(target.name)),
          write: (value) => code.get(value).set(this.#locals.write(target.name)),
        });
        return;
      case "memory":
        this.#cell(target.shared, target.index, use);
        return;
      case "block":
        this.#block(target.body, (last) => this.#place(last, use));
        return;
      case "assign":
        this.#place(target.target, (place) => {
          this.#put(place, target, false);
          use(place);
        });
        return;
      case "if":
        this.#choice(target, use);
        return;
      default:
        // A value without a place: what is put there is lost.
        this.#locals.with(F64, (kept) => {
          this.#value(target);
          code.set(kept);
          use({ read: () => code.get(kept), write: () => {} });
        });
    }
  }

  #cell(shared: boolean, index: Node, use: (place: Place) => void): void {
    const code = this.#code;
    this.#locals.with(I32, (at) => {
      code.i32(this.#table(shared));
      this.#index(index);
      code.call(this.#scope.function("cell")).set(at);
      use({
        read: () => code.get(at).loadF64(),
        write: (value) => code.get(at).get(value).storeF64(),
      });
    });
  }

  #choice({ test, yes, no }: Extract<Node, { kind: "if" }>, use: (place: Place) => void): void {
    const code = this.#code;
    this.#locals.with(I32, (chosen) => {
      this.#condition(test);
      code.tee(chosen).if();
      this.#locals.enterBranch();
      this.#place(yes, (first) => {
        code.op(OP.else);
        this.#place(no, (second) => {
          code.op(OP.end);
          this.#locals.leaveBranch();
          use(this.#either(chosen, first, second));
        });
      });
    });
  }

  /** One of two places, as it was decided. */
  #either(chosen: number, yes: Place, no: Place): Place {
    const code = this.#code;
    const choose = (type: number, first: () => void, second: () => void) => {
      code.get(chosen).if(type);
      this.#locals.perhaps(first);
      code.op(OP.else);
      this.#locals.perhaps(second);
      code.op(OP.end);
    };
    return {
      read: () => choose(F64, yes.read, no.read),
      write: (value) =>
        choose(
          NOTHING,
          () => yes.write(value),
          () => no.write(value),
        ),
    };
  }
}

/** Body of the function that a block becomes, less its end. */
export function emit(script: Script, scope: Scope): Code {
  return new Emitter(scope).function(script);
}
