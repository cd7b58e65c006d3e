// `dovetail plan`: a dry run. Reads documents and a live cluster, buys nothing, prints what would be bought.
import { EmbeddedCatalog, type EmbeddedRegion } from '../../lib/adapters/memory/embedded-catalog.ts';
import type { Zone } from '../../lib/catalog/catalogue.ts';
import { formatFinding } from '../../lib/config/finding.ts';
import type { CapacityType } from '../../lib/model/offering.ts';
import type { PlanningPolicies } from '../../lib/model/planning-policies.ts';
import type { ServedPods } from '../../lib/model/served-pods.ts';
import { didYouMean } from '../../lib/model/suggest.ts';
import { planProvisioning } from '../../lib/planning/plan-provisioning.ts';
import { type ConstraintPrices, priceConstraints } from '../../lib/planning/price-constraints.ts';
import type { ProvisioningInput, ProvisioningPlan } from '../../lib/planning/types.ts';
import { constraintPriceLines, constraintPricesDocument } from '../../lib/report/constraint-prices.ts';
import { planDocument } from '../../lib/report/plan-json.ts';
import { planLines } from '../../lib/report/plan-table.ts';
import { checkPools } from '../check-pools.ts';
import { EXIT } from '../exit-code.ts';
import type { LiveSource } from '../live/kubeconfig.ts';
import { type LoadedInput, loadInput, throwErrors } from '../load-input.ts';
import { paint, writeErrLines, writeOut } from '../output.ts';
import { preparePlan } from '../plan-input.ts';
import { suspiciousRequests } from '../suspicions.ts';
import { unplacedFindings } from '../unplaced.ts';
import { UserError } from '../user-error.ts';

export interface PlanArgs {
  readonly paths: readonly string[];
  /** A live cluster to plan for. */
  readonly live?: LiveSource;
  readonly region: EmbeddedRegion;
  /** Zone names; empty means all of the region. */
  readonly zones: readonly string[];
  /** Empty means all. */
  readonly capacityTypes: readonly CapacityType[];
  readonly policies: PlanningPolicies;
  /** Whose pods are planned; absent means everybody's. */
  readonly serves?: ServedPods;
  /** Whether to say what constraints cost. */
  readonly priceConstraints: boolean;
  readonly json: boolean;
}

/**
 * Each is a plan of its own. Even with a tenth of the usual iterations all of them take one to four times as long as the
 * plan, because compiling and bounding cost as much as ever: 3 to 11 seconds of CPU for some 100 pods.
 */
const MOST_PRICED_CONSTRAINTS = 10;
const PRICING_ITERATIONS = 2_000;

/** Throws `UserError` for input that cannot be planned; gives 1 when a pod has no place. */
export async function planCommand(args: PlanArgs): Promise<number> {
  const catalog = new EmbeddedCatalog(args.region);
  checkZones(args, catalog.market.zones);
  const { files, documents, notes } = await inputOf(args);
  throwErrors(await checkPools(documents, files, [catalog]));
  const prepared = await preparePlan(documents, args, catalog);
  const { plan, milliseconds } = timed(() => planProvisioning(prepared.input));
  const planNotes = [...prepared.notes, ...suspiciousRequests(prepared.input), ...plan.notes];
  if (args.json) {
    const document = {
      ...planDocument(plan, { seed: args.policies.solver.seed, milliseconds }),
      ...(args.priceConstraints && { constraints: constraintPricesDocument(pricesOf(prepared.input, plan)) }),
    };
    await writeErrLines([...notes, ...planNotes.map((note) => `note: ${note}`)]);
    await writeOut(`${JSON.stringify(document, undefined, 2)}\n`);
  } else {
    await writeErrLines(notes);
    await writeOut(paint(planLines(plan, planNotes)));
    // After the plan is out, since it takes seconds.
    if (args.priceConstraints) {
      const lines = constraintPriceLines(pricesOf(prepared.input, plan)).map((line) => `  ${line}\n`);
      await writeOut(`\nWhat constraints cost:\n${lines.join('')}`);
    }
  }
  await writeErrLines(unplacedFindings(plan, files).map(formatFinding));
  return plan.unschedulable.length > 0 ? EXIT.unmet : EXIT.good;
}

/** A plan that is searched for less leaves the ranges wider, and as true. */
function pricesOf(input: ProvisioningInput, plan: ProvisioningPlan): ConstraintPrices {
  const planAgain = (relaxed: ProvisioningInput) => {
    const iterations = Math.min(PRICING_ITERATIONS, relaxed.solver.iterations);
    return planProvisioning({ ...relaxed, solver: { ...relaxed.solver, iterations } });
  };
  return priceConstraints(input, plan, planAgain, { most: MOST_PRICED_CONSTRAINTS });
}

/** The decision itself knows no clock. */
function timed(decide: () => ProvisioningPlan): { plan: ProvisioningPlan; milliseconds: number } {
  const startMs = performance.now();
  const plan = decide();
  return { plan, milliseconds: Math.round(performance.now() - startMs) };
}

async function inputOf({ paths, live, region }: PlanArgs): Promise<LoadedInput> {
  if (live !== undefined) {
    const { loadLiveInput } = await import('../live/live-input.ts');
    return loadLiveInput(paths, live, region);
  }
  if (paths.length > 0) return loadInput(paths);
  throw new UserError([
    "error: required option '-f, --filename <paths...>' not specified: give documents with -f, a live cluster with --kubeconfig, or both",
  ]);
}

function checkZones({ zones, region }: PlanArgs, known: readonly Zone[]): void {
  const names = known.map(({ name }) => name);
  const unknown = zones.filter((zone) => !names.includes(zone));
  if (unknown.length === 0) return;
  throw new UserError(
    unknown.map(
      (zone) =>
        `--zones: unknown zone "${zone}" in ${region}${didYouMean(zone, names)}; want one or more of ${names.join(', ')}`,
    ),
  );
}
