// Why one NodePool has no node for a pod, in one sentence.
import { anyPortsConflict } from '../../constraints/host-ports.ts';
import { stableKey } from '../../constraints/label-keys.ts';
import { HARD_EFFECTS, untoleratedTaint } from '../../constraints/taints.ts';
import { assertNever } from '../../model/assert-never.ts';
import { counted } from '../../model/counted.ts';
import { listed } from '../../model/listed.ts';
import { formatQuantity } from '../../model/quantity.ts';
import { compareText } from '../../model/stable-json.ts';
import type { PoolRejection } from '../../solver/index.ts';
import { asked } from './amounts.ts';
import type { PoolView } from './pool-view.ts';
import { requirementsReason } from './requirements.ts';
import { resourcesReason } from './resources.ts';
import { topologyReason } from './topology.ts';

type Reason = PoolRejection['reason'];

/** `reason` is the rule that excluded the last offering. */
export function poolReason(view: PoolView, reason: Reason): string {
  const text = reasonText(view, reason);
  const dry = reason === 'requirements' ? 0 : view.outOfCapacity();
  return dry === 0 ? text : `${text}; ${counted(dry, 'offering')} more would do, but out of capacity for now`;
}

function reasonText(view: PoolView, reason: Reason): string {
  switch (reason) {
    case 'requirements':
      return requirementsReason(view);
    case 'resources':
      return resourcesReason(view);
    case 'volumes':
      return volumesReason(view);
    case 'limits':
      return limitsReason(view);
    case 'topology':
      return topologyReason(view);
    case 'ports':
      return portsReason(view);
    case 'min-values':
      return minValuesReason(view);
    case 'reservation':
      return 'no capacity reservation has an instance left for it';
    default:
      return assertNever(reason);
  }
}

/**
 * The rule that excludes the last offering for a pod whose rejection the solver does not report: that of a required term
 * it gave up earlier. What depends on other pods counts as topology.
 */
export function firstObstacle(view: PoolView): Reason {
  const rows = view.suiting();
  if (rows.length === 0 || isRepelled(view)) return 'requirements';
  if (rows.every((row) => portOwner(view, row) !== undefined)) return 'ports';
  if (view.fitting().length === 0) return 'resources';
  if (attachments(view).some(({ wanted, most }) => wanted > most)) return 'volumes';
  return limitsText(view) === undefined ? 'topology' : 'limits';
}

const isRepelled = ({ pool, pod }: PoolView): boolean =>
  untoleratedTaint(pool.template.taints, pod.spec.tolerations, HARD_EFFECTS) !== undefined;

/** The DaemonSet that has one of the pod's host ports on an offering's node. */
function portOwner(view: PoolView, row: number): string | undefined {
  const owner = view
    .daemonSets(row)
    .find(({ spec }) => anyPortsConflict(view.pod.spec.hostPorts, spec.hostPorts));
  const daemonSet = view.compiled.input.cluster.daemonSets.find(({ uid }) => uid === owner?.uid);
  return daemonSet === undefined ? undefined : `${daemonSet.namespace}/${daemonSet.name}`;
}

function portsReason(view: PoolView): string {
  const rows = view.suiting();
  const owners = new Set(rows.map((row) => portOwner(view, row)).filter((owner) => owner !== undefined));
  const ports = view.pod.spec.hostPorts.map(({ port, protocol }) => `${port}/${protocol}`);
  return `DaemonSet ${listed([...owners].sort(compareText))} takes one of its host ports ${listed(ports)} on all ${counted(rows.length, 'matching offering')}`;
}

interface Attachment {
  readonly driver: string;
  readonly wanted: number;
  /** Of any matching offering. */
  readonly most: number;
}

function attachments(view: PoolView): Attachment[] {
  const { volumes } = view;
  const uses = volumes.kind === 'refused' ? [] : volumes.uses;
  const rows = view.suiting();
  return [...new Set(uses.map(({ driver }) => driver))].map((driver) => {
    const handles = new Set(uses.filter((use) => use.driver === driver).map(({ handle }) => handle));
    const limits = rows.map((row) => view.row(row)?.type.volumeLimits[driver] ?? Number.POSITIVE_INFINITY);
    return { driver, wanted: handles.size, most: limits.reduce((a, b) => Math.max(a, b), 0) };
  });
}

function volumesReason(view: PoolView): string {
  const short = attachments(view).find(({ wanted, most }) => wanted > most);
  if (short === undefined) return 'no instance type attaches all its volumes';
  return `no instance type attaches the ${short.wanted} volumes of ${short.driver} that it uses; the most is ${short.most}`;
}

function limitsReason(view: PoolView): string {
  return (
    limitsText(view) ??
    `what is left of its limits holds none of ${counted(view.fitting().length, 'offering')} that fit`
  );
}

/** The limit that the smallest offering large enough for the pod does not keep. */
function limitsText(view: PoolView): string | undefined {
  const { pool } = view;
  const left = view.outcome.limitsLeft(view.at);
  if ((left['nodes'] ?? 1) < 1) return `limits.nodes ${pool.limits['nodes']} leaves no node`;
  const fitting = view.fitting();
  for (const [name, amount] of Object.entries(left)) {
    const smallest = fitting
      .map((row) => view.row(row)?.type.capacity[name] ?? 0)
      .reduce((least, one) => Math.min(least, one), Number.POSITIVE_INFINITY);
    if (name === 'nodes' || smallest <= amount || fitting.length === 0) continue;
    const limit = formatQuantity(name, pool.limits[name] ?? 0);
    return `limits.${name} ${limit} leaves ${asked(name, Math.max(0, amount))}${openedText(view)}; the smallest type that fits needs ${formatQuantity(name, smallest)}`;
  }
  return undefined;
}

/** As in Karpenter: what a node will be is not settled, so limits count the largest that it may be. */
function openedText({ outcome, at }: PoolView): string {
  const nodes = outcome.openedIn(at);
  if (nodes === 0) return '';
  return ` beside ${counted(nodes, 'new node')}, ${nodes === 1 ? '' : 'each '}counted as the largest type it may become`;
}

function minValuesReason(view: PoolView): string {
  const fitting = view.fitting();
  for (const { key, minValues = 0 } of view.pool.template.requirements) {
    const values = view.values(stableKey(key), fitting);
    if (values.length >= minValues) continue;
    return `the ${counted(fitting.length, 'offering')} that would do have ${counted(values.length, 'value')} of ${key}; its minValues asks for ${minValues}`;
  }
  return `${counted(fitting.length, 'offering')} would do, with fewer values than its minValues asks for`;
}
