// Writes scenarios/ci-day/arrivals.csv from the day of Prow periodics:
//   npx tsx scripts/build-ci-day.ts ../shared/data/traces/k8s-prow-periodics-24h.csv
import { readFileSync, writeFileSync } from 'node:fs';
import { ciDayArrivals } from './ci-day/arrivals.ts';

const [path] = process.argv.slice(2);
if (path === undefined) {
  console.error('usage: build-ci-day.ts k8s-prow-periodics-24h.csv');
  process.exit(2);
}
const text = ciDayArrivals(readFileSync(path, 'utf8'));
writeFileSync(new URL('../scenarios/ci-day/arrivals.csv', import.meta.url), text);
console.log(`scenarios/ci-day/arrivals.csv: ${Math.ceil(text.length / 1024)} KiB`);
