/** One line of a CSV file as column name to text; empty cells are empty texts. */
export type Row = Readonly<Record<string, string>>;

/** Reads a CSV file without quoted cells. Errors: a line whose number of cells differs from the header's. */
export function parseCsv(text: string): Row[] {
  const [header = '', ...lines] = text.trimEnd().split(/\r?\n/);
  const columns = header.split(',');
  return lines.map((line, index) => {
    const cells = line.split(',');
    if (cells.length !== columns.length || line.includes('"')) {
      throw new Error(`line ${index + 2}: ${cells.length} cells, want ${columns.length} unquoted ones`);
    }
    return Object.fromEntries(columns.map((column, at) => [column, cells[at] ?? '']));
  });
}

/** The cell of a column that must be there. */
export function cell(row: Row, column: string): string {
  const text = row[column];
  if (text === undefined) throw new Error(`no column ${column}`);
  return text;
}

/** The number in a cell; undefined where it is empty. */
export function numberIn(row: Row, column: string): number | undefined {
  const text = cell(row, column);
  if (text === '') return undefined;
  const value = Number(text);
  if (!Number.isFinite(value)) throw new Error(`${column} of ${row['instance_type']}: ${text} is no number`);
  return value;
}
