// What each workload costs by the greedy, and with how many nodes: npx tsx bench/gap.ts [SEED]
import { hasSharedData } from '../test/support/shared-data.ts';
import { gapRow } from './workloads/gap-row.ts';
import { workloads } from './workloads/workloads.ts';

if (!hasSharedData) console.log('manifests, traces and the shared mix are left out: ../shared is not there');
const rows = workloads(Number(process.argv[2] ?? 1)).map((workload) => gapRow(workload));
console.table(rows);
process.exitCode = rows.every(({ unplaced, violations }) => unplaced === 0 && violations === 0) ? 0 : 1;
