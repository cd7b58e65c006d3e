import { describe, expect, it } from 'vitest';
import { LABEL } from '../../../lib/model/labels.ts';
import type { LiveClaim } from '../../../lib/model/node-claim.ts';
import type { ClusterState } from '../../../lib/model/snapshot.ts';
import { type EmptinessInput, planEmptiness } from '../../../lib/planning/plan-disruption.ts';
import {
  aBoundPod,
  aClusterState,
  aNode,
  aNodePool,
  aPod,
  aStorageClass,
  aVolumeClaim,
} from '../../support/builders.ts';
import * as claims from '../../support/claims.ts';
import { aLaunch } from '../../support/claims.ts';

const nodePool = { name: 'default', hash: 'hash-1', hashVersion: 'v1' };
const aClaimCore = ({ name }: { readonly name: string }) => claims.aClaimCore({ name, nodePool });

/** An Initialized claim of the default pool whose node has the claim's name. */
const anInitializedClaim = ({
  name,
  ...rest
}: Parameters<typeof claims.anInitializedClaim>[0] & { readonly name: string }) =>
  claims.anInitializedClaim({ nodePool, node: { name, uid: `uid-${name}` }, ...rest, name });

const MINUTE_MS = 60_000;
const anyNumber = aNodePool({ disruption: { budgets: [{ nodes: { kind: 'percent', percent: 100 } }] } });

function emptiness(overrides: Partial<EmptinessInput> = {}) {
  const claims = overrides.claims ?? [anInitializedClaim({ name: 'a' })];
  const result = planEmptiness({
    claims,
    cluster: aClusterState({ nodes: claims.map(({ name }) => aNode({ name })) }),
    nodePools: [anyNumber],
    awaited: new Set(),
    nowMs: MINUTE_MS,
    ...overrides,
  });
  return {
    candidates: result.candidates.map(({ name }) => name as string),
    blocked: result.blocked.map(({ claim, reason }) => `${claim.name}: ${reason}`),
  };
}

const withPods = (...pods: ReturnType<typeof aBoundPod>[]) =>
  aClusterState({ nodes: [aNode({ name: 'a' })], pods });

describe('empty nodes', () => {
  it('may go, the dearest first, then by name', () => {
    const priced = (name: string, priceMicroUsdPerHour: number) =>
      anInitializedClaim({ name, launch: aLaunch({ priceMicroUsdPerHour }) });
    const claims = [priced('c', 5), priced('b', 7), priced('a', 5)];
    expect(emptiness({ claims })).toEqual({ candidates: ['b', 'a', 'c'], blocked: [] });
  });

  it('may run DaemonSets, static pods and pods that have ended', () => {
    const cluster = withPods(
      aBoundPod('a', { name: 'agent', owner: { kind: 'DaemonSet', name: 'agent', uid: 'u' } }),
      aBoundPod('a', { name: 'static', annotations: { 'kubernetes.io/config.mirror': 'x' } }),
      aBoundPod('a', { name: 'done', phase: 'Succeeded' }),
    );
    expect(emptiness({ cluster }).candidates).toEqual(['a']);
  });

  it('wait until consolidateAfter has passed since the last pod event', () => {
    const nodePools = [aNodePool({ disruption: { ...anyNumber.disruption, consolidateAfterMs: 30_000 } })];
    const claims = [anInitializedClaim({ name: 'a', initializedAtMs: 1000, lastPodEventAtMs: 40_000 })];
    expect(emptiness({ claims, nodePools }).blocked).toEqual(['a: consolidateAfter ends in 10 s']);
    expect(emptiness({ claims, nodePools, nowMs: 70_000 }).candidates).toEqual(['a']);
  });
});

describe('a node that a pod without a place waits at', () => {
  const local = {
    storageClasses: [aStorageClass({ name: 'local', provisioner: 'kubernetes.io/no-provisioner' })],
    volumeClaims: [aVolumeClaim({ storageClassName: 'local' })],
  };
  const pending = (cpu = 100) =>
    aPod({
      name: 'db',
      unschedulable: { sinceMs: 0, message: 'no volume' },
      spec: { volumeClaims: ['data'], requests: { cpu, pods: 1 } },
    });
  const at = (...pods: ReturnType<typeof pending>[]) => {
    const node = aNode({ name: 'a', labels: { [LABEL.nodePool]: 'default', [LABEL.hostname]: 'a' } });
    return { nodes: [node], pods, ...local };
  };

  it('stays while it may still bring the volume, so that it is not bought again', () => {
    expect(emptiness({ cluster: aClusterState(at(pending())) })).toEqual({
      candidates: [],
      blocked: ['a: default/db waits for a volume that it is to bring'],
    });
  });

  it('may go when the pod is gone, is too large for it, or has a node', () => {
    const free = (cluster: Partial<ClusterState>) =>
      emptiness({ cluster: aClusterState(cluster) }).candidates;
    expect(free(at())).toEqual(['a']);
    expect(free(at(pending(1_000_000)))).toEqual(['a']);
    expect(free(at({ ...pending(), nodeName: 'b' }))).toEqual(['a']);
  });
});

describe('nodes that stay, each with its reason', () => {
  const protective = { 'karpenter.sh/do-not-disrupt': 'true' };
  const draining: LiveClaim = {
    ...aClaimCore({ name: 'a' }),
    phase: 'Draining',
    launch: aLaunch(),
    drainingAtMs: 0,
    stepAtMs: 0,
  };
  const cases: [string, Partial<EmptinessInput>][] = [
    ['it runs default/web', { cluster: withPods(aBoundPod('a', { name: 'web' })) }],
    [
      'its node is annotated karpenter.sh/do-not-disrupt',
      { cluster: aClusterState({ nodes: [aNode({ name: 'a', annotations: protective })] }) },
    ],
    [
      'its pod kube-system/agent asks not to be disrupted',
      {
        cluster: withPods(
          aBoundPod('a', {
            name: 'agent',
            namespace: 'kube-system',
            owner: { kind: 'DaemonSet', name: 'agent', uid: 'u' },
            annotations: protective,
          }),
        ),
      },
    ],
    ['pods are on their way to it', { awaited: new Set([anInitializedClaim({ name: 'a' }).name]) }],
    ['its node a is not in the snapshot', { cluster: aClusterState() }],
    ['its NodePool default is gone: nodes stay until someone says drain', { nodePools: [] }],
    ['its NodePool default has a fixed number of nodes', { nodePools: [aNodePool({ replicas: 1 })] }],
    [
      'its NodePool default never consolidates',
      { nodePools: [aNodePool({ disruption: { consolidateAfterMs: null } })] },
    ],
    ['it is Planned, not Initialized', { claims: [{ ...aClaimCore({ name: 'a' }), phase: 'Planned' }] }],
    ['it is Draining, not Initialized', { claims: [draining] }],
    [
      'it is leaving already: Expired',
      {
        claims: [
          anInitializedClaim({
            name: 'a',
            leave: { reason: 'Expired', severity: 'forced', requestedAtMs: 0 },
          }),
        ],
      },
    ],
  ];
  it.each(cases)('%s', (reason, overrides) => {
    expect(emptiness(overrides)).toEqual({ candidates: [], blocked: [`a: ${reason}`] });
  });
});

describe('disruption budgets of empty nodes', () => {
  const claims = ['a', 'b', 'c', 'd'].map((name) => anInitializedClaim({ name }));
  const budget = (count: number, reasons?: ('Empty' | 'Drifted')[]) =>
    aNodePool({
      disruption: { budgets: [{ nodes: { kind: 'count', count }, ...(reasons ? { reasons } : {}) }] },
    });

  it('bound how many go at once', () => {
    const result = emptiness({ claims, nodePools: [budget(2)] });
    expect(result.candidates).toEqual(['a', 'b']);
    expect(result.blocked).toEqual([
      "c: NodePool default's disruption budgets allow no more now",
      "d: NodePool default's disruption budgets allow no more now",
    ]);
  });

  it('are used up by nodes that are not ready or leave for another reason', () => {
    const leave = { reason: 'Drifted', severity: 'voluntary', requestedAtMs: 0 } as const;
    const leaving = [...claims.slice(0, 3), anInitializedClaim({ name: 'd', leave })];
    const nodes = leaving.map(({ name }) => aNode({ name, ready: name === 'c' ? 'Unknown' : 'True' }));
    const result = emptiness({ claims: leaving, nodePools: [budget(3)], cluster: aClusterState({ nodes }) });
    expect(result.candidates).toEqual(['a']);
  });

  it('do not bind when they are about another reason', () => {
    expect(emptiness({ claims, nodePools: [budget(0, ['Drifted'])] }).candidates).toHaveLength(4);
  });
});
