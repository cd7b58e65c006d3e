import { readFileSync } from 'node:fs';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { DynamoClaims } from '../../lib/adapters/aws/claims.ts';
import { DynamoPlans } from '../../lib/adapters/aws/plans.ts';
import { DynamoSlotStore } from '../../lib/adapters/aws/slots.ts';
import { decodeSnapshot } from '../../lib/adapters/aws/snapshots/decode.ts';
import { SnapshotEncoder } from '../../lib/adapters/aws/snapshots/encode.ts';
import type { Item } from '../../lib/adapters/aws/table/attributes.ts';
import { DynamoUnavailableOfferings } from '../../lib/adapters/aws/unavailable-offerings.ts';
import { drainRequestSchema } from '../../lib/messages/drain-request.ts';
import { launchSchema } from '../../lib/messages/launch.ts';
import { provisionRequestSchema } from '../../lib/messages/provision-request.ts';
import { compareText, stableJson } from '../../lib/model/stable-json.ts';
import { hasDynamo, onDynamo, onS3, type TestTable } from '../support/aws-wire.ts';
import {
  ENDED_CLAIMS,
  LIVE_CLAIMS,
  MARK,
  OPEN_ORDER,
  PLAN_1,
  PLANNED,
  SLOTS,
  SNAPSHOT,
} from '../support/version-1.ts';

/**
 * What version 1 looks like where it is stored. A release that writes otherwise raises the version, commits a file of its
 * own beside this one, and reads both. This file changes with nothing that was ever deployed.
 */
const FILE = '../golden/versions/1.json';
const stored = (): { readonly items: readonly Item[]; readonly snapshot: string } =>
  JSON.parse(readFileSync(new URL(FILE, import.meta.url), 'utf8'));

const PARTITIONS = [
  ...['claims', 'slots', 'orders', 'unavailable', 'unfinished-plans'],
  ...[`plan#${PLAN_1.id}`, ...PLAN_1.requestIds.map((id) => `request#${id}`)],
  ...ENDED_CLAIMS.flatMap((claim) => [
    `claim#${claim.name}`,
    ...('launch' in claim ? [`instance#${claim.launch.instanceId}`] : []),
  ]),
];

const MESSAGES = [
  [
    provisionRequestSchema,
    { schemaVersion: 1, requestId: 'r-1', snapshotId: 'ab12', podUids: ['pod-uid-0'], expiresAtMs: 1 },
  ],
  [launchSchema, { schemaVersion: 1, orderId: OPEN_ORDER.id }],
  [drainRequestSchema, { schemaVersion: 1, kind: 'DrainRequest', claim: PLANNED.name, hop: 3 }],
] as const;

describe('messages of schema version 1', () => {
  it.each(MESSAGES)('are read as they were written (%#)', (schema, message) => {
    expect(schema.parse(message)).toEqual(message);
  });

  it.each(MESSAGES)(
    'are read with members that a later release adds, and without those (%#)',
    (schema, message) => {
      expect(schema.parse({ ...message, addedLater: { by: 'the next release' } })).toEqual(message);
    },
  );

  it.each(MESSAGES)('are told from those of a version not known here (%#)', (schema, message) => {
    expect(schema.safeParse({ ...message, schemaVersion: 2 }).success).toBe(false);
  });
});

describe.skipIf(!hasDynamo)('what schema version 1 stores', () => {
  const makeTable = onDynamo();
  const s3 = onS3();
  const storesOf = (test: TestTable) => ({
    claims: new DynamoClaims(test),
    slots: new DynamoSlotStore(test),
    plans: new DynamoPlans({ ...test, ...s3() }),
    unavailable: new DynamoUnavailableOfferings(test),
  });

  async function written(): Promise<readonly Item[]> {
    const test = await makeTable();
    const { claims, slots, plans, unavailable } = storesOf(test);
    await plans.commit(PLAN_1);
    await plans.putOrderIfAbsent(OPEN_ORDER);
    for (const claim of LIVE_CLAIMS) await claims.putIfAbsent(claim);
    for (const claim of ENDED_CLAIMS) {
      await claims.putIfAbsent({ ...PLANNED, name: claim.name });
      await claims.update(claim);
    }
    for (const item of SLOTS) await slots.putIfAbsent(item);
    await unavailable.put(MARK);
    const items = await Promise.all(PARTITIONS.map((pk) => test.table.query(pk)));
    return items
      .flat()
      .map(({ writeId: _, packed, ...item }) =>
        // Deflated bytes differ between versions of zlib; the text does not.
        packed instanceof Uint8Array ? { ...item, inflated: inflateRawSync(packed).toString('utf8') } : item,
      )
      .sort((a, b) => compareText(`${a['pk']} ${a['sk']}`, `${b['pk']} ${b['sk']}`))
      .map((item) => JSON.parse(stableJson(item)) as Item);
  }

  it('is what this release writes', async () => {
    const snapshot = new SnapshotEncoder().encode(SNAPSHOT);
    const text = `${JSON.stringify({ items: await written(), snapshot: String(snapshot) }, undefined, 2)}\n`;
    await expect(text).toMatchFileSnapshot(FILE);
  });

  it('is what this release reads', async () => {
    const test = await makeTable();
    for (const { inflated, ...item } of stored().items) {
      const packed = typeof inflated === 'string' ? { packed: deflateRawSync(inflated) } : {};
      await test.table.write({ kind: 'put', item: { ...item, ...packed } });
    }
    const { claims, slots, plans, unavailable } = storesOf(test);
    expect(await claims.listLive()).toEqual(LIVE_CLAIMS);
    expect(await Promise.all(ENDED_CLAIMS.map(({ name }) => claims.get(name)))).toEqual(ENDED_CLAIMS);
    expect(await slots.listLive()).toEqual(SLOTS);
    expect(await plans.get(PLAN_1.id)).toEqual(PLAN_1);
    expect(await plans.order(OPEN_ORDER.id)).toEqual(OPEN_ORDER);
    expect(await unavailable.list()).toEqual([MARK]);
  });

  it('is a snapshot that this release reads', () => {
    expect(decodeSnapshot(stored().snapshot, PLAN_1.snapshotId)).toEqual(SNAPSHOT);
  });
});
