// The plan for people: what is bought, how full it is, what it costs, and who is left without a place.
import { counted } from '../model/counted.ts';
import { podKey } from '../model/pod.ts';
import type { ProvisioningPlan } from '../planning/types.ts';
import { type NamedNode, namedNodes } from './plan-node-names.ts';
import { qualityLine, searchLines } from './plan-quality.ts';
import { textTable } from './text-table.ts';

/** What a line is, so that whoever prints it can choose a colour. */
export type Tone = 'header' | 'plain' | 'summary' | 'problem' | 'note';

export interface ReportLine {
  readonly tone: Tone;
  readonly text: string;
}

const NODE_COLUMNS = [
  'NAME',
  'TYPE',
  'CAPACITY',
  'ZONE',
  'PODS',
  'CPU',
  'MEMORY',
  'PRICE/H',
  'ALTERNATIVES',
] as const;

/** Pods of one reason are listed together; more of them than this are counted. */
const MAX_NAMED_PODS = 5;

export function planLines(plan: ProvisioningPlan, notes: readonly string[]): ReportLine[] {
  return [
    ...table(NODE_COLUMNS, namedNodes(plan.nodes).map(nodeRow)),
    ...table(
      ['EXISTING NODE', 'PODS'],
      plan.existing.map(({ node, pods }) => [node, `${pods.length}`]),
    ),
    { tone: 'summary', text: summary(plan) },
    ...qualityLines(plan),
    ...unschedulableLines(plan),
    ...(notes.length > 0 ? [blank] : []),
    ...notes.map((text): ReportLine => ({ tone: 'note', text: `note: ${text}` })),
  ];
}

const blank: ReportLine = { tone: 'plain', text: '' };

/** Nothing at all without rows; a blank line follows otherwise. */
function table(header: readonly string[], rows: readonly (readonly string[])[]): ReportLine[] {
  if (rows.length === 0) return [];
  const lines = textTable(header, rows).map(
    (text, index): ReportLine => ({ tone: index === 0 ? 'header' : 'plain', text }),
  );
  return [...lines, blank];
}

function nodeRow({ name, node }: NamedNode): string[] {
  const types = new Set(node.offerings.map(({ instanceType }) => instanceType));
  return [
    name,
    node.instanceType,
    node.capacityType,
    node.zone,
    `${node.pods.length}`,
    filled(node.requests['cpu'], node.allocatable['cpu']),
    filled(node.requests['memory'], node.allocatable['memory']),
    dollars(node.priceMicroUsdPerHour),
    `${types.size - 1}`,
  ];
}

/** Requests of pods and DaemonSets as a share of what is allocatable. */
const filled = (requested = 0, allocatable = 0): string =>
  allocatable === 0 ? '-' : `${Math.floor((100 * requested) / allocatable)}%`;

const dollars = (microUsd: number): string => `$${(microUsd / 1e6).toFixed(4)}`;

function summary({ nodes, existing, unschedulable, priceMicroUsdPerHour }: ProvisioningPlan): string {
  const onNew = nodes.reduce((sum, { pods }) => sum + pods.length, 0);
  const onExisting = existing.reduce((sum, { pods }) => sum + pods.length, 0);
  if (onNew + onExisting === 0) {
    return unschedulable.length > 0 ? 'No pod has a place.' : 'No pod needs a place: nothing to add.';
  }
  const parts = [
    ...(onExisting > 0
      ? [`${counted(onExisting, 'pod')} on ${counted(existing.length, 'existing node')}`]
      : []),
    ...(onNew > 0
      ? [
          `${counted(onNew, 'pod')} on ${counted(nodes.length, 'new node')} for ${dollars(priceMicroUsdPerHour)}/h`,
        ]
      : []),
  ];
  return `${parts.join(', ')}.`;
}

function qualityLines(plan: ProvisioningPlan): ReportLine[] {
  const quality = qualityLine(plan);
  if (quality === undefined) return [];
  const search = searchLines(plan).map((text): ReportLine => ({ tone: 'plain', text: `  ${text}` }));
  return [{ tone: 'summary', text: quality }, ...search];
}

function unschedulableLines({ unschedulable }: ProvisioningPlan): ReportLine[] {
  if (unschedulable.length === 0) return [];
  const byReasons = new Map<string, { pods: string[]; reasons: readonly string[] }>();
  for (const { pod, reasons } of unschedulable) {
    const key = reasons.join('\n');
    const group = byReasons.get(key) ?? { pods: [], reasons };
    group.pods.push(podKey(pod));
    byReasons.set(key, group);
  }
  const verb = unschedulable.length === 1 ? 'has' : 'have';
  return [
    blank,
    { tone: 'problem', text: `${counted(unschedulable.length, 'pod')} ${verb} no place:` },
    ...[...byReasons.values()].flatMap(({ pods, reasons }): ReportLine[] => [
      { tone: 'problem', text: `  ${namedPods(pods)}` },
      ...reasons.map((reason): ReportLine => ({ tone: 'plain', text: `    ${reason}` })),
    ]),
  ];
}

function namedPods(pods: readonly string[]): string {
  const named = pods.slice(0, MAX_NAMED_PODS).join(', ');
  const others = pods.length - MAX_NAMED_PODS;
  return others > 0 ? `${named} and ${others} more` : named;
}
