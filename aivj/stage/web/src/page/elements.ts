// The page's elements.

/** The element with an id that the page cannot do without. */
export function element<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${kind.name} #${id}`);
  return found;
}

/** Says to programs that an element does by now what it is there for. */
export function markWired(...ids: readonly string[]): void {
  for (const id of ids) element(id, HTMLElement).dataset.wired = "1";
}

/** Sets an element's text where it is another: the same text again would cost a layout. */
export function setText(target: HTMLElement, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

/** Puts options into a list in the place of those there. */
export function fillSelect(
  select: HTMLSelectElement,
  options: readonly { readonly id: string; readonly label: string }[],
  selected: string,
): void {
  select.replaceChildren(
    ...options.map(({ id, label }) => new Option(label, id, id === selected, id === selected)),
  );
}
