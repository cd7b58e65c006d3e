// Runs a scenario under fault mixes drawn from many seeds and prints the seeds that break a property.
// usage: npx tsx bench/fault-seeds.ts [SCENARIO] [FIRST] [COUNT]
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  EMBEDDED_REGIONS,
  EmbeddedCatalog,
  isEmbeddedRegion,
} from '../lib/adapters/memory/embedded-catalog.ts';
import { formatFinding } from '../lib/config/finding.ts';
import { loadScenario } from '../lib/simulator/load-scenario.ts';
import { simulate } from '../lib/simulator/simulate.ts';

/** Time for whatever the faults held up. */
const PATIENCE_MS = 90 * 60_000;

const [path = 'scenarios/online-boutique.yaml', first = '1', count = '100'] = process.argv.slice(2);
const read = loadScenario(
  { name: path, bytes: readFileSync(path) },
  {
    readRelative: (relative) => {
      const name = join(dirname(path), relative);
      return { name, bytes: readFileSync(name) };
    },
    catalogOf: (region) => (isEmbeddedRegion(region) ? new EmbeddedCatalog(region) : undefined),
    regions: EMBEDDED_REGIONS,
  },
);
for (const finding of read.findings) console.error(formatFinding(finding));
if (!read.ok) process.exit(2);

const { catalog, scenario } = read.loaded;
const faulty = { ...scenario, faults: 'drawn' as const, endMs: scenario.endMs + PATIENCE_MS };
const startedMs = performance.now();
const totals = { failed: 0, awaitPoints: 0, plannedPods: 0, asPlanned: 0, deadLetters: 0 };
for (let seed = Number(first); seed < Number(first) + Number(count); seed++) {
  const summary = await simulate({ scenario: faulty, seed, catalog });
  totals.awaitPoints += summary.awaitPoints;
  totals.plannedPods += summary.adherence.plannedPods;
  totals.asPlanned += summary.adherence.asPlanned;
  totals.deadLetters += summary.deadLetters;
  const violations = summary.checks.flatMap((check) => check.violations);
  const lost = summary.podsWithoutPlace.map(({ pod }) => `${pod} has no place`);
  if (violations.length + lost.length === 0) continue;
  totals.failed += 1;
  for (const text of [...violations, ...lost]) console.log(`seed ${seed}: ${text}`);
}
const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
console.log(
  `${count} seeds of ${scenario.name}: ${totals.failed} failed, ${totals.awaitPoints} await points, ` +
    `${totals.asPlanned} of ${totals.plannedPods} planned pods as planned, ` +
    `${totals.deadLetters} dead letters, ${seconds} s`,
);
process.exitCode = totals.failed === 0 ? 0 : 1;
