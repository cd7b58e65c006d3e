// What the solver's check refuses, in Kubernetes' terms: who it is, which resource, what to change.
import { assertNever } from '../model/assert-never.ts';
import { DovetailError } from '../model/errors.ts';
import { podKey } from '../model/pod.ts';
import { type Defect, InvalidProblem } from '../solver/index.ts';
import type { Compiled } from './compile.ts';

/** Runs `solve`; what it refuses becomes `InvalidProblem`, retry never, because the same input is refused again. */
export function inOurTerms<T>(compiled: Compiled, solve: () => T): T {
  try {
    return solve();
  } catch (error) {
    if (!(error instanceof InvalidProblem)) throw error;
    const { defect } = error;
    const { column, field, value, want, kind } = defect;
    const what = column === undefined ? field : `${compiled.resources[column]} of its ${field}`;
    const advice = kind === 'problem' ? ': plan fewer pods or narrower NodePools at a time' : '';
    const said = `${nameOf(compiled, defect)}: ${what} is ${value}, want ${want}${advice}`;
    throw new DovetailError('InvalidProblem', `no plan can be made: ${said}`, 'never', { cause: error });
  }
}

function nameOf({ problem, input, table, queue, overhead }: Compiled, { kind, index }: Defect): string {
  switch (kind) {
    case 'item': {
      const pod = queue[problem.items[index]?.order[0] ?? -1];
      return pod === undefined ? `item ${index}` : `pod ${podKey(pod)}`;
    }
    case 'bin':
      return `node ${input.nodes[index]?.name}`;
    case 'shape':
      return `instance type ${table.rows[problem.offerings.shape.indexOf(index)]?.type.name}`;
    case 'offering': {
      const { type, offering } = table.rows[index] ?? {};
      return `instance type ${type?.name}, ${offering?.capacityType} in ${offering?.zone}`;
    }
    case 'pool':
      return `NodePool ${table.pools[index]?.name}`;
    case 'overheadGroup': {
      const uids = new Set(overhead[index]?.map(({ uid }) => uid));
      const names = input.cluster.daemonSets.filter(({ uid }) => uids.has(uid)).map(podKey);
      return `DaemonSets ${names.join(', ')}`;
    }
    case 'group':
      return `topology group ${index}`;
    case 'reservation':
      return `capacity reservation ${index}`;
    case 'problem':
      return 'the problem';
    case 'options':
      return 'the solver settings';
    default:
      return assertNever(kind);
  }
}
