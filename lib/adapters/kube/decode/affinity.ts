/** Affinity, spread and tolerations of pods. */
import {
  type Affinity,
  NO_AFFINITY,
  type PodAffinityTerm,
  type TopologySpreadConstraint,
} from '../../../model/affinity.ts';
import type { TaintEffect, Toleration } from '../../../model/taint.ts';
import { NONE, nodeTermOf, oneOf, selectorOf } from './values.ts';
import type { WireAffinity, WirePodTerm, WireSpread, WireToleration } from './wire.ts';

const POLICIES = ['Honor', 'Ignore'] as const;
export const EFFECTS: readonly TaintEffect[] = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

export function affinityOf(written: WireAffinity | null | undefined): Affinity {
  if (written === null || written === undefined) return NO_AFFINITY;
  const { nodeAffinity, podAffinity, podAntiAffinity } = written;
  return {
    nodeRequired:
      nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms?.map(nodeTermOf) ??
      NONE,
    nodePreferred:
      nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution?.map(({ weight, preference }) => ({
        weight,
        preference: nodeTermOf(preference),
      })) ?? NONE,
    podRequired: podAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.map(podTermOf) ?? NONE,
    podPreferred: podAffinity?.preferredDuringSchedulingIgnoredDuringExecution?.map(weighted) ?? NONE,
    podAntiRequired: podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.map(podTermOf) ?? NONE,
    podAntiPreferred: podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution?.map(weighted) ?? NONE,
  };
}

const weighted = (written: { readonly weight: number; readonly podAffinityTerm: WirePodTerm }) => ({
  weight: written.weight,
  term: podTermOf(written.podAffinityTerm),
});

function podTermOf(written: WirePodTerm): PodAffinityTerm {
  const { topologyKey, labelSelector, namespaceSelector } = written;
  return {
    topologyKey,
    ...(labelSelector ? { labelSelector: selectorOf(labelSelector) } : {}),
    namespaces: written.namespaces ?? NONE,
    ...(namespaceSelector ? { namespaceSelector: selectorOf(namespaceSelector) } : {}),
    matchLabelKeys: written.matchLabelKeys ?? NONE,
    mismatchLabelKeys: written.mismatchLabelKeys ?? NONE,
  };
}

/** What to do when it cannot be met is taken as hard when nobody knew of it: a place found so is right either way. */
export function spreadOf(written: WireSpread): TopologySpreadConstraint {
  const { maxSkew, topologyKey, labelSelector, minDomains } = written;
  return {
    maxSkew,
    topologyKey,
    whenUnsatisfiable: oneOf(written.whenUnsatisfiable, ['DoNotSchedule', 'ScheduleAnyway'], 'DoNotSchedule'),
    ...(labelSelector ? { labelSelector: selectorOf(labelSelector) } : {}),
    matchLabelKeys: written.matchLabelKeys ?? NONE,
    ...(typeof minDomains === 'number' ? { minDomains } : {}),
    nodeAffinityPolicy: oneOf(written.nodeAffinityPolicy, POLICIES, 'Honor'),
    nodeTaintsPolicy: oneOf(written.nodeTaintsPolicy, POLICIES, 'Ignore'),
  };
}

/** A toleration by an operator or of an effect that nobody knew of tolerates nothing we know of: it is left out. */
export function tolerationsOf(written: readonly WireToleration[] | null | undefined): readonly Toleration[] {
  return written?.flatMap(tolerationOf) ?? NONE;
}

function tolerationOf(written: WireToleration): Toleration[] {
  const { key, value, tolerationSeconds } = written;
  const operator = written.operator || 'Equal';
  const effect = EFFECTS.find((one) => one === written.effect);
  if (operator !== 'Equal' && operator !== 'Exists') return [];
  if (effect === undefined && written.effect) return [];
  return [
    {
      ...(typeof key === 'string' ? { key } : {}),
      operator,
      ...(typeof value === 'string' ? { value } : {}),
      ...(effect === undefined ? {} : { effect }),
      ...(typeof tolerationSeconds === 'number' ? { tolerationSeconds } : {}),
    },
  ];
}
