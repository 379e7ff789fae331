/** A label's name as it is shown: without spaces around it, and with single ones inside; NUL counts as one. */
export function shownLabelName(name: string): string {
  return name.replaceAll(/[\s\0]+/g, ' ').trim();
}

/** Two labels whose names fold to the same text are one label. */
export function foldLabelName(name: string): string {
  return shownLabelName(name).toLowerCase();
}
