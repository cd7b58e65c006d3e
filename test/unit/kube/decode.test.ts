import { describe, expect, it } from 'vitest';
import type { WireObject } from '../../../lib/adapters/kube/decode/wire.ts';
import { KINDS } from '../../../lib/adapters/kube/kinds.ts';
import { collect, type Located } from '../../../lib/config/collect.ts';
import { parseSource } from '../../../lib/config/located.ts';
import type { ClusterState } from '../../../lib/model/snapshot.ts';
import { clusterKeyOf } from '../../../lib/model/snapshot.ts';
import { richObjects } from '../../support/rich-objects.ts';
import { type ServedObject, served, servedObjects } from '../../support/served-objects.ts';

interface Readings {
  readonly list: keyof ClusterState;
  readonly object: unknown;
  readonly asDocument: unknown;
  readonly fromWire: unknown;
}

/** Each object read both ways. */
function readings(objects: readonly ServedObject[]): Readings[] {
  const bytes = Buffer.from(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
  const collected = collect(parseSource({ name: 'served.json', bytes }).objects);
  expect(collected.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  const both = <T>(list: keyof ClusterState, located: readonly Located<T>[], of: (value: T) => unknown) =>
    located.map(({ value, object }) => ({
      ...{ list, object: object.value, asDocument: of(value) },
      fromWire: KINDS[list].decode(object.value as WireObject),
    }));
  const itself = (value: unknown): unknown => value;
  return [
    ...both('pods', collected.pods, ({ pod }) => pod),
    ...both('nodes', collected.nodes, itself),
    ...both('daemonSets', collected.daemonSets, itself),
    ...both('namespaces', collected.namespaces, itself),
    ...both('volumeClaims', collected.volumeClaims, itself),
    ...both('volumes', collected.volumes, itself),
    ...both('storageClasses', collected.storageClasses, ({ storageClass }) => storageClass),
    ...both('csiNodes', collected.csiNodes, itself),
  ];
}

describe('decoding what the API server sends', () => {
  const all = readings([...servedObjects(), ...richObjects.map((object) => served(object))]);

  it.each(Object.keys(KINDS) as (keyof ClusterState)[])(
    'makes of %s what the reader of documents makes of them',
    (list) => {
      const some = all.filter((reading) => reading.list === list);
      expect(some.length).toBeGreaterThan(0);
      for (const { fromWire, asDocument } of some) expect(fromWire).toEqual(asDocument);
    },
  );

  it('reads pods of many shapes', () => {
    const pods = all.filter(({ list }) => list === 'pods');
    const specs = new Set(pods.map(({ fromWire }) => JSON.stringify((fromWire as { spec: unknown }).spec)));
    expect(specs.size).toBeGreaterThan(5);
  });

  it('knows the key of every object from its metadata', () => {
    for (const { list, object, fromWire } of all) {
      const keyOf = clusterKeyOf[list] as (value: unknown) => string;
      expect(KINDS[list].keyOf(object as WireObject)).toBe(keyOf(fromWire));
    }
  });
});
