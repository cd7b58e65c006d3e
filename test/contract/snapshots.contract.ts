import { describe, expect, it } from 'vitest';
import { claimName, snapshotId } from '../../lib/model/ids.ts';
import { EMPTY_CLUSTER, type Snapshot } from '../../lib/model/snapshot.ts';
import type { Snapshots } from '../../lib/ports/snapshots.ts';
import { aNode, aPod } from '../support/builders.ts';
import { START_MS } from '../support/memory-clock.ts';
import { aSnapshot, cursorAt } from '../support/memory-items.ts';

/** What every `Snapshots` does; the harness gives an empty store. */
export function describeSnapshotsContract(name: string, makeSnapshots: () => Promise<Snapshots>): void {
  describe(`snapshots: ${name}`, () => {
    it('gives back what was put, and nothing for an unknown id', async () => {
      const snapshots = await makeSnapshots();
      const snapshot = aSnapshot({ covered: { 'pod-1': claimName('c1') } });
      expect(await snapshots.get(await snapshots.put(snapshot))).toEqual(snapshot);
      expect(await snapshots.get(snapshotId('0'))).toBeUndefined();
    });

    it('gives back a cluster whose pods are alike, whole', async () => {
      const snapshots = await makeSnapshots();
      const owner = { kind: 'ReplicaSet', name: 'web', uid: 'web-1' };
      const pods = [aPod({ name: 'a', owner }), aPod({ name: 'b', owner }), aPod({ name: 'c' })];
      const cluster = { ...EMPTY_CLUSTER, pods, nodes: [aNode({ name: 'n1' })] };
      const snapshot = aSnapshot({ cluster });
      expect(await snapshots.get(await snapshots.put(snapshot))).toEqual(snapshot);
      const later = aSnapshot({ takenAtMs: START_MS + 1, cluster: { ...cluster, pods: pods.slice(1) } });
      await snapshots.put(later);
      expect((await snapshots.newest())?.snapshot).toEqual(later);
    });

    it('gives equal snapshots the same id, whatever the order of their members', async () => {
      const snapshots = await makeSnapshots();
      const one = aSnapshot({ covered: { a: claimName('c1'), b: claimName('c2') } });
      const other = aSnapshot({ covered: { b: claimName('c2'), a: claimName('c1') } });
      expect(await snapshots.put(other)).toBe(await snapshots.put(one));
    });

    it('gives different snapshots different ids', async () => {
      const snapshots = await makeSnapshots();
      const first = await snapshots.put(aSnapshot());
      expect(await snapshots.put(aSnapshot({ takenAtMs: START_MS + 1 }))).not.toBe(first);
      expect(await snapshots.put(aSnapshot({ cursor: cursorAt('8') }))).not.toBe(first);
    });

    it('points to the last taken of several that are put at once', async () => {
      const snapshots = await makeSnapshots();
      const times = [3, 1, 4, 0, 2].map((n) => START_MS + n);
      await Promise.all(times.map((takenAtMs) => snapshots.put(aSnapshot({ takenAtMs }))));
      expect((await snapshots.newest())?.snapshot.takenAtMs).toBe(START_MS + 4);
    });

    it('has no newest snapshot before the first', async () => {
      expect(await (await makeSnapshots()).newest()).toBeUndefined();
    });

    it('points to the snapshot taken last, also when an older one is put after it', async () => {
      const snapshots = await makeSnapshots();
      await snapshots.put(aSnapshot({ takenAtMs: START_MS }));
      const id = await snapshots.put(aSnapshot({ takenAtMs: START_MS + 2 }));
      await snapshots.put(aSnapshot({ takenAtMs: START_MS + 1 }));
      expect(await snapshots.newest()).toEqual({ id, snapshot: aSnapshot({ takenAtMs: START_MS + 2 }) });
    });

    it('is the same of two taken at one time, whichever is put first', async () => {
      const pair = [aSnapshot({ cursor: cursorAt('9') }), aSnapshot({ cursor: cursorAt('8') })];
      const newestOf = async (order: readonly Snapshot[]) => {
        const snapshots = await makeSnapshots();
        for (const snapshot of order) await snapshots.put(snapshot);
        return (await snapshots.newest())?.id;
      };
      expect(await newestOf(pair)).toBe(await newestOf([...pair].reverse()));
    });
  });
}
