// A shuffled order of the pack's pairs that outlives the page.

export type Store = globalThis.Pick<Storage, "getItem" | "setItem" | "removeItem">;

export const SHUFFLE_KEY = "nw.coupledPairs.shuffleState.v0";

interface ShuffleState {
  v: 0;
  pack: string;
  /** Number of pairs. */
  len: number;
  /** Next position in `order`; counts on from 0 behind the end. */
  pos: number;
  /** A permutation of indexes into the manifest's pairs, not of pair ids. */
  order: number[];
  /** Unix time in ms. */
  updatedAt: number;
  /** Who made the order. */
  seededBy: string;
}

/** The next index of the order, which is made when there is none for this pack. */
export function nextInOrder(store: Store, pack: string, len: number, random: () => number): number {
  const kept = readState(store, pack, len);
  const state = kept ?? {
    v: 0,
    pack,
    len,
    pos: 0,
    order: shuffled(len, random),
    seededBy: "runtime",
  };
  const position = state.pos % len;
  const index = state.order[position];
  if (index === undefined) throw new Error("the shuffled order is shorter than the pack");
  const written: ShuffleState = { ...state, v: 0, pos: position + 1, updatedAt: Date.now() };
  store.setItem(SHUFFLE_KEY, JSON.stringify(written));
  return index;
}

/** The index that `nextInOrder` will return; null while there is no order for this pack. */
export function indexAhead(store: Store, pack: string, len: number): number | null {
  const kept = readState(store, pack, len);
  return kept === null ? null : (kept.order[kept.pos % len] ?? null);
}

export function forgetOrder(store: Store): void {
  store.removeItem(SHUFFLE_KEY);
}

/** State of another version, pack or length counts as none. */
function readState(store: Store, pack: string, len: number): ShuffleState | null {
  let state: Partial<ShuffleState> | null;
  try {
    state = JSON.parse(store.getItem(SHUFFLE_KEY) ?? "null");
  } catch {
    return null;
  }
  if (state?.v !== 0 || state.pack !== pack || state.len !== len) return null;
  const { pos, order } = state;
  const usable = Number.isInteger(pos) && Number(pos) >= 0 && isOrder(order, len);
  return usable ? (state as ShuffleState) : null;
}

function isOrder(order: unknown, len: number): boolean {
  if (!Array.isArray(order) || order.length !== len) return false;
  return order.every((index) => Number.isInteger(index) && index >= 0 && index < len);
}

/** Fisher-Yates. */
function shuffled(len: number, random: () => number): number[] {
  const order = Array.from({ length: len }, (_, index) => index);
  for (let end = len - 1; end > 0; end--) {
    const other = Math.floor(random() * (end + 1));
    [order[end], order[other]] = [order[other] as number, order[end] as number];
  }
  return order;
}
