// Pods that ask for one or two things at a time, so that about as many fit as do not.
import * as fc from 'fast-check';
import type {
  NodeSelectorTerm,
  PodAffinityTerm,
  TopologySpreadConstraint,
} from '../../../lib/model/affinity.ts';
import { LABEL } from '../../../lib/model/labels.ts';
import type { HostPort, Pod, PodSpec } from '../../../lib/model/pod.ts';
import { OPERATORS, type Requirement } from '../../../lib/model/requirement.ts';
import type { ResourceList } from '../../../lib/model/resources.ts';
import type { LabelSelector } from '../../../lib/model/selector.ts';
import type { Toleration } from '../../../lib/model/taint.ts';
import { anAffinity, aPod } from '../builders.ts';
import { isReadable } from './labels.ts';
import { NUMBERS, rarely, VOLUME_CLAIMS, ZONE_NAMES } from './values.ts';

export interface PodWishes {
  /** matchFields and expressions that nobody can read, which planning refuses by name. */
  readonly refusable: boolean;
}

export const pendingPods = (wishes: PodWishes): fc.Arbitrary<Pod> =>
  fc
    .record({
      labels: podLabels,
      wanted: rarely(requests, fc.constant<ResourceList>({ pods: 1 })),
      aspects: fc.array(fc.oneof(...aspects(wishes)), { minLength: 1, maxLength: 2 }),
    })
    .map(({ labels, wanted, aspects: parts }) => {
      const pod = aPod({ name: 'pending', labels });
      return { ...pod, spec: parts.reduce(combined, { ...pod.spec, requests: wanted }) };
    });

type Aspect = Partial<PodSpec>;

const combined = (spec: PodSpec, aspect: Aspect): PodSpec => {
  const given = Object.entries(aspect.affinity ?? {}).filter(([, terms]) => terms.length > 0);
  return { ...spec, ...aspect, affinity: { ...spec.affinity, ...Object.fromEntries(given) } };
};

const aspects = (wishes: PodWishes): fc.Arbitrary<Aspect>[] => [
  fc.record({ nodeSelector }),
  fc
    .array(nodeTerm(wishes), { minLength: 1, maxLength: 2 })
    .map((nodeRequired) => ({ affinity: anAffinity({ nodeRequired }) })),
  fc.record({ tolerations: fc.array(toleration, { minLength: 1, maxLength: 2 }) }),
  fc.record({ hostPorts }),
  fc.record({ requests }),
  fc.record({ volumeClaims: fc.array(fc.constantFrom(...VOLUME_CLAIMS), { minLength: 1, maxLength: 2 }) }),
  fc.record({ topologySpread: fc.array(spreads, { minLength: 1, maxLength: 2 }) }),
  fc
    .array(podTerm, { minLength: 1, maxLength: 2 })
    .map((podRequired) => ({ affinity: anAffinity({ podRequired }) })),
  podAntiTerms.map((podAntiRequired) => ({ affinity: anAffinity({ podAntiRequired }) })),
];

export const podLabels: fc.Arbitrary<Record<string, string>> = fc.record(
  { app: fc.constantFrom('a', 'b', ''), rev: fc.constantFrom('1', '2') },
  { requiredKeys: [] },
);

export const requests: fc.Arbitrary<ResourceList> = fc
  .record({
    cpu: fc.constantFrom(0, 50, 100, 200),
    memory: rarely(fc.constantFrom(500, 1000, 1001), fc.constant(0)),
    gpus: rarely(fc.constantFrom(0, 1, 2), fc.constant(undefined)),
  })
  .map(({ cpu, memory, gpus }) => ({
    cpu,
    memory,
    pods: 1,
    ...(gpus === undefined ? {} : { 'nvidia.com/gpu': gpus }),
  }));

export const hostPorts: fc.Arbitrary<HostPort[]> = fc.array(
  fc.record({
    port: fc.constantFrom(80, 443),
    protocol: fc.constantFrom('TCP', 'TCP', 'UDP'),
    hostIp: fc.constantFrom('', '0.0.0.0', '10.0.0.1', '10.0.0.2'),
  }),
  { minLength: 1, maxLength: 2 },
);

const LABELS: Readonly<Record<string, readonly string[]>> = {
  disk: ['', 'ssd', 'hdd'],
  size: ['', 'abc', ...NUMBERS.filter((number) => /^\d/.test(number))],
  [LABEL.zone]: ZONE_NAMES,
  'failure-domain.beta.kubernetes.io/zone': ZONE_NAMES,
  [LABEL.hostname]: ['n0', 'n1', 'n9'],
};
const key = fc.constantFrom(...Object.keys(LABELS));

const nodeSelector = fc
  .uniqueArray(key, { minLength: 1, maxLength: 2 })
  .chain((keys) =>
    fc.record(Object.fromEntries(keys.map((name) => [name, fc.constantFrom(...(LABELS[name] ?? []))]))),
  );

const UNREADABLE = ['-1', '+1', 'two words', '1.5'];

function expression({ refusable }: PodWishes): fc.Arbitrary<Requirement> {
  const form = fc.record({ name: key, operator: fc.constantFrom(...OPERATORS) });
  return form.chain(({ name, operator }): fc.Arbitrary<Requirement> => {
    const usual = LABELS[name] ?? [];
    const bounds = NUMBERS.filter((number) => isReadable({ key: '', operator: 'Gt', values: [number] }));
    const among = (pool: readonly string[], most: number): fc.Arbitrary<string[]> =>
      fc.array(fc.constantFrom(...pool, ...(refusable ? UNREADABLE : [])), { minLength: 1, maxLength: most });
    if (operator === 'Exists' || operator === 'DoesNotExist') {
      return fc.constant({ key: name, operator, values: [] });
    }
    const values = operator === 'In' || operator === 'NotIn' ? among(usual, 3) : among(bounds, 1);
    // Only one label has numbers.
    const named = operator === 'In' || operator === 'NotIn' ? name : 'size';
    return values.map((list) => ({ key: named, operator, values: list }));
  });
}

function nodeTerm(wishes: PodWishes): fc.Arbitrary<NodeSelectorTerm> {
  const field = fc.record({
    key: rarely(fc.constant('metadata.namespace'), fc.constant('metadata.name')),
    operator: fc.constantFrom('In', 'NotIn', 'Exists'),
    values: fc.array(fc.constantFrom('n0', 'n1'), { minLength: 1, maxLength: 2 }),
  });
  const none: fc.Arbitrary<Requirement[]> = fc.constant([]);
  return fc.record({
    matchExpressions: fc.array(expression(wishes), { minLength: wishes.refusable ? 0 : 1, maxLength: 2 }),
    matchFields: wishes.refusable ? rarely(fc.array(field, { minLength: 1, maxLength: 2 }), none) : none,
  });
}

/** Terms of a volume or a class: zones under either key. */
export const zoneTerms: fc.Arbitrary<NodeSelectorTerm[]> = fc.array(
  fc
    .record({
      key: fc.constantFrom(LABEL.zone, 'topology.ebs.csi.aws.com/zone'),
      values: fc.uniqueArray(fc.constantFrom(...ZONE_NAMES), { minLength: 1, maxLength: 2 }),
    })
    .map((zone) => ({ matchExpressions: [{ ...zone, operator: 'In' as const }], matchFields: [] })),
  { maxLength: 2 },
);

/** An empty key only with Exists, and no value beside it: the API server lets nothing else in. */
const toleration: fc.Arbitrary<Toleration> = fc
  .record({
    key: fc.constantFrom(undefined, '', 'dedicated', 'gpu', 'node.kubernetes.io/unschedulable'),
    exists: fc.boolean(),
    value: fc.constantFrom(undefined, '', 'a', 'b'),
    effect: fc.constantFrom(undefined, 'NoSchedule' as const, 'NoExecute' as const),
    tolerationSeconds: fc.constantFrom(undefined, 0, 60),
  })
  .map(({ key: name, exists, value, effect, tolerationSeconds }) => ({
    ...(name === undefined ? {} : { key: name }),
    ...(exists || name === undefined || name === ''
      ? { operator: 'Exists' as const }
      : { operator: 'Equal' as const, ...(value === undefined ? {} : { value }) }),
    ...(effect === undefined ? {} : { effect }),
    ...(tolerationSeconds === undefined ? {} : { tolerationSeconds }),
  }));

const SELECTORS: readonly LabelSelector[] = [
  { matchLabels: { app: 'a' }, matchExpressions: [] },
  { matchLabels: { app: 'b' }, matchExpressions: [] },
  { matchLabels: {}, matchExpressions: [] },
  { matchLabels: {}, matchExpressions: [{ key: 'app', operator: 'In', values: ['a', 'b'] }] },
  { matchLabels: {}, matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['a'] }] },
  { matchLabels: { app: 'a' }, matchExpressions: [{ key: 'rev', operator: 'Exists', values: [] }] },
  { matchLabels: {}, matchExpressions: [{ key: 'rev', operator: 'DoesNotExist', values: [] }] },
];
const selector = fc.constantFrom(...SELECTORS);
const topologyKey = fc.constantFrom(
  LABEL.zone,
  LABEL.zone,
  LABEL.hostname,
  'rack',
  'failure-domain.beta.kubernetes.io/zone',
);
const policy = fc.constantFrom('Honor' as const, 'Ignore' as const);
const revision = fc.constantFrom<string[]>([], [], ['rev']);

/** `matchLabelKeys` needs a selector, as the API server demands. */
export const spreads: fc.Arbitrary<TopologySpreadConstraint> = fc
  .record({
    maxSkew: fc.constantFrom(1, 1, 2),
    topologyKey,
    soft: rarely(fc.constant(true), fc.constant(false)),
    labelSelector: rarely(fc.constant(undefined), selector),
    matchLabelKeys: revision,
    minDomains: rarely(fc.constantFrom(1, 2, 3, 4), fc.constant(undefined)),
    nodeAffinityPolicy: policy,
    nodeTaintsPolicy: policy,
  })
  .map(({ soft, labelSelector, matchLabelKeys, minDomains, ...rest }) => ({
    ...rest,
    whenUnsatisfiable: soft ? 'ScheduleAnyway' : 'DoNotSchedule',
    matchLabelKeys: labelSelector === undefined ? [] : matchLabelKeys,
    ...(labelSelector === undefined ? {} : { labelSelector }),
    ...(minDomains === undefined || soft ? {} : { minDomains }),
  }));

const namespaceSelector = fc.constantFrom<LabelSelector>(
  { matchLabels: {}, matchExpressions: [] },
  { matchLabels: { tier: 'front' }, matchExpressions: [] },
  { matchLabels: {}, matchExpressions: [{ key: 'tier', operator: 'DoesNotExist', values: [] }] },
);

const podTerm: fc.Arbitrary<PodAffinityTerm> = fc
  .record({
    topologyKey,
    labelSelector: rarely(fc.constant(undefined), selector),
    namespaces: fc.constantFrom<string[]>([], [], ['default'], ['shop'], ['default', 'shop']),
    namespaceSelector: rarely(namespaceSelector, fc.constant(undefined)),
    matchLabelKeys: revision,
    mismatchLabelKeys: revision,
  })
  .map(({ labelSelector, namespaceSelector: chosen, matchLabelKeys, mismatchLabelKeys, ...rest }) => ({
    ...rest,
    ...(labelSelector === undefined ? {} : { labelSelector }),
    ...(chosen === undefined ? {} : { namespaceSelector: chosen }),
    matchLabelKeys: labelSelector === undefined ? [] : matchLabelKeys,
    mismatchLabelKeys: labelSelector === undefined || matchLabelKeys.length > 0 ? [] : mismatchLabelKeys,
  }));

export const podAntiTerms: fc.Arbitrary<PodAffinityTerm[]> = fc.array(podTerm, {
  minLength: 1,
  maxLength: 2,
});
