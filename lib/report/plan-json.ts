// The plan as the document that `plan --json` prints.
import { podKey } from '../model/pod.ts';
import { formatQuantity } from '../model/quantity.ts';
import type { ResourceList } from '../model/resources.ts';
import { compareText } from '../model/stable-json.ts';
import type { ProvisioningPlan } from '../planning/types.ts';
import { type NamedNode, namedNodes } from './plan-node-names.ts';

export interface PlanDocument {
  readonly kind: 'Plan';
  readonly apiVersion: 'dovetail.sh/v1alpha1';
  readonly nodes: readonly PlanDocumentNode[];
  readonly existing: readonly { readonly node: string; readonly pods: readonly string[] }[];
  readonly unschedulable: readonly { readonly pod: string; readonly reasons: readonly string[] }[];
  readonly cost: PlanDocumentCost;
  readonly solver: PlanDocumentSolver;
}

/** US dollars. */
export interface PlanDocumentCost {
  readonly perHour: number;
  /** No plan that places the same pods is cheaper. Absent for the greedy, which proves nothing. */
  readonly lowerBoundPerHour?: number;
  /** What Karpenter's algorithm would have bought, and pods placed here that it would have left without a place. */
  readonly baselinePerHour: number;
  readonly baselineUnplacedMore: number;
}

/** How the plan was found. Amounts are US dollars. */
export interface PlanDocumentSolver {
  readonly name: string;
  readonly winner: string;
  readonly seed: number;
  readonly iterations: number;
  /** The only figure that differs from run to run. */
  readonly milliseconds: number;
  /** What the objective adds to the price, by term. */
  readonly terms: readonly { readonly name: string; readonly perHour: number }[];
  readonly decidedFirst: readonly {
    readonly what: string;
    readonly pods: number;
    readonly atMostPerHour: number;
  }[];
  /** Why the search ended before it was through; absent where it was not cut short. */
  readonly cut?: string;
}

/** What the plan itself does not know. */
export interface PlanRun {
  readonly seed: number;
  readonly milliseconds: number;
}

export interface PlanDocumentNode {
  readonly name: string;
  readonly nodePool: string;
  readonly nodeClass: string;
  readonly instanceType: string;
  readonly zone: string;
  readonly capacityType: string;
  /** US dollars. */
  readonly pricePerHour: number;
  /** Types the node may be launched as, best first. */
  readonly instanceTypes: readonly string[];
  /** `namespace/name`. */
  readonly pods: readonly string[];
  /** Pods and DaemonSets, as Kubernetes quantities. */
  readonly requests: Readonly<Record<string, string>>;
  readonly allocatable: Readonly<Record<string, string>>;
}

export function planDocument(plan: ProvisioningPlan, run: PlanRun): PlanDocument {
  return {
    kind: 'Plan',
    apiVersion: 'dovetail.sh/v1alpha1',
    nodes: namedNodes(plan.nodes).map(documentNode),
    existing: plan.existing.map(({ node, pods }) => ({ node, pods: pods.map(podKey) })),
    unschedulable: plan.unschedulable.map(({ pod, reasons }) => ({ pod: podKey(pod), reasons })),
    cost: costOf(plan),
    solver: solverOf(plan.solver, run),
  };
}

const usd = (microUsd: number): number => microUsd / 1e6;

function costOf({ priceMicroUsdPerHour, solver, placedMore }: ProvisioningPlan): PlanDocumentCost {
  const { lowerBoundPerHour, baselinePerHour } = solver;
  return {
    perHour: usd(priceMicroUsdPerHour),
    ...(lowerBoundPerHour === undefined ? {} : { lowerBoundPerHour: usd(lowerBoundPerHour) }),
    baselinePerHour: usd(baselinePerHour),
    baselineUnplacedMore: Math.max(0, placedMore),
  };
}

function solverOf(report: ProvisioningPlan['solver'], { seed, milliseconds }: PlanRun): PlanDocumentSolver {
  const { solver: name, winner, iterations, terms, decidedFirst, cut } = report;
  return {
    ...{ name, winner, seed, iterations, milliseconds },
    terms: terms.map((term) => ({ name: term.name, perHour: usd(term.perHour) })),
    decidedFirst: decidedFirst.map((entry) => ({ ...entry, atMostPerHour: usd(entry.atMostPerHour) })),
    ...(cut === undefined ? {} : { cut }),
  };
}

function documentNode({ name, node }: NamedNode): PlanDocumentNode {
  const asked = Object.keys(node.requests).filter((key) => key !== 'pods' && (node.requests[key] ?? 0) > 0);
  return {
    name,
    nodePool: node.nodePool.name,
    nodeClass: node.nodePool.template.nodeClass,
    instanceType: node.instanceType,
    zone: node.zone,
    capacityType: node.capacityType,
    pricePerHour: node.priceMicroUsdPerHour / 1e6,
    instanceTypes: [...new Set(node.offerings.map(({ instanceType }) => instanceType))],
    pods: node.pods.map(podKey),
    requests: quantities(node.requests, asked),
    allocatable: quantities(node.allocatable, ['pods', ...asked]),
  };
}

/** cpu and memory always, then whatever else is asked for. */
function quantities(amounts: ResourceList, others: readonly string[]): Record<string, string> {
  const rest = [...new Set(others)].filter((name) => name !== 'cpu' && name !== 'memory').sort(compareText);
  return Object.fromEntries(
    ['cpu', 'memory', ...rest].map((name) => [name, formatQuantity(name, amounts[name] ?? 0)]),
  );
}
