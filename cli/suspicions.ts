// Requests that are valid and hardly meant: a plan that believes them puts hundreds of such pods on one small node.
import { counted } from '../lib/model/counted.ts';
import { podKey } from '../lib/model/pod.ts';
import type { ProvisioningInput } from '../lib/planning/types.ts';

/** No container lives in less: whoever asks for it left a suffix out (`512`), or wrote `m`, a thousandth, for `Mi`. */
const LEAST_BYTES = 1024 ** 2;
const BYTES = ['memory', 'ephemeral-storage'] as const;

/** One note per resource and amount, with the first who asks for it. */
export function suspiciousRequests({ pods, cluster }: Pick<ProvisioningInput, 'pods' | 'cluster'>): string[] {
  const asking = [
    ...pods.map((pod) => ({ name: podKey(pod), requests: pod.spec.requests })),
    ...cluster.daemonSets.map((set) => ({
      name: `DaemonSet ${podKey(set)}`,
      requests: set.template.spec.requests,
    })),
  ];
  const found = new Map<string, { readonly first: string; others: number }>();
  for (const { name, requests } of asking) {
    for (const resource of BYTES) {
      const amount = requests[resource] ?? 0;
      if (amount === 0 || amount >= LEAST_BYTES) continue;
      const what = `${counted(amount, 'byte')} of ${resource}`;
      const entry = found.get(what);
      if (entry === undefined) found.set(what, { first: name, others: 0 });
      else entry.others += 1;
    }
  }
  return [...found].map(([what, { first, others }]) => {
    const who = others === 0 ? `${first} asks` : `${first} and ${others} more ask`;
    return `${who} for ${what}: is a suffix such as Mi missing, or m written for Mi?`;
  });
}
