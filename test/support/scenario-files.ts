import { readFileSync } from 'node:fs';
import { EMBEDDED_REGIONS, EmbeddedCatalog } from '../../lib/adapters/memory/embedded-catalog.ts';
import { formatFinding } from '../../lib/config/finding.ts';
import { type LoadedScenario, loadScenario } from '../../lib/simulator/load-scenario.ts';

const folder = new URL('../../scenarios/', import.meta.url);
const catalog = new EmbeddedCatalog('us-east-1');

/** A scenario of `scenarios/`, by its name. */
export function scenarioFile(name: string): LoadedScenario {
  const source = (path: string) => ({ name: path, bytes: readFileSync(new URL(path, folder)) });
  const read = loadScenario(source(`${name}.yaml`), {
    readRelative: source,
    catalogOf: () => catalog,
    regions: EMBEDDED_REGIONS,
  });
  if (!read.ok) throw new Error(read.findings.map(formatFinding).join('\n'));
  return read.loaded;
}
