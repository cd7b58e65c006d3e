/**
 * Amounts of Kubernetes resources as integers in base units: `cpu` in millicores, `memory`, `ephemeral-storage` and
 * `hugepages-*` in bytes, everything else (`pods`, `nvidia.com/gpu`, …) as a count. A missing key means zero.
 * Integers up to 2^53, so 8 PiB is the largest amount of memory.
 */
export type ResourceList = Readonly<Record<string, number>>;

export const addResources = (a: ResourceList, b: ResourceList): ResourceList =>
  combine(a, b, (x, y) => x + y);
export const subtractResources = (a: ResourceList, b: ResourceList): ResourceList =>
  combine(a, b, (x, y) => x - y);
export const maxResources = (a: ResourceList, b: ResourceList): ResourceList => combine(a, b, Math.max);

export function sumResources(lists: Iterable<ResourceList>): ResourceList {
  const sum: Record<string, number> = {};
  for (const list of lists) {
    for (const [name, amount] of Object.entries(list)) sum[name] = (sum[name] ?? 0) + amount;
  }
  return sum;
}

/** Names of the requested resources that `available` does not hold enough of, sorted. Empty means it fits. */
export function lackingResources(requests: ResourceList, available: ResourceList): string[] {
  return Object.entries(requests)
    .filter(([name, amount]) => amount > 0 && amount > (available[name] ?? 0))
    .map(([name]) => name)
    .sort();
}

function combine(
  a: ResourceList,
  b: ResourceList,
  operation: (x: number, y: number) => number,
): ResourceList {
  const result: Record<string, number> = { ...a };
  for (const name of Object.keys(a)) result[name] = operation(a[name] ?? 0, b[name] ?? 0);
  for (const name of Object.keys(b)) if (!(name in a)) result[name] = operation(0, b[name] ?? 0);
  return result;
}
