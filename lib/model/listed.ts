const MAX_LISTED = 5;

/** `a, b and 3 more`: the first few names of a list. */
export function listed(names: readonly string[]): string {
  const others = names.length - MAX_LISTED;
  return `${names.slice(0, MAX_LISTED).join(', ')}${others > 0 ? ` and ${others} more` : ''}`;
}
