// Who made which GL objects, so that all of a pair's go when the pair goes.
//
// Butterchurn never deletes what it makes, and the browser keeps GL objects as long as the context
// lives: each pair would stay on the GPU until the page is closed. Programs are not booked: they are
// shared, see programs.ts.

const KINDS = ["Buffer", "Framebuffer", "Sampler", "Texture", "VertexArray"] as const;

type Create = (...args: unknown[]) => object | null;

/** The objects of one owner. */
export class GlObjects {
  #deletions: (() => void)[] = [];

  add(deletion: () => void): void {
    this.#deletions.push(deletion);
  }

  release(): void {
    for (const deletion of this.#deletions) deletion();
    this.#deletions = [];
  }
}

/** Books every object that is made in a context on the present owner. */
export class GlLedger {
  #owner: GlObjects | null = null;

  constructor(gl: WebGL2RenderingContext) {
    const methods = gl as unknown as Record<string, Create>;
    for (const kind of KINDS) this.#watch(methods, kind);
  }

  get owner(): GlObjects | null {
    return this.#owner;
  }

  /** From now on `owner` has what is made; null: nobody, it stays. */
  set owner(owner: GlObjects | null) {
    this.#owner = owner;
  }

  /** Runs `action` in the name of nobody: what it makes stays. */
  unowned<T>(action: () => T): T {
    return this.during(null, action);
  }

  /** Runs `action` in the name of `owner`, and returns what it returns. */
  during<T>(owner: GlObjects | null, action: () => T): T {
    const before = this.#owner;
    this.#owner = owner;
    try {
      return action();
    } finally {
      this.#owner = before;
    }
  }

  #watch(methods: Record<string, Create>, kind: string): void {
    const create = methods[`create${kind}`]?.bind(methods);
    const remove = methods[`delete${kind}`]?.bind(methods);
    if (!create || !remove) throw new Error(`the context cannot make and delete a ${kind}`);
    methods[`create${kind}`] = (...args) => {
      const made = create(...args);
      this.#owner?.add(() => remove(made));
      return made;
    };
  }
}
