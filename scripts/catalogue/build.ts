import { compareText } from '../../lib/model/stable-json.ts';
import { cell, parseCsv } from './csv.ts';
import { REGIONS, regionFile } from './region-file.ts';
import { typesFile } from './types-file.ts';

/** Text per file name of the catalogue: `instance-types.json` and one file per region. Equal input, equal bytes. */
export function buildCatalogue(typesCsv: string, spotCsv: string): Record<string, string> {
  const rows = parseCsv(typesCsv).sort((a, b) =>
    compareText(cell(a, 'instance_type'), cell(b, 'instance_type')),
  );
  const spotRows = parseCsv(spotCsv);
  const files: Record<string, string> = { 'instance-types.json': columnsJson(typesFile(rows)) };
  for (const region of REGIONS) files[`${region}.json`] = columnsJson(regionFile(region, rows, spotRows));
  return files;
}

/** One member per line, so that a change of data shows which column changed. */
function columnsJson(file: object): string {
  const members = Object.entries(file).map(
    ([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`,
  );
  return `{\n${members.join(',\n')}\n}\n`;
}
