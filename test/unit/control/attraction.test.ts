import { describe, expect, it } from 'vitest';
import { attractsOthers, waitingPods } from '../../../lib/control/attraction.ts';
import { claimName, type PodUid } from '../../../lib/model/ids.ts';
import { TAINT } from '../../../lib/model/labels.ts';
import { aBoundPod, aDaemonSet, aNode, aPod } from '../../support/builders.ts';
import { aSlot, slotsOf } from '../../support/claims.ts';

const here = claimName('pool-1');
const elsewhere = claimName('pool-2');
const node = aNode({
  name: 'node-1',
  allocatable: { cpu: 4000, memory: 2 ** 34, pods: 58 },
  taints: [{ key: TAINT.slot, value: here, effect: 'NoSchedule' }],
});
const twoCores = aPod({ name: 'waiting', cpuMillicores: 2000 });
const waiting = [{ pod: twoCores, claim: elsewhere }];

describe('a node that would open now', () => {
  it('attracts a pod that waits for another node and fits here', () => {
    expect(attractsOthers(node, here, waiting, [], [])).toBe(true);
  });

  it('does not attract its own pods', () => {
    expect(attractsOthers(node, elsewhere, waiting, [], [])).toBe(false);
  });

  it('does not attract a pod for which no room is left, DaemonSets still to come included', () => {
    expect(attractsOthers(node, here, waiting, [aBoundPod('node-1', { cpuMillicores: 2500 })], [])).toBe(
      false,
    );
    expect(attractsOthers(node, here, waiting, [], [aDaemonSet({ name: 'big', cpuMillicores: 2500 })])).toBe(
      false,
    );
  });

  it('does not attract a pod that it would refuse', () => {
    const picky = { pod: aPod({ spec: { nodeSelector: { disk: 'ssd' } } }), claim: elsewhere };
    expect(attractsOthers(node, here, [picky], [], [])).toBe(false);
  });
});

describe('waiting pods', () => {
  it('are those whose slot is not settled and who are not bound, one for all of a shape on a claim', () => {
    const pods = ['a', 'b', 'c'].map((name) => aPod({ name }));
    const [a, b, c] = pods;
    if (a === undefined || b === undefined || c === undefined) throw new Error('three pods');
    const items = [
      slotsOf(elsewhere, [
        aSlot({ podUid: a.uid }),
        aSlot({ podUid: b.uid, state: 'tolerated' }),
        aSlot({ podUid: c.uid, state: 'missed', shapeHash: 'other' }),
      ]),
    ];
    const byUid = new Map(pods.map((pod) => [pod.uid, pod]));
    expect(waitingPods({ items, pods: byUid, asked: [] })).toEqual([{ pod: a, claim: elsewhere }]);
  });

  it('are those of two claims for each shape, so that every node finds one of another', () => {
    const claims = ['pool-1', 'pool-2', 'pool-3'].map((name) => claimName(name));
    const pods = claims.map((claim) => aPod({ name: claim }));
    const items = claims.map((claim, n) =>
      slotsOf(claim, [aSlot({ podUid: pods[n]?.uid ?? ('' as PodUid) })]),
    );
    const found = waitingPods({ items, pods: new Map(pods.map((pod) => [pod.uid, pod])), asked: [] });
    expect(found.map(({ claim }) => claim)).toEqual(['pool-1', 'pool-2']);
    for (const claim of claims) expect(attractsOthers(node, claim, found, [], [])).toBe(true);
  });

  it('are also those that nodes were asked for, until they are bound or gone', () => {
    const [asked, bound] = [aPod({ name: 'asked' }), aBoundPod('node-1', { name: 'bound' })];
    const pods = new Map([asked, bound].map((pod) => [pod.uid, pod]));
    expect(waitingPods({ items: [], pods, asked: [asked.uid, bound.uid, 'gone'] })).toEqual([{ pod: asked }]);
  });

  it('are looked at once for all that ask the same of a node, whatever claim will have them', () => {
    const asked = Array.from({ length: 50 }, (_, n) => aPod({ name: `web-${n}` }));
    const picky = aPod({ name: 'picky', spec: { nodeSelector: { disk: 'ssd' } } });
    const pods = new Map([...asked, picky].map((pod) => [pod.uid, pod]));
    const uids = [...pods.keys()];
    expect(waitingPods({ items: [], pods, asked: uids })).toHaveLength(2);
  });

  it('keep a node closed that they would fit while their plan is being made', () => {
    const asked = aPod({ cpuMillicores: 100 });
    expect(attractsOthers(node, here, [{ pod: asked }], [], [])).toBe(true);
  });
});
