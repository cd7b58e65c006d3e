// Why a pod found no place: one sentence per NodePool with what was asked, what there is, and how many were looked at, and
// one about the nodes that exist. `explain/` has a file per kind of reason.

import { requirementsOfLabels } from '../constraints/requirements.ts';
import { counted } from '../model/counted.ts';
import type { NodePool } from '../model/node-pool.ts';
import type { Pod } from '../model/pod.ts';
import type { PoolRejection, Solution, Unplaced } from '../solver/index.ts';
import type { Compiled } from './compile.ts';
import { podAt } from './decode.ts';
import { amountText, asked } from './explain/amounts.ts';
import { existingReason } from './explain/existing.ts';
import { Outcome } from './explain/outcome.ts';
import { firstObstacle, poolReason } from './explain/pool-reason.ts';
import { PoolView } from './explain/pool-view.ts';
import { type RelaxationLevel, relaxationLevels } from './relaxation.ts';

/**
 * The reasons of pod after pod of one solution, never empty: pools in order of choice, then those that cannot grow, then
 * existing nodes. Replicas without a place can be many, and their sentences cost more than finding out that they have
 * none: pods of one item that were turned away alike, with the same volumes, share them.
 */
export function explainer(compiled: Compiled, solution: Solution): (unplaced: Unplaced) => readonly string[] {
  const outcome = new Outcome(compiled, solution);
  const known = new Map<string, readonly string[]>();
  let sentences = 0;
  return (unplaced) => {
    const { namespace, spec } = podAt(compiled, unplaced.order);
    const key = JSON.stringify([unplaced.item, unplaced.pools, namespace, spec.volumeClaims]);
    const explained = known.get(key);
    if (explained !== undefined) return explained;
    const inFull = sentences < MAX_SENTENCES;
    sentences += unplaced.pools.length;
    const reasons = inFull ? reasonsOf(outcome, unplaced) : briefly(compiled, unplaced);
    known.set(key, reasons);
    return reasons;
  };
}

/** Sentences about a pool that are worked out in full: when more pods than that have no place, they share a cause. */
const MAX_SENTENCES = 500;

const briefly = ({ table, resources }: Compiled, { pools }: Unplaced): string[] => [
  ...pools.map(({ pool, reason, candidates, resource }) => {
    const name = resources[resource?.column ?? -1];
    const amounts =
      resource === undefined || name === undefined
        ? ''
        : ` (asks for ${asked(name, resource.requested)} with DaemonSets; most is ${amountText(name, resource.largest, true)} ${name})`;
    return `NodePool ${table.pools[pool]?.name}: ${reason} leave none of ${counted(candidates, 'offering')}${amounts}`;
  }),
  ...table.notReady.map(notReadyText),
];

/** A pool without instance types. */
export const notReadyText = (pool: NodePool): string =>
  `NodePool ${pool.name}: not ready: its NodeClass "${pool.template.nodeClass}" is missing or not resolved`;

function reasonsOf(outcome: Outcome, unplaced: Unplaced): string[] {
  const { table, input } = outcome.compiled;
  const pod = podAt(outcome.compiled, unplaced.order);
  const existing = existingReason(outcome, pod, unplaced.item);
  const fixed = input.nodePools.filter(({ replicas }) => replicas !== undefined);
  const pools = [
    ...unplaced.pools.flatMap((rejection) => rejectionText(outcome, pod, rejection)),
    ...table.notReady.map(notReadyText),
    ...fixed.map(
      ({ name, replicas }) => `NodePool ${name}: static (replicas ${replicas}): it adds no node for pods`,
    ),
  ];
  const none = input.nodePools.length === 0 ? ['there is no NodePool that could add a node: create one'] : [];
  return [...pools, ...none, ...(existing === undefined ? [] : [existing])];
}

/**
 * Required terms of node affinity are ORed: where there are several, each has its own reason. The solver reports that of
 * the last level, which goes by one of them.
 */
function rejectionText(outcome: Outcome, pod: Pod, { pool: at, reason }: PoolRejection): string[] {
  const { compiled } = outcome;
  const pool = compiled.table.pools[at];
  const level = relaxationLevels(pod.spec, compiled.policy).at(-1);
  if (pool === undefined || level === undefined) return [];
  const name = `NodePool ${pool.name}: `;
  const view = (chosen: RelaxationLevel): PoolView => new PoolView(outcome, pod, chosen, at, pool);
  const terms = pod.spec.affinity.nodeRequired;
  if (terms.length < 2) return [`${name}${poolReason(view(level), reason)}`];
  const texts = terms.map((term) => {
    const strict = [...requirementsOfLabels(pod.spec.nodeSelector), ...term.matchExpressions];
    const one = view({ ...level, term, strict, requirements: strict });
    return poolReason(one, term === level.term ? reason : firstObstacle(one));
  });
  const [first, ...others] = texts;
  if (others.every((text) => text === first)) return [`${name}${first}`];
  const numbered = texts.map((text, index) => `required term ${index + 1} of ${texts.length}: ${text}`);
  return [`${name}${numbered.join('; ')}`];
}
