/** Whether a history id lies after another. They are decimal, and may be beyond what a number holds exactly. */
export function isLater(a: string, b: string): boolean {
  return a.length === b.length ? a > b : a.length > b.length;
}

/** The later of two history ids. */
export function laterOf(a: string, b: string): string {
  return isLater(a, b) ? a : b;
}
