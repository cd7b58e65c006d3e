// Why a pod found no place, in one sentence per NodePool with what was asked, what there is, and how many were looked at.

import { isWellKnown, stableKey } from '../constraints/label-keys.ts';
import { requirementText } from '../constraints/requirements.ts';
import { HARD_EFFECTS, taintText, untoleratedTaint } from '../constraints/taints.ts';
import { volumePlaces } from '../constraints/volumes.ts';
import { assertNever } from '../model/assert-never.ts';
import { counted } from '../model/counted.ts';
import type { NodePool } from '../model/node-pool.ts';
import type { Pod } from '../model/pod.ts';
import { formatQuantity } from '../model/quantity.ts';
import type { Requirement } from '../model/requirement.ts';
import { maxResources, type ResourceList, subtractResources, sumResources } from '../model/resources.ts';
import {
  andInto,
  countBits,
  type Mask,
  maskOf,
  type PoolRejection,
  positionsOf,
  type Solution,
  type Unplaced,
} from '../solver/index.ts';
import { type Compiled, limitsLeft } from './compile.ts';
import { podAt } from './decode.ts';
import { type RelaxationLevel, relaxationLevels } from './relaxation.ts';

/** One sentence per NodePool, in order of choice; those that are not ready last. Never empty. */
function reasonsOf(compiled: Compiled, solution: Solution, unplaced: Unplaced): string[] {
  const pod = podAt(compiled, unplaced.order);
  const level = relaxationLevels(pod.spec, compiled.policy).at(-1);
  if (level === undefined) return [];
  const reasons = unplaced.pools.flatMap((rejection) => {
    const pool = compiled.table.pools[rejection.pool];
    if (pool === undefined) return [];
    const explanation = new PoolExplanation(compiled, solution, { pod, level, pool, rejection });
    return [`NodePool ${pool.name}: ${explanation.text()}`];
  });
  reasons.push(...compiled.table.notReady.map(notReadyText));
  return reasons.length > 0 ? reasons : ['there is no NodePool that could add a node'];
}

/**
 * `reasonsOf` for pod after pod of one solution. Replicas without a place can be many, and their sentences cost more than
 * finding out that they have none: pods of one item that were turned away alike, with the same volumes, share them.
 */
export function explainer(compiled: Compiled, solution: Solution): (unplaced: Unplaced) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  return (unplaced) => {
    const { namespace, spec } = podAt(compiled, unplaced.order);
    const key = JSON.stringify([unplaced.item, unplaced.pools, namespace, spec.volumeClaims]);
    const reasons = known.get(key) ?? reasonsOf(compiled, solution, unplaced);
    known.set(key, reasons);
    return reasons;
  };
}

/** A pool without instance types. */
export const notReadyText = (pool: NodePool): string =>
  `NodePool ${pool.name}: not ready: its NodeClass "${pool.template.nodeClass}" is missing or not resolved`;

interface Subject {
  readonly pod: Pod;
  /** The most relaxed one. */
  readonly level: RelaxationLevel;
  readonly pool: NodePool;
  readonly rejection: PoolRejection;
}

class PoolExplanation {
  readonly #compiled: Compiled;
  readonly #solution: Solution;
  readonly #subject: Subject;
  readonly #offerings: Mask;

  constructor(compiled: Compiled, solution: Solution, subject: Subject) {
    this.#compiled = compiled;
    this.#solution = solution;
    this.#subject = subject;
    const { rows } = compiled.table;
    const mine = [...rows.keys()].filter((row) => rows[row]?.pool === subject.rejection.pool);
    this.#offerings = maskOf(rows.length, mine);
  }

  text(): string {
    const { rejection } = this.#subject;
    switch (rejection.reason) {
      case 'requirements':
        return this.#requirements();
      case 'resources':
        return this.#resources();
      case 'limits':
        return this.#limits();
      case 'topology':
        return this.#topology();
      case 'ports':
        return `DaemonSets of all ${counted(rejection.candidates, 'matching offering')} take its host ports`;
      case 'min-values':
        return this.#minValues();
      case 'reservation':
        return 'no capacity reservation has an instance left for it';
      default:
        return assertNever(rejection.reason);
    }
  }

  #requirements(): string {
    const { pod, level, pool } = this.#subject;
    const total = countBits(this.#offerings);
    if (total === 0) return 'no available offering meets its own requirements';
    const taint = untoleratedTaint(pool.template.taints, pod.spec.tolerations, HARD_EFFECTS);
    if (taint !== undefined) return `the pod does not tolerate its taint ${taintText(taint)}`;
    const none = `0 of ${counted(total, 'offering')}`;
    const alone = level.requirements.find((requirement) => this.#left([requirement]) === 0);
    if (alone !== undefined) return `${none} match ${requirementText(alone)}${this.#undeclared(alone)}`;
    if (this.#left(level.requirements) === 0) {
      return `${none} match all of ${level.requirements.map(requirementText).join(', ')}`;
    }
    const volumes = volumePlaces(pod, this.#compiled.input.cluster);
    if (volumes.kind === 'places' && volumes.uses.length > 0) {
      return `${none} are where its volumes ${pod.spec.volumeClaims.join(', ')} can be used`;
    }
    return `${none} suit the pod`;
  }

  /** Offerings of the pool that a list of requirements leaves. */
  #left(list: readonly Requirement[]): number {
    const left = this.#offerings.slice();
    andInto(left, left, this.#compiled.places.meeting(list).offerings);
    return countBits(left);
  }

  #undeclared({ key }: Requirement): string {
    if (isWellKnown(key)) return '';
    const { labels, index } = this.#compiled.places.labelsOf(stableKey(key)).rows;
    const declared = positionsOf(this.#offerings).some((row) => labels[index[row] ?? 0] !== undefined);
    return declared ? '' : ' (the NodePool does not declare this label)';
  }

  #resources(): string {
    const { pod, rejection } = this.#subject;
    const { resource, candidates } = rejection;
    const typo =
      (pod.spec.requests['cpu'] ?? 0) >= TYPO_MILLICORES ? '; is M (mega) meant to be m (milli)?' : '';
    if (resource === undefined) {
      const asked = Object.entries(pod.spec.requests).map(([name, amount]) => amountText(name, amount));
      return `none of ${counted(candidates, 'matching offering')} has room for ${asked.join(', ')} together${typo}`;
    }
    const name = this.#compiled.resources[resource.column] ?? '';
    const overhead = resource.requested > (pod.spec.requests[name] ?? 0) ? ' with its DaemonSets' : '';
    const asked = amountText(name, resource.requested);
    return `no instance type has ${asked}${overhead}; the most is ${formatQuantity(name, resource.largest)}${typo}`;
  }

  #limits(): string {
    const { pool, rejection } = this.#subject;
    const left = this.#limitsLeftAtTheEnd();
    if ((left['nodes'] ?? 1) < 1) return `limits.nodes ${pool.limits['nodes']} leaves no node`;
    for (const [name, amount] of Object.entries(left)) {
      const smallest = this.#smallestCapacity(name);
      if (smallest <= amount) continue;
      const limit = formatQuantity(name, pool.limits[name] ?? 0);
      const rest = amountText(name, Math.max(0, amount));
      return `limits.${name} ${limit} leaves ${rest}; the smallest type that fits needs ${formatQuantity(name, smallest)}`;
    }
    return `what is left of its limits holds none of ${counted(rejection.candidates, 'offering')} that fit`;
  }

  /** Limits less what is in use and what this plan opened, each node at its largest alternative as limits count it. */
  #limitsLeftAtTheEnd(): ResourceList {
    const { pool, rejection } = this.#subject;
    const { table, input } = this.#compiled;
    const opened = this.#solution.nodes
      .filter((node) => node.pool === rejection.pool)
      .map(({ offerings }) => ({
        ...positionsOf(offerings)
          .map((row) => table.rows[row]?.type.capacity ?? {})
          .reduce(maxResources, {}),
        nodes: 1,
      }));
    const left = limitsLeft(pool, input.usage[pool.name] ?? {});
    const rest = subtractResources(left, sumResources(opened));
    return Object.fromEntries(Object.keys(left).map((name) => [name, rest[name] ?? 0]));
  }

  /** The least that any offering which suits the pod, and is large enough for it, counts against a limit. */
  #smallestCapacity(name: string): number {
    const { rows } = this.#compiled.table;
    return this.#fitting()
      .map((row) => rows[row]?.type.capacity[name] ?? 0)
      .reduce((least, amount) => Math.min(least, amount), Number.POSITIVE_INFINITY);
  }

  #minValues(): string {
    const { pool, rejection } = this.#subject;
    const fitting = this.#fitting();
    for (const { key, minValues = 0 } of pool.template.requirements) {
      const { labels, index } = this.#compiled.places.labelsOf(stableKey(key)).rows;
      const values = new Set(fitting.map((row) => labels[index[row] ?? 0]));
      if (values.size >= minValues) continue;
      const left = counted(values.size, 'value');
      return `the ${counted(fitting.length, 'offering')} that would do have ${left} of ${key}; its minValues asks for ${minValues}`;
    }
    return `${counted(rejection.candidates, 'offering')} would do, with fewer values than its minValues asks for`;
  }

  /** Offerings that suit the pod and are large enough for it and their DaemonSets. */
  #fitting(): number[] {
    const { pod, level } = this.#subject;
    const { table, overhead, problem, places } = this.#compiled;
    const suiting = this.#offerings.slice();
    andInto(suiting, suiting, places.meeting(level.requirements).offerings);
    return positionsOf(suiting).filter((row) => {
      const allocatable = table.rows[row]?.type.allocatable ?? {};
      const daemonSets = overhead[problem.offerings.overheadGroup[row] ?? 0] ?? [];
      const needed = sumResources([pod.spec.requests, ...daemonSets.map(({ spec }) => spec.requests)]);
      return Object.entries(needed).every(([resource, amount]) => amount <= (allocatable[resource] ?? 0));
    });
  }

  #topology(): string {
    const { level, rejection } = this.#subject;
    const rules = [
      ...level.spread.map(({ topologyKey }) => `topology spread on ${topologyKey}`),
      ...level.together.map(({ topologyKey }) => `pod affinity on ${topologyKey}`),
      ...level.apart.map(({ topologyKey }) => `pod anti-affinity on ${topologyKey}`),
    ];
    const what = rules.length > 0 ? [...new Set(rules)].join(', ') : 'the anti-affinity of other pods';
    return `${what} leaves none of ${counted(rejection.candidates, 'offering')} that are large enough`;
  }
}

/** A million cores: `1M` where `1m` was meant. Source: karpenter `scheduling/nodeclaim.go`. */
const TYPO_MILLICORES = 1_000_000_000;

const amountText = (name: string, amount: number): string => `${formatQuantity(name, amount)} ${name}`;
