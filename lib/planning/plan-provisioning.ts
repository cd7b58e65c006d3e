// The provisioning decision: pods without a place become nodes. Pure; called by `control/provision` and by `plan`.
import { DovetailError } from '../model/errors.ts';
import type { Pod } from '../model/pod.ts';
import { type Outcome, solve, type Violation } from '../solver/index.ts';
import { type Compiled, compile } from './compile.ts';
import { byName, decodeExisting, decodeNodes, podAt } from './decode.ts';
import { explainer } from './explain.ts';
import { notesOf } from './notes.ts';
import { objectiveOf } from './objective-of.ts';
import { waitingForClaims } from './once-pod-claims.ts';
import { refusalOf } from './provisionable.ts';
import { inOurTerms } from './refused-problem.ts';
import type { ProvisioningInput, ProvisioningPlan } from './types.ts';
import { poolsThatBringVolumes, withoutEarly } from './volumes-to-come.ts';

export type ShouldStop = () => boolean;
export type Solve = (compiled: Compiled, shouldStop: ShouldStop) => Outcome;

/** As the input's settings say. */
const solveAsSet: Solve = (compiled, shouldStop) => {
  const { solver, iterations, seed } = compiled.input.solver;
  return solve(compiled.problem, {
    ...{ solver, iterations, seed, shouldStop },
    objective: objectiveOf(compiled),
  });
};

const never: ShouldStop = () => false;

/**
 * Refuses what cannot be planned for, packs the rest and explains what found no place. The same input gives the same plan,
 * unless `shouldStop` cut it short, which the plan says then.
 * Throws `DovetailError` `InvalidProblem` for amounts or sizes that nothing can be planned with, and `InvalidPlan` when the
 * independent check finds the packing wrong: nothing may be bought then.
 */
export function planProvisioning(
  input: ProvisioningInput,
  shouldStop: ShouldStop = never,
  solver: Solve = solveAsSet,
): ProvisioningPlan {
  const refused: { pod: Pod; reasons: string[] }[] = [];
  const usable: Pod[] = [];
  const bringing = poolsThatBringVolumes(input.nodePools);
  for (const pod of input.pods) {
    const reason = refusalOf(pod, input.cluster, bringing);
    if (reason === undefined) usable.push(pod);
    else refused.push({ pod, reasons: [reason] });
  }
  const waiting = waitingForClaims(usable, input.cluster);
  for (const [pod, reason] of waiting) refused.push({ pod, reasons: [reason] });
  const pods = usable.filter((pod) => !waiting.has(pod));
  const compiled = compile(input, pods);
  const { solution, violations, report } = inOurTerms(compiled, () => solver(compiled, shouldStop));
  if (violations.length > 0) throw invalidPlan(violations);
  const nodes = decodeNodes(compiled, solution);
  const reasonsOf = explainer(compiled, solution);
  const unplaced = solution.unplaced.map((entry) => ({
    pod: podAt(compiled, entry.order),
    reasons: reasonsOf(entry),
  }));
  const { existing, early } = withoutEarly(decodeExisting(compiled, solution), input);
  return {
    nodes,
    existing,
    unschedulable: inPodOrder([...refused, ...unplaced, ...early]),
    priceMicroUsdPerHour: solution.pricePerHour,
    solver: report,
    placedMore: report.baselineUnplaced - solution.unplaced.length,
    notes: notesOf(compiled, nodes),
  };
}

function invalidPlan(violations: readonly Violation[]): DovetailError {
  const shown = violations.slice(0, 3).map(({ rule, message }) => `${rule}: ${message}`);
  return new DovetailError(
    'InvalidPlan',
    `the plan breaks ${violations.length} rules and is not used: ${shown.join('; ')}`,
    'never',
  );
}

function inPodOrder(entries: ProvisioningPlan['unschedulable']): ProvisioningPlan['unschedulable'] {
  const byPod = new Map(entries.map((entry) => [entry.pod, entry]));
  return byName([...byPod.keys()]).flatMap((pod) => byPod.get(pod) ?? []);
}
