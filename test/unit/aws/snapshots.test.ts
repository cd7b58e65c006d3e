import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decodeSnapshot } from '../../../lib/adapters/aws/snapshots/decode.ts';
import { SnapshotEncoder } from '../../../lib/adapters/aws/snapshots/encode.ts';
import { S3Snapshots } from '../../../lib/adapters/aws/snapshots.ts';
import { snapshotId } from '../../../lib/model/ids.ts';
import { EMPTY_CLUSTER } from '../../../lib/model/snapshot.ts';
import { BUCKET, hasDynamo, onDynamo, onS3 } from '../../support/aws-wire.ts';
import { aPod } from '../../support/builders.ts';
import { START_MS } from '../../support/memory-clock.ts';
import { aSnapshot } from '../../support/memory-items.ts';

const ID = snapshotId('ab12');
const alike = (count: number) =>
  Array.from({ length: count }, (_, n) => aPod({ name: `web-${n}`, labels: { app: 'web' } }));
const withPods = (pods: ReturnType<typeof alike>) => aSnapshot({ cluster: { ...EMPTY_CLUSTER, pods } });

describe('snapshots as text', () => {
  it('writes what alike pods share once, and reads it into one object', () => {
    const text = new SnapshotEncoder().encode(withPods(alike(100)));
    expect(text.match(/"tolerations"/g)).toHaveLength(1);
    const { pods } = decodeSnapshot(text, ID).cluster;
    expect(pods).toHaveLength(100);
    expect(new Set(pods.map((pod) => pod.spec)).size).toBe(1);
  });

  it('writes the same bytes whether it has seen the objects before or not', () => {
    const pods = alike(5);
    const encoder = new SnapshotEncoder();
    for (const seen of [pods, [aPod({ name: 'other' })]]) encoder.encode(withPods(seen));
    expect(encoder.encode(withPods(pods))).toBe(new SnapshotEncoder().encode(withPods(pods)));
  });

  it('names a form or a schema that a newer release wrote', () => {
    const text = new SnapshotEncoder().encode(aSnapshot());
    const newer = [
      text.replace('"form":1', '"form":2'),
      text.replace('"schemaVersion":1', '"schemaVersion":2'),
    ];
    for (const each of newer) {
      expect(() => decodeSnapshot(each, ID)).toThrowError(/^snapshot ab12 has (form|schema version) 2/);
    }
  });
});

describe.skipIf(!hasDynamo)('snapshots in the bucket', () => {
  const makeTable = onDynamo();
  const s3 = onS3();

  it('has no newest snapshot once its object has expired', async () => {
    const options = { ...(await makeTable()), ...s3() };
    const id = await new S3Snapshots(options).put(aSnapshot());
    options.objects.delete(`${BUCKET}/snapshots/${id}.json.gz`);
    const reader = new S3Snapshots(options);
    expect(await reader.newest()).toBeUndefined();
    expect(await reader.get(id)).toBeUndefined();
  });

  it('stores one object however often the same snapshot is put', async () => {
    const options = { ...(await makeTable()), ...s3() };
    const snapshot = aSnapshot({ takenAtMs: START_MS + 77 });
    const ids = [await new S3Snapshots(options).put(snapshot), await new S3Snapshots(options).put(snapshot)];
    expect(new Set(ids).size).toBe(1);
    expect([...options.objects.keys()].filter((key) => key.includes(String(ids[0])))).toHaveLength(1);
  });

  it('reads what another release compressed harder', async () => {
    const options = { ...(await makeTable()), ...s3() };
    const text = new SnapshotEncoder().encode(aSnapshot());
    options.objects.set(`${BUCKET}/snapshots/${ID}.json.gz`, gzipSync(text, { level: 9 }));
    expect(await new S3Snapshots(options).get(ID)).toEqual(aSnapshot());
  });
});
