// Peak memory and time of one plan for 50,000 pending pods, all of different size, in a fresh process.
// usage: npx tsx bench/memory.ts

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { podUid } from '../lib/model/ids.ts';
import { DEFAULT_POLICIES } from '../lib/model/planning-policies.ts';
import type { Pod } from '../lib/model/pod.ts';
import { EMPTY_CLUSTER } from '../lib/model/snapshot.ts';
import { planProvisioning } from '../lib/planning/plan-provisioning.ts';
import { aPodSpec } from '../test/support/builders.ts';
import { embeddedPools } from './large-world.ts';

const PODS = 50_000;
const MIB = 1024 ** 2;
const FLOOR_MIB = 1024;

/** Every pod's own size; a hundred workloads of them, by label. */
const pods = (): Pod[] =>
  Array.from({ length: PODS }, (_, number) => ({
    uid: podUid(`pod-${number}`),
    namespace: 'default',
    name: `pod-${number}`,
    labels: { app: `app-${number % 100}` },
    annotations: {},
    createdAtMs: number,
    spec: aPodSpec({
      requests: { cpu: 50 + (number % 1_951), memory: (64 + (number % 4_093)) * MIB + number, pods: 1 },
    }),
    phase: 'Pending',
    unschedulable: { sinceMs: 0, message: '' },
  }));

async function measure(): Promise<void> {
  const pools = await embeddedPools();
  const pending = pods();
  const startMs = performance.now();
  const plan = planProvisioning({
    pods: pending,
    cluster: { ...EMPTY_CLUSTER, pods: pending },
    nodes: [],
    ...pools,
    usage: {},
    unavailable: {},
    ...DEFAULT_POLICIES,
  });
  const seconds = (performance.now() - startMs) / 1_000;
  const peakMib = process.resourceUsage().maxRSS / 1_024;
  const placed = PODS - plan.unschedulable.length;
  console.log(
    `${PODS} pods of different sizes: ${placed} placed on ${plan.nodes.length} nodes in ${seconds.toFixed(1)} s, ` +
      `peak ${Math.round(peakMib)} MiB (floor ${FLOOR_MIB} MiB)`,
  );
  process.exitCode = peakMib <= FLOOR_MIB ? 0 : 1;
}

// The measured process must have done nothing else before.
if (process.argv[2] === 'measured') await measure();
else {
  const self = fileURLToPath(import.meta.url);
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', self, 'measured'], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
}
