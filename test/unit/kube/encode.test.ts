import { describe, expect, it } from 'vitest';
import type { WireObject } from '../../../lib/adapters/kube/decode/wire.ts';
import { KINDS } from '../../../lib/adapters/kube/kinds.ts';
import { SERVED } from '../../../lib/local/kube-server/resources.ts';
import { richObjects } from '../../support/rich-objects.ts';
import { served, servedObjects } from '../../support/served-objects.ts';

const objects = [...servedObjects(), ...richObjects.map((object) => served(object))];

const modelOf = (list: keyof typeof KINDS, object: unknown): unknown =>
  KINDS[list].decode(object as WireObject);

describe('what the local Kubernetes server sends', () => {
  it.each(SERVED)(
    'is a $kind that the client reads as the object that was stored',
    ({ list, kind, encode }) => {
      const stored = objects.filter((object) => object.kind === kind).map((object) => modelOf(list, object));
      expect(stored.length).toBeGreaterThan(0);
      for (const value of stored) {
        const sent = JSON.parse(JSON.stringify(encode(value, 7)));
        expect(modelOf(list, sent)).toEqual(value);
      }
    },
  );
});
