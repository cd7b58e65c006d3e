// Time of `dovetail plan` for 1,000 pods from a cold process, against an empty Node process: npx tsx bench/plan-cold.ts
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const RUNS = 5;
const PODS = 1_000;
/** Every run reads the same pods: ten workloads of a hundred, of sizes that do not divide each other. */
const SIZES = [
  { cpu: '250m', memory: '512Mi' },
  { cpu: '100m', memory: '300Mi' },
  { cpu: '1', memory: '2Gi' },
  { cpu: '500m', memory: '700Mi' },
  { cpu: '2', memory: '3Gi' },
  { cpu: '150m', memory: '1Gi' },
  { cpu: '750m', memory: '6Gi' },
  { cpu: '300m', memory: '256Mi' },
  { cpu: '1500m', memory: '9Gi' },
  { cpu: '50m', memory: '128Mi' },
];

const dovetail = fileURLToPath(new URL('../cli/dovetail.mjs', import.meta.url));

/** Milliseconds from start to end of a process. Throws when it fails. */
function timeMs(args: readonly string[], input: string): number {
  const startMs = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
  return performance.now() - startMs;
}

function median(measure: () => number): number {
  const times = Array.from({ length: RUNS }, measure).sort((a, b) => a - b);
  return times[Math.floor(RUNS / 2)] ?? 0;
}

const documents = SIZES.map((requests, index) =>
  JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: `workload-${index}` },
    spec: {
      replicas: PODS / SIZES.length,
      selector: { matchLabels: { app: `workload-${index}` } },
      template: {
        metadata: { labels: { app: `workload-${index}` } },
        spec: { containers: [{ name: 'main', image: 'none', resources: { requests } }] },
      },
    },
  }),
).join('\n---\n');

const plan = [dovetail, 'plan', '-f', '-', '--json'];
timeMs(plan, documents);
const planMs = median(() => timeMs(plan, documents));
const nodeMs = median(() => timeMs(['-e', '0'], ''));
console.log(
  `plan of ${PODS} pods, cold, median of ${RUNS}: ${Math.round(planMs)} ms = ${(planMs / nodeMs).toFixed(1)} × an empty node process (${Math.round(nodeMs)} ms)`,
);
