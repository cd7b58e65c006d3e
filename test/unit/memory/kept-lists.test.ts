// Lists and indexes that the stores keep between reads: they must be what a fresh reading would give, and nobody's to change.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryClaims } from '../../../lib/adapters/memory/claims.ts';
import { KubeApi } from '../../../lib/adapters/memory/kube-api.ts';
import { MemorySlotStore } from '../../../lib/adapters/memory/slots.ts';
import { MemoryTable } from '../../../lib/adapters/memory/table.ts';
import { ClusterView } from '../../../lib/control/cluster-view.ts';
import { aSlot, slotsOf } from '../../support/claims.ts';
import { ManualClock } from '../../support/memory-clock.ts';
import { aPlannedClaim, launched, terminated } from '../../support/memory-items.ts';
import { aNewNode, aNewPod } from '../../support/memory-kube.ts';

const NODES = ['n1', 'n2'];

const step = fc.record({
  kind: fc.constantFrom('create', 'bind', 'run', 'finish', 'delete', 'kill', 'node'),
  pod: fc.nat(4),
  node: fc.constantFrom(...NODES),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function take(api: KubeApi, { kind, pod: number, node }: Step): void {
  const name = `pod-${number}`;
  const pod = api.podNamed('default', name);
  if (kind === 'create' && pod === undefined) api.createPod(aNewPod(name));
  if (kind === 'node' && api.deleteNode(node) === 'gone') api.createNode(aNewNode(node));
  if (pod === undefined) return;
  if (kind === 'bind') api.bindPod(pod.uid, node);
  if (kind === 'run') api.setPodStatus(pod.uid, { phase: 'Running', startedAtMs: 1 });
  if (kind === 'finish') api.setPodStatus(pod.uid, { phase: 'Succeeded' });
  if (kind === 'delete') api.deletePod(pod.uid);
  if (kind === 'kill') api.deletePod(pod.uid, 0);
}

describe('what is kept of a cluster', () => {
  it('is what its pods and nodes say, after any history and between any two steps of it', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const api = new KubeApi({ clock: new ManualClock() });
        for (const node of NODES) api.createNode(aNewNode(node));
        let version = api.store.resourceVersion;
        const view = new ClusterView(api.state(), {} as never);
        for (const each of steps) {
          take(api, each);
          const nodesBefore = view.nodes;
          const changes = api.store.changesBetween(version, api.store.resourceVersion);
          version = api.store.resourceVersion;
          view.apply(changes, {} as never);
          for (const node of NODES) {
            expect(api.podsOnNode(node)).toEqual(api.pods().filter(({ nodeName }) => nodeName === node));
          }
          const unbound = [...view.pods.values()].filter(({ nodeName }) => nodeName === undefined);
          expect([...view.unboundPods]).toEqual(unbound);
          expect(view.state()).toEqual(api.state());
          expect(view.nodes === nodesBefore).toBe(!changes.some(({ list }) => list === 'nodes'));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('shows a listener a pod on its node in the very change that puts it there', () => {
    const api = new KubeApi({ clock: new ManualClock() });
    api.createNode(aNewNode('n1'));
    const seen: (readonly [string, number])[] = [];
    api.subscribe(({ list, type }) => {
      if (list === 'pods') seen.push([type, api.podsOnNode('n1').length]);
    });
    const { uid } = api.createPod(aNewPod('pod'));
    api.bindPod(uid, 'n1');
    api.deletePod(uid, 0);
    expect(seen).toEqual([
      ['put', 0],
      ['put', 1],
      ['delete', 0],
    ]);
  });

  it('cannot be changed by who reads it', () => {
    const api = new KubeApi({ clock: new ManualClock() });
    api.createNode(aNewNode('n1'));
    const { uid } = api.createPod(aNewPod('pod'));
    api.bindPod(uid, 'n1');
    for (const list of [api.pods(), api.podsOnNode('n1'), api.podsOnNode('nowhere'), api.state().nodes]) {
      expect(() => (list as unknown[]).push('x')).toThrow(TypeError);
    }
    expect(() => Object.assign(api.pods()[0] ?? {}, { nodeName: 'n2' })).toThrow(TypeError);
  });
});

describe('what is kept of claims', () => {
  function stores() {
    const table = new MemoryTable();
    const claims = new MemoryClaims({ table });
    return { claims, slots: new MemorySlotStore({ table, claims }) };
  }

  it('leaves out a claim and its slots as soon as it has ended, and stays the same list while nothing is written', async () => {
    const { claims, slots } = stores();
    const [one, two] = [aPlannedClaim('one'), aPlannedClaim('two')];
    for (const claim of [one, two]) {
      await claims.putIfAbsent(claim);
      await slots.putIfAbsent(slotsOf(claim.name, [aSlot()]));
    }
    const before = { claims: claims.live(), slots: slots.live() };
    expect(before.claims).toHaveLength(2);
    expect([claims.live(), slots.live()]).toEqual([before.claims, before.slots]);
    expect(claims.live()).toBe(before.claims);
    expect(slots.live()).toBe(before.slots);
    const up = launched(one, 'i-1');
    await claims.updateLaunched(up);
    expect(claims.live()).not.toBe(before.claims);
    await claims.update(terminated(up, 'i-1'));
    expect(claims.live().map(({ name }) => name)).toEqual(['two']);
    expect(slots.live().map(({ claim }) => claim)).toEqual(['two']);
    expect(before.claims).toHaveLength(2);
  });

  it('shows slots that change though no claim does, and a write that was refused changes nothing', async () => {
    const { claims, slots } = stores();
    const claim = aPlannedClaim('one');
    await claims.putIfAbsent(claim);
    const item = slotsOf(claim.name, [aSlot()]);
    await slots.putIfAbsent(item);
    const before = slots.live();
    await expect(slots.update({ ...item, version: 7 })).rejects.toThrow();
    expect(slots.live()).toBe(before);
    await slots.update({ ...item, version: item.version + 1, slots: [aSlot({ state: 'bound' })] });
    expect(slots.live()).toMatchObject([{ slots: [{ state: 'bound' }] }]);
    expect(before).toMatchObject([{ slots: [{ state: 'planned' }] }]);
  });

  it('cannot be changed by who reads it', async () => {
    const { claims, slots } = stores();
    await claims.putIfAbsent(aPlannedClaim('one'));
    for (const list of [await claims.listLive(), claims.listAll(), await slots.listLive()]) {
      expect(() => (list as unknown[]).push('x')).toThrow(TypeError);
    }
  });
});
