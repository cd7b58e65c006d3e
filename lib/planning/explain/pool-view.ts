// One NodePool as one pod sees it: which of its offerings suit, and which of those are large enough.
import { admits } from '../../constraints/label-domain.ts';
import { stableKey } from '../../constraints/label-keys.ts';
import { requirementsOf } from '../../constraints/requirements.ts';
import { type VolumePlaces, volumePlaces } from '../../constraints/volumes.ts';
import { LABEL } from '../../model/labels.ts';
import type { NodePool } from '../../model/node-pool.ts';
import type { InstanceType } from '../../model/offering.ts';
import type { Pod } from '../../model/pod.ts';
import type { Requirement } from '../../model/requirement.ts';
import { compareText } from '../../model/stable-json.ts';
import { andInto, countBits, type Mask, positionsOf } from '../../solver/index.ts';
import type { DaemonSetPod } from '../compile/daemonsets.ts';
import { type OfferingRow, rowLabel } from '../compile/offerings.ts';
import type { Compiled } from '../compile.ts';
import type { RelaxationLevel } from '../relaxation.ts';
import { poolsThatBringVolumes } from '../volumes-to-come.ts';
import { type Outcome, offeringName } from './outcome.ts';

export class PoolView {
  readonly compiled: Compiled;
  readonly outcome: Outcome;
  readonly pod: Pod;
  /** The most relaxed one. */
  readonly level: RelaxationLevel;
  readonly pool: NodePool;
  /** Index of the pool in the table. */
  readonly at: number;
  /** Every available offering of the pool. */
  readonly offerings: Mask;
  readonly volumes: VolumePlaces;
  #suiting: readonly number[] | undefined;
  #fitting: readonly number[] | undefined;

  constructor(outcome: Outcome, pod: Pod, level: RelaxationLevel, at: number, pool: NodePool) {
    this.outcome = outcome;
    this.compiled = outcome.compiled;
    this.pod = pod;
    this.level = level;
    this.pool = pool;
    this.at = at;
    this.offerings = outcome.rowsOf(at);
    const { cluster, nodePools } = outcome.compiled.input;
    this.volumes = volumePlaces(pod, cluster, poolsThatBringVolumes(nodePools));
  }

  /** How many of the pool's offerings a list of requirements leaves. */
  left(list: readonly Requirement[]): number {
    return countBits(this.meeting(list));
  }

  meeting(list: readonly Requirement[]): Mask {
    const mine = this.offerings.slice();
    andInto(mine, mine, this.compiled.places.meeting(list).offerings);
    return mine;
  }

  /** Offerings that the pod's own requirements and its volumes leave. */
  suiting(): readonly number[] {
    this.#suiting ??= this.#reached(positionsOf(this.meeting(this.level.requirements)));
    return this.#suiting;
  }

  /** Suiting offerings that are large enough for the pod and their DaemonSets. */
  fitting(): readonly number[] {
    this.#fitting ??= this.suiting().filter((row) => this.holds(row));
    return this.#fitting;
  }

  holds(row: number): boolean {
    const room = this.outcome.roomOf(row);
    const { requests } = this.pod.spec;
    return (
      Object.keys(room).every((name) => (room[name] ?? 0) >= 0) &&
      Object.keys(requests).every((name) => (requests[name] ?? 0) <= (room[name] ?? 0))
    );
  }

  /** The types of the pool's NodeClass, those that the pool's own requirements exclude among them. */
  types(): readonly InstanceType[] {
    return this.compiled.input.instanceTypes[this.pool.name] ?? [];
  }

  row(row: number): OfferingRow | undefined {
    return this.compiled.table.rows[row];
  }

  daemonSets(row: number): readonly DaemonSetPod[] {
    const { overhead, problem } = this.compiled;
    return overhead[problem.offerings.overheadGroup[row] ?? 0] ?? [];
  }

  label(row: number, key: string): string | undefined {
    const { labels, index } = this.compiled.places.labelsOf(stableKey(key)).rows;
    return labels[index[row] ?? 0];
  }

  /** Distinct labels of some offerings, sorted; none for the hostname, which a node has only once it is there. */
  values(key: string, rows: readonly number[] = positionsOf(this.offerings)): string[] {
    if (stableKey(key) === LABEL.hostname) return [];
    const found = new Set(rows.map((row) => this.label(row, key)));
    return [...found].filter((value) => value !== undefined).sort(compareText);
  }

  /** Offerings of the pool that would do but for having no capacity now. */
  outOfCapacity(): number {
    const wanted = requirementsOf(this.level.requirements);
    const { requests } = this.pod.spec;
    const dry = this.outcome
      .dryOfferings(this.at)
      .filter((row) => [...wanted].every(([key, domain]) => admits(domain, rowLabel(row, key))))
      .filter(({ type }) =>
        Object.keys(requests).every((name) => (requests[name] ?? 0) <= (type.allocatable[name] ?? 0)),
      );
    return new Set(dry.map(offeringName)).size;
  }

  /** Those where the pod can use its volumes. */
  #reached(rows: readonly number[]): readonly number[] {
    const { volumes } = this;
    if (volumes.kind === 'refused') return [];
    if (volumes.alternatives.some(({ size }) => size === 0)) return rows;
    return rows.filter((row) =>
      volumes.alternatives.some((place) =>
        [...place].every(([key, domain]) => admits(domain, this.label(row, key))),
      ),
    );
  }
}
