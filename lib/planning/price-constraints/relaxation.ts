// What can be relaxed, and what came of it.
import type { Pod, PodSpec } from '../../model/pod.ts';
import type { ProvisioningInput } from '../types.ts';

export type ConstraintKind =
  | 'topologySpread'
  | 'podAffinity'
  | 'podAntiAffinity'
  | 'nodeSelection' // one label key of nodeSelector and required node affinity
  | 'preferences' // preferred affinity and ScheduleAnyway, as far as the plan keeps them
  | 'hostPorts'
  | 'requirement' // one requirement of a NodePool, given up
  | 'value' // one more value allowed by a requirement of a NodePool
  | 'minValues'
  | 'limit'
  | 'taint'
  | 'weight' // the order of NodePools
  | 'setting'; // one of the planner's own, which weighs money against something else

export interface Constraint {
  readonly kind: ConstraintKind;
  /** `Deployment shop/checkout`, `NodePool general`; empty for a setting. */
  readonly object: string;
  /** The constraint on it in the document's terms: `maxSkew 1 by zone`. */
  readonly detail: string;
}

export interface Relaxation {
  readonly constraint: Constraint;
  /** The pods that it binds. */
  readonly pods: readonly Pod[];
  readonly relaxed: (input: ProvisioningInput) => ProvisioningInput;
}

/** These pods with another specification. One specification becomes one, which planning tells pods alike by. */
export function withSpecs(pods: readonly Pod[], change: (spec: PodSpec) => PodSpec): Relaxation['relaxed'] {
  const changed = new Set(pods.map(({ uid }) => uid));
  return (input) => {
    const specs = new Map<PodSpec, PodSpec>();
    const specOf = (spec: PodSpec): PodSpec => {
      const known = specs.get(spec) ?? change(spec);
      specs.set(spec, known);
      return known;
    };
    return {
      ...input,
      pods: input.pods.map((pod) => (changed.has(pod.uid) ? { ...pod, spec: specOf(pod.spec) } : pod)),
    };
  };
}

/** `zone` for `topology.kubernetes.io/zone`: what people call a label. */
export const shortKey = (key: string): string => key.slice(key.lastIndexOf('/') + 1);
