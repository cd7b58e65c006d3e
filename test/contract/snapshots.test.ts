import { describe } from 'vitest';
import { S3Snapshots } from '../../lib/adapters/aws/snapshots.ts';
import { MemorySnapshots } from '../../lib/adapters/memory/snapshots.ts';
import { hasDynamo, onDynamo, onS3 } from '../support/aws-wire.ts';
import { describeSnapshotsContract } from './snapshots.contract.ts';

describeSnapshotsContract('memory', async () => new MemorySnapshots());

describe.skipIf(!hasDynamo)('on the wire', () => {
  const makeTable = onDynamo();
  const bucket = onS3();
  describeSnapshotsContract('S3', async () => new S3Snapshots({ ...(await makeTable()), ...bucket() }));
});
