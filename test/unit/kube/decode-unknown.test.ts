import { describe, expect, it } from 'vitest';
import { nodeOf } from '../../../lib/adapters/kube/decode/node.ts';
import { podOf } from '../../../lib/adapters/kube/decode/pod.ts';
import { storageClassOf, volumeClaimOf } from '../../../lib/adapters/kube/decode/storage.ts';
import type { WireNode, WirePod, WirePodSpec } from '../../../lib/adapters/kube/decode/wire.ts';

const metadata = { name: 'x', namespace: 'default', uid: 'u', resourceVersion: '7' };

const podWith = (spec: Partial<WirePodSpec>, status: WirePod['status'] = {}) =>
  podOf({ metadata, spec: { containers: [{}], ...spec }, status });

const nodeWith = (parts: Omit<WireNode, 'metadata'>) => nodeOf({ metadata, ...parts });

describe('values that nobody knew of', () => {
  it('leaves out a toleration by an unknown operator or of an unknown effect', () => {
    const { spec } = podWith({
      tolerations: [
        { key: 'cores', operator: 'Gt', value: '3' },
        { key: 'a', effect: 'NoBreathing' },
        { key: 'b', operator: 'Exists' },
      ],
    });
    expect(spec.tolerations).toEqual([{ key: 'b', operator: 'Exists' }]);
  });

  it('lets an unknown operator of a node term match no node', () => {
    const term = { matchExpressions: [{ key: 'a', operator: 'Like', values: ['b*'] }] };
    const { spec } = podWith({
      affinity: {
        nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } },
      },
    });
    expect(spec.affinity.nodeRequired).toEqual([
      { matchExpressions: [{ key: 'a', operator: 'In', values: [] }], matchFields: [] },
    ]);
  });

  it('takes an unknown wish about spread as a hard one', () => {
    const { spec } = podWith({
      topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'AskSomeone' }],
    });
    expect(spec.topologySpread[0]?.whenUnsatisfiable).toBe('DoNotSchedule');
  });

  it('lets an amount that cannot be read fit nowhere, and count for nothing where it is offered', () => {
    const { spec } = podWith({ containers: [{ resources: { requests: { memory: '9E' } } }] });
    expect(spec.requests['memory']).toBe(Number.MAX_SAFE_INTEGER);
    expect(nodeWith({ status: { allocatable: { memory: '9E' } } }).allocatable['memory']).toBe(0);
  });

  it('keeps pods away by a taint of unknown effect', () => {
    const node = nodeWith({ spec: { taints: [{ key: 'a', effect: 'NoBreathing' }] } });
    expect(node.taints).toEqual([{ key: 'a', effect: 'NoSchedule' }]);
  });

  it('reads unknown phases and modes as the least settled', () => {
    expect(podWith({}, { phase: 'Paused' }).phase).toBe('Unknown');
    expect(nodeWith({ status: { conditions: [{ type: 'Ready', status: 'Maybe' }] } }).ready).toBe('Unknown');
    expect(volumeClaimOf({ metadata, status: { phase: 'Resizing' } }).phase).toBe('Pending');
    expect(storageClassOf({ metadata, provisioner: 'p', volumeBindingMode: 'Later' }).volumeBindingMode).toBe(
      'Immediate',
    );
  });
});

describe('objects that are just being made', () => {
  it('does not call a pod unschedulable before kube-scheduler does', () => {
    expect(podWith({})).not.toHaveProperty('unschedulable');
    const gated = { type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' };
    expect(podWith({}, { conditions: [gated] })).not.toHaveProperty('unschedulable');
  });

  it('reads a node before its first heartbeat as one whose readiness is unknown', () => {
    expect(nodeWith({})).toMatchObject({
      ready: 'Unknown',
      taints: [],
      providerId: '',
      unschedulable: false,
    });
  });

  it('reads null as absent', () => {
    const pod = podWith({ tolerations: null, affinity: null, volumes: null, nodeName: null }, null);
    expect(pod).toEqual(podWith({}));
  });
});
