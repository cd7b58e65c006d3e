/**
 * Small clusters with the pods that are asked about. The shapes of objects are those of the reference's own arbitraries;
 * added here is what only an API server can take apart, and taken away what it does not let in.
 */
import * as fc from 'fast-check';
import { requirementProblem } from '../../../lib/constraints/requirements.ts';
import type {
  NodeSelectorTerm,
  PodAffinityTerm,
  TopologySpreadConstraint,
} from '../../../lib/model/affinity.ts';
import type { Pod } from '../../../lib/model/pod.ts';
import type { LabelSelector } from '../../../lib/model/selector.ts';
import { aPod, aVolume } from '../../support/builders.ts';
import type { ReferenceCluster, ReferenceNode } from '../../support/reference/cluster.ts';
import { clusters } from '../../support/reference/cluster-arbitraries.ts';
import { pendingPods, podLabels, spreads, zoneTerms } from '../../support/reference/pod-arbitraries.ts';
import { rarely } from '../../support/reference/values.ts';
import type { VolumeStyle } from './wire-cluster.ts';
import { CONTAINER_STYLES, type PodStyle } from './wire-pod.ts';

export interface StyledPod {
  readonly pod: Pod;
  readonly style: PodStyle;
}

export interface Case {
  readonly cluster: ReferenceCluster;
  readonly bound: readonly StyledPod[];
  readonly pending: readonly StyledPod[];
  readonly volumeStyle: VolumeStyle;
  /** Cordoned nodes and pods that are ending, which planning sees another way than kube-scheduler. */
  readonly leaving: boolean;
}

export const PODS_PER_CASE = 8;

/** The same for the same seed, one after the other. */
export const casesOf = (seed: number, count: number): readonly Case[] =>
  fc.sample(cases, { seed, numRuns: count });

const podStyles: fc.Arbitrary<PodStyle> = fc
  .record({
    containers: fc.constantFrom('one', ...CONTAINER_STYLES),
    heavy: rarely(fc.constant(true), fc.constant(false)),
    hostNetwork: rarely(fc.constant(true), fc.constant(false)),
    ephemeralBytes: rarely(fc.constantFrom(100, 600, 1200), fc.constant(0)),
    oddPort: rarely(
      fc.constantFrom({ protocol: 'SCTP' as const }, { hostIp: '::' }, { hostIp: 'fd00::1' }),
      fc.constant(undefined),
    ),
  })
  .map(({ oddPort, ...style }) => (oddPort === undefined ? style : { ...style, oddPort }));

const styled = (pods: fc.Arbitrary<Pod>): fc.Arbitrary<StyledPod> =>
  fc
    .record({ pod: pods, style: podStyles, namespace: rarely(fc.constant('shop'), fc.constant('default')) })
    .map(({ pod, style, namespace }) => ({ pod: { ...pod, namespace }, style }));

const storageStyles = fc.record({
  placeInLabels: fc.boolean(),
  inTree: rarely(fc.constant(true), fc.constant(false)),
  oncePod: fc.boolean(),
  static: fc.boolean(),
  free: fc.option(zoneTerms, { nil: undefined }),
});

/** Every other case is about what pods rarely meet by themselves: claims that many use, and groups to be spread. */
type Focus = 'all' | 'volumes' | 'spread';
const focuses = fc.constantFrom<Focus>('all', 'all', 'volumes', 'spread', 'spread');

const claimsInUse = fc.array(
  fc.constantFrom(
    ...(['zonal', 'zonal', 'zonal', 'anywhere', 'anywhere', 'anywhere'] as const),
    ...(['waiting', 'waiting-too', 'waiting-too', 'deleted'] as const),
  ),
  { minLength: 1, maxLength: 2 },
);

/** Half of the hard ones want more domains than some clusters have. */
const demandingSpreads = fc
  .record({ spread: spreads, minDomains: fc.constantFrom(undefined, undefined, 3, 4) })
  .map(({ spread, minDomains }) =>
    spread.whenUnsatisfiable === 'DoNotSchedule' && minDomains !== undefined
      ? { ...spread, minDomains }
      : spread,
  );

const focused = (focus: Focus, pods: fc.Arbitrary<StyledPod>): fc.Arbitrary<StyledPod> => {
  const changed = (change: fc.Arbitrary<Partial<Pod['spec']>>): fc.Arbitrary<StyledPod> =>
    fc
      .record({ one: pods, change, labels: podLabels })
      .map(({ one: { pod, style }, change: spec, labels }) => ({
        pod: { ...pod, labels, spec: { ...aPod().spec, requests: { pods: 1 }, ...spec } },
        style,
      }));
  if (focus === 'volumes') return changed(claimsInUse.map((volumeClaims) => ({ volumeClaims })));
  if (focus === 'spread') {
    return changed(
      fc.record({
        topologySpread: fc.array(demandingSpreads, { minLength: 1, maxLength: 2 }),
        nodeSelector: rarely(fc.constantFrom({ rack: 'r1' }, { disk: 'ssd' }), fc.constant({})),
        tolerations: rarely(fc.constant([{ operator: 'Exists' as const }]), fc.constant([])),
      }),
    );
  }
  return pods;
};

const cases: fc.Arbitrary<Case> = fc
  .record({ leaving: fc.boolean(), focus: focuses })
  .chain(({ leaving, focus }) =>
    fc
      .record({
        cluster: clusters({ leaving }),
        claims: fc.array(claimsInUse, { minLength: 4, maxLength: 4 }),
        ephemeral: fc.array(rarely(fc.constant(0), fc.constantFrom(1000, 2000)), {
          minLength: 4,
          maxLength: 4,
        }),
        boundStyles: fc.array(podStyles, { minLength: 12, maxLength: 12 }),
        pending: fc.array(focused(focus, styled(pendingPods({ refusable: true }))), {
          minLength: PODS_PER_CASE,
          maxLength: PODS_PER_CASE,
        }),
        storage: storageStyles,
      })
      .map(({ cluster, claims, ephemeral, boundStyles, pending, storage }) => {
        const nodes = cluster.nodes
          .map((node, index) => admissibleNode(node, ephemeral[index] ?? 0))
          .map((node, index) => (focus === 'volumes' ? withClaims(node, claims[index] ?? []) : node))
          .map((node) => (focus === 'spread' ? withGroups(node) : node));
        const bound = nodes.flatMap(({ pods }) => pods);
        return {
          leaving,
          cluster: { ...cluster, nodes, ...claimsOf(cluster, storage) },
          bound: bound.map((pod, index) => ({ pod: admissiblePod(pod), style: boundStyles[index] ?? PLAIN })),
          pending: pending.map(({ pod, style }, index) => ({
            pod: { ...admissiblePod(pod), name: `pending-${index}` },
            style,
          })),
          volumeStyle: { placeInLabels: storage.placeInLabels, inTree: storage.inTree },
        };
      }),
  );

/** The first pod on the node uses them. */
const withClaims = (node: ReferenceNode, volumeClaims: readonly string[]): ReferenceNode => ({
  ...node,
  pods: node.pods.map((pod, index) =>
    index === 0 ? { ...pod, namespace: 'default', spec: { ...pod.spec, volumeClaims } } : pod,
  ),
});

/** Room for all, and pods of the groups that are spread. */
const withGroups = (node: ReferenceNode): ReferenceNode => ({
  ...node,
  unschedulable: false,
  allocatable: { ...node.allocatable, pods: 110 },
  pods: node.pods.map((pod, index) => ({
    ...pod,
    namespace: 'default',
    labels: { app: index === 1 ? 'b' : 'a', ...pod.labels },
  })),
});

const PLAIN: PodStyle = { containers: 'one', heavy: false, hostNetwork: false, ephemeralBytes: 0 };

/** The claim `anywhere` may be for one pod at a time; the class of `waiting-too` may have no one to make volumes. */
const claimsOf = (
  { volumeClaims, volumes, storageClasses }: ReferenceCluster,
  wishes: {
    readonly oncePod: boolean;
    readonly static: boolean;
    readonly free: NodeSelectorTerm[] | undefined;
  },
): Pick<ReferenceCluster, 'volumeClaims' | 'volumes' | 'storageClasses'> => ({
  volumes: [
    ...volumes,
    ...(wishes.free === undefined
      ? []
      : [aVolume({ name: 'pv-free', freeInClass: 'static', nodeAffinity: wishes.free })]),
  ],
  volumeClaims: volumeClaims.map((claim) => {
    if (wishes.oncePod && claim.name === 'anywhere') return { ...claim, phase: 'Bound', oncePod: true };
    if (wishes.static && claim.name === 'waiting-too') return { ...claim, storageClassName: 'static' };
    return claim;
  }),
  storageClasses: [
    ...storageClasses,
    {
      name: 'static',
      provisioner: 'kubernetes.io/no-provisioner',
      volumeBindingMode: 'WaitForFirstConsumer',
      allowedTopologies: [],
    },
  ],
});

const LABEL_VALUE = /^([A-Za-z0-9]([-\w.]*[A-Za-z0-9])?)?$/;

/** One taint per key and effect, and labels that may be written. */
function admissibleNode(node: ReferenceNode, ephemeralBytes: number): ReferenceNode {
  const taints = new Map(node.taints.map((taint) => [`${taint.key} ${taint.effect}`, taint]));
  return {
    ...node,
    labels: Object.fromEntries(Object.entries(node.labels).filter(([, value]) => LABEL_VALUE.test(value))),
    taints: [...taints.values()],
    allocatable: {
      ...node.allocatable,
      // Room for what the styles of pods ask beside their requests.
      cpu: (node.allocatable['cpu'] ?? 0) + 200,
      'ephemeral-storage': ephemeralBytes,
    },
    // A pod that has ended goes at once when it is deleted.
    pods: node.pods.map((pod) =>
      pod.phase === 'Running'
        ? pod
        : (Object.fromEntries(
            Object.entries(pod).filter(([key]) => key !== 'deletionAtMs'),
          ) as unknown as Pod),
    ),
  };
}

function admissiblePod(pod: Pod): Pod {
  const { spec } = pod;
  const distinct = new Map(
    spec.topologySpread.map((one) => [`${one.topologyKey} ${one.whenUnsatisfiable}`, one]),
  );
  return {
    ...pod,
    spec: {
      ...spec,
      affinity: {
        ...spec.affinity,
        nodeRequired: spec.affinity.nodeRequired.map(admissibleTerm),
        podRequired: spec.affinity.podRequired.map(admissiblePodTerm),
        podAntiRequired: spec.affinity.podAntiRequired.map(admissiblePodTerm),
      },
      topologySpread: [...distinct.values()].map(withFreeKeys),
    },
  };
}

/** Karpenter's operators are Kubernetes' here; what nobody can read is left out. */
const admissibleTerm = ({ matchExpressions, matchFields }: NodeSelectorTerm): NodeSelectorTerm => ({
  matchExpressions: matchExpressions
    .map((one) => ({
      ...one,
      operator:
        one.operator === 'Gte' ? ('Gt' as const) : one.operator === 'Lte' ? ('Lt' as const) : one.operator,
    }))
    .filter((one) => requirementProblem(one) === undefined),
  matchFields: matchFields.filter(
    ({ key, operator, values }) =>
      key === 'metadata.name' && (operator === 'In' || operator === 'NotIn') && values.length === 1,
  ),
});

/** A key may not be in the selector and beside it. */
const withFreeKeys = (one: TopologySpreadConstraint): TopologySpreadConstraint => ({
  ...one,
  matchLabelKeys: freeKeys(one.matchLabelKeys, one.labelSelector),
});

const admissiblePodTerm = (term: PodAffinityTerm): PodAffinityTerm => ({
  ...term,
  matchLabelKeys: freeKeys(term.matchLabelKeys, term.labelSelector),
  mismatchLabelKeys: freeKeys(term.mismatchLabelKeys, term.labelSelector),
});

function freeKeys(keys: readonly string[], selector: LabelSelector | undefined): readonly string[] {
  const selected = selector?.matchExpressions.map(({ key }) => key) ?? [];
  return keys.filter((key) => !selected.includes(key));
}
