// `dovetail plan`: a dry run. Reads documents and a live cluster, buys nothing, prints what would be bought.
import { EmbeddedCatalog, type EmbeddedRegion } from '../../lib/adapters/memory/embedded-catalog.ts';
import type { Zone } from '../../lib/catalog/catalogue.ts';
import { formatFinding } from '../../lib/config/finding.ts';
import type { CapacityType } from '../../lib/model/offering.ts';
import type { PlanningPolicies } from '../../lib/model/planning-policies.ts';
import type { ServedPods } from '../../lib/model/served-pods.ts';
import { didYouMean } from '../../lib/model/suggest.ts';
import { planProvisioning } from '../../lib/planning/plan-provisioning.ts';
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
  readonly json: boolean;
}

/** Throws `UserError` for input that cannot be planned; gives 1 when a pod has no place. */
export async function planCommand(args: PlanArgs): Promise<number> {
  const catalog = new EmbeddedCatalog(args.region);
  checkZones(args, catalog.market.zones);
  const { files, documents, notes } = await inputOf(args);
  throwErrors(await checkPools(documents, files, [catalog]));
  const prepared = await preparePlan(documents, args, catalog);
  const plan = planProvisioning(prepared.input);
  const planNotes = [...prepared.notes, ...suspiciousRequests(prepared.input), ...plan.notes];
  if (args.json) {
    await writeErrLines([...notes, ...planNotes.map((note) => `note: ${note}`)]);
    await writeOut(`${JSON.stringify(planDocument(plan), undefined, 2)}\n`);
  } else {
    await writeErrLines(notes);
    await writeOut(paint(planLines(plan, planNotes)));
  }
  await writeErrLines(unplacedFindings(plan, files).map(formatFinding));
  return plan.unschedulable.length > 0 ? EXIT.unmet : EXIT.good;
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
