import { MemorySnapshots } from '../../lib/adapters/memory/snapshots.ts';
import { describeSnapshotsContract } from './snapshots.contract.ts';

describeSnapshotsContract('memory', async () => new MemorySnapshots());
