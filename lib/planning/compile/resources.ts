import type { ResourceList } from '../../model/resources.ts';
import { compareText } from '../../model/stable-json.ts';

const ALWAYS = ['cpu', 'memory', 'pods'];

/** The resources that decide anything: those somebody requests or limits. Their order is the problem's columns. */
export class ResourceColumns {
  readonly names: readonly string[];

  constructor(requested: Iterable<ResourceList>, limited: Iterable<ResourceList>) {
    const names = new Set<string>();
    for (const list of requested) {
      for (const name in list) if ((list[name] ?? 0) > 0) names.add(name);
    }
    for (const list of limited) for (const name of Object.keys(list)) names.add(name);
    // A limit on `nodes` counts nodes, not something nodes have.
    names.delete('nodes');
    for (const name of ALWAYS) names.delete(name);
    this.names = [...ALWAYS, ...[...names].sort(compareText)];
  }

  /** One row; what a list does not name is `missing`, and nothing is below zero. */
  row(list: ResourceList, missing = 0): Float64Array {
    const row = new Float64Array(this.names.length);
    for (const [column, name] of this.names.entries()) row[column] = Math.max(0, list[name] ?? missing);
    return row;
  }

  /** Adds `times` a list to a row, which may go below zero. */
  addTo(row: Float64Array, list: ResourceList, times: 1 | -1): void {
    for (let column = 0; column < row.length; column++) {
      row[column] = (row[column] ?? 0) + times * (list[this.names[column] ?? ''] ?? 0);
    }
  }

  /** Rows one after another. */
  matrix(lists: readonly ResourceList[]): Float64Array {
    const width = this.names.length;
    const matrix = new Float64Array(lists.length * width);
    for (const [index, list] of lists.entries()) matrix.set(this.row(list), index * width);
    return matrix;
  }
}
