// The whole day of CI in one process: time, memory and counts, and whether it ends at zero: npx tsx bench/ci-day.ts [SEED]
import { readFileSync } from 'node:fs';
import { EMBEDDED_REGIONS, EmbeddedCatalog } from '../lib/adapters/memory/embedded-catalog.ts';
import { formatFinding } from '../lib/config/finding.ts';
import { isGood } from '../lib/report/simulation-summary.ts';
import { loadScenario } from '../lib/simulator/load-scenario.ts';
import { simulate } from '../lib/simulator/simulate.ts';

/** On two cores; memory of the whole process. */
const FLOOR = { wallMs: 60_000, rssMib: 1_024 };

const folder = new URL('../scenarios/', import.meta.url);
const source = (name: string) => ({ name, bytes: readFileSync(new URL(name, folder)) });
const read = loadScenario(source('ci-day.yaml'), {
  readRelative: source,
  catalogOf: () => new EmbeddedCatalog('us-east-1'),
  regions: EMBEDDED_REGIONS,
});
for (const finding of read.findings) console.error(formatFinding(finding));
if (!read.ok) process.exit(2);

const startedMs = performance.now();
const before = process.resourceUsage();
const summary = await simulate({ ...read.loaded, seed: Number(process.argv[2] ?? 1) });
const wallMs = performance.now() - startedMs;
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
const cpuMs = (userCPUTime - before.userCPUTime + systemCPUTime - before.systemCPUTime) / 1_000;
const rssMib = maxRSS / 1_024;

const { figures, end } = summary;
console.log(
  `a day of CI: ${(wallMs / 1_000).toFixed(1)} s wall, ${(cpuMs / 1_000).toFixed(1)} s CPU, ${Math.round(rssMib)} MiB at most; ` +
    `${figures.pods.arrived} pods, ${figures.launches.instances} instances, ${summary.awaitPoints} await points; ` +
    `at the end ${end.nodes} nodes, ${end.instances} instances, ${end.claims} claims`,
);
for (const { property, violations } of summary.checks) {
  for (const violation of violations) console.log(`FAIL ${property}: ${violation}`);
}
const empty = end.nodes + end.instances + end.claims === 0;
process.exitCode = isGood(summary) && empty && wallMs <= FLOOR.wallMs && rssMib <= FLOOR.rssMib ? 0 : 1;
