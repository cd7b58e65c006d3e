import type { NewNode, NewPod } from '../../lib/adapters/memory/kube-api.ts';
import type { PodSpec } from '../../lib/model/pod.ts';
import { aNode, aPodSpec } from './builders.ts';

export const aNewPod = (
  name: string,
  overrides: Partial<NewPod> = {},
  spec: Partial<PodSpec> = {},
): NewPod => ({
  namespace: 'default',
  name,
  labels: { app: 'shop' },
  annotations: {},
  spec: aPodSpec(spec),
  ...overrides,
});

/** A node as it joins: not ready. */
export function aNewNode(name: string, overrides: Partial<NewNode> = {}): NewNode {
  const { uid: _, resourceVersion: __, createdAtMs: ___, readySinceMs: ____, ...node } = aNode({ name });
  return { ...node, ready: 'False', ...overrides };
}
