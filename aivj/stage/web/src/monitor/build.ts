// Makes elements. Whatever comes from a run is set as text: it is nobody's markup.

type Attributes = Readonly<Record<string, string>>;

/** An element with attributes, and children or text in it. */
export function make(
  name: string,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElement {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const SVG = "http://www.w3.org/2000/svg";

/** An element of a drawing. */
export function draw(name: string, attributes: Attributes, ...children: Node[]): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** Fills an element anew, only if what it shows has changed. */
export function fill(target: HTMLElement, key: unknown, children: () => Node[]): void {
  const text = JSON.stringify(key);
  if (target.dataset.shown === text) return;
  target.dataset.shown = text;
  target.replaceChildren(...children());
}

/** Sets a share of 0 to 1, which the style sheet draws. */
export function setShare(target: HTMLElement, share: number): void {
  target.style.setProperty("--share", String(Math.min(1, Math.max(0, share))));
}
