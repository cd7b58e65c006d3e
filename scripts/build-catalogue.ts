// Writes the embedded catalogue from the two source tables:
//   npx tsx scripts/build-catalogue.ts ec2-instance-types.csv ec2-spot.csv
import { readFileSync, writeFileSync } from 'node:fs';
import { buildCatalogue } from './catalogue/build.ts';

const [typesPath, spotPath] = process.argv.slice(2);
if (typesPath === undefined || spotPath === undefined) {
  console.error('usage: build-catalogue.ts ec2-instance-types.csv ec2-spot.csv');
  process.exit(2);
}
const files = buildCatalogue(readFileSync(typesPath, 'utf8'), readFileSync(spotPath, 'utf8'));
for (const [name, text] of Object.entries(files)) {
  writeFileSync(new URL(`../lib/catalog/data/${name}`, import.meta.url), text);
  console.log(`lib/catalog/data/${name}: ${Math.ceil(text.length / 1024)} KiB`);
}
