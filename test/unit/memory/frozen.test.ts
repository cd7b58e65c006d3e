import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frozenCopy, sameContent } from '../../../lib/adapters/memory/frozen.ts';
import { frozenJson } from '../../../lib/adapters/memory/frozen-json.ts';
import { MemorySnapshots } from '../../../lib/adapters/memory/snapshots.ts';
import { claimName } from '../../../lib/model/ids.ts';
import { stableHash, stableJson } from '../../../lib/model/stable-json.ts';
import { aNode, aPod } from '../../support/builders.ts';
import { aSnapshot } from '../../support/memory-items.ts';

const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(0, 1, 'a', 'b', true, null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('x', 'y', 'z'), tie('value'), { maxKeys: 3 }),
  ),
})).value;

describe('equal content', () => {
  it('is what equal stable JSON is', () => {
    fc.assert(
      fc.property(plain, plain, (a, b) => {
        expect(sameContent(a, b)).toBe(stableJson(a) === stableJson(b));
        expect(sameContent(a, frozenCopy(a))).toBe(true);
      }),
    );
  });

  it('does not see members that are undefined', () => {
    expect(sameContent({ a: 1, b: undefined }, { a: 1 })).toBe(true);
    expect(sameContent({ a: undefined, b: 1 }, { a: 1, b: undefined })).toBe(false);
  });
});

describe('JSON of stored objects', () => {
  it('is their stable JSON, at the first and at the second asking, wherever they stand', () => {
    fc.assert(
      fc.property(fc.array(plain), plain, (items, other) => {
        const stored = items.map((item) => frozenCopy(item));
        const value = { z: stored, a: [other, undefined, stored], gone: undefined, n: 1n };
        expect(frozenJson(value)).toBe(stableJson(value));
        expect(frozenJson([...stored, value])).toBe(stableJson([...stored, value]));
      }),
    );
  });

  it('follows what is not stored, also inside a list and around what is', () => {
    const inner = frozenCopy({ a: 1 });
    const outer = { inner, label: 'old' };
    const list = [Object.freeze([outer])];
    expect(frozenJson(list)).toContain('old');
    outer.label = 'new';
    expect(frozenJson(list)).toBe(stableJson(list));
  });
});

describe("a snapshot's id", () => {
  it('is the hash of its stable JSON, also where most of it was seen before', async () => {
    const snapshots = new MemorySnapshots();
    const pods = ['a', 'b', 'c'].map((name) => frozenCopy(aPod({ name })));
    const empty = aSnapshot();
    const snapshot = aSnapshot({
      cluster: { ...empty.cluster, pods, nodes: [aNode({ name: 'n' })] },
      covered: { 'pod-1': claimName('c1') },
    });
    const later = { ...snapshot, takenAtMs: 5, cluster: { ...snapshot.cluster, pods: pods.slice(1) } };
    for (const each of [empty, snapshot, later]) {
      expect(await snapshots.put(each)).toBe(stableHash(each, 64));
    }
  });
});
