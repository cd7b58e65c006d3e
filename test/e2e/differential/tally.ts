/** What a run came to. */
import type { Compared, Difference } from './compare.ts';
import { wordsOf } from './scheduler-words.ts';
import type { NotAdmitted } from './stage.ts';

export interface Disagreement extends Difference {
  /** Which of the seed's cases. */
  readonly case: number;
  readonly message: string;
  readonly spec: string;
}

/** Each must be the real kube-scheduler's answer at least once: what never refuses is not tested. */
export const CLASSES = [
  'NodeUnschedulable',
  'TaintToleration',
  'NodeAffinity',
  'NodePorts',
  'NodeResourcesFit pods',
  'NodeResourcesFit cpu',
  'NodeResourcesFit memory',
  'NodeResourcesFit ephemeral-storage',
  'NodeResourcesFit nvidia.com/gpu',
  'NodeVolumeLimits',
  'VolumeRestrictions',
  'VolumeZone',
  'VolumeBinding place',
  'VolumeBinding none to bind',
  'VolumeBinding volume gone',
  'VolumeBinding claim missing',
  'VolumeBinding claim deleted',
  'VolumeBinding unbound',
  'PodTopologySpread',
  'PodTopologySpread label',
  'InterPodAffinity affinity',
  'InterPodAffinity anti-affinity',
  'InterPodAffinity existing anti-affinity',
] as const;

const SHOWN = 20;
/** More than this share of differences that come and go means that pods are asked about too early. */
const MAX_FLEETING_SHARE = 0.01;

export class Tally {
  pods = 0;
  pairs = 0;
  fitting = 0;
  placed = 0;
  leftOut = 0;
  readonly refusals = new Map<string, number>();
  readonly cautions = new Map<string, number>();
  readonly notAdmitted: NotAdmitted[] = [];
  readonly disagreements: Disagreement[] = [];
  /** Differences that were not there when the case was staged once more. */
  readonly fleeting: Disagreement[] = [];

  count(one: {
    readonly nodes: number;
    readonly message: string;
    readonly passed: readonly string[];
    readonly compared: Compared;
  }): void {
    const { refused, outright } = wordsOf(one.message);
    this.pods++;
    this.pairs += one.nodes;
    this.fitting += one.passed.length;
    if (one.compared.planned === 'placed') this.placed++;
    if (one.compared.planned === 'left out') this.leftOut++;
    for (const [name, count] of refused) add(this.refusals, name, count);
    if (outright !== undefined) add(this.refusals, outright, one.nodes);
    for (const caution of one.compared.cautions) add(this.cautions, caution, 1);
  }

  /** Classes of refusal that never came up. */
  get unseen(): readonly string[] {
    return CLASSES.filter((name) => !this.refusals.has(name));
  }

  get unknown(): readonly string[] {
    return [...this.refusals.keys()].filter((name) => name.startsWith('unknown'));
  }

  get agrees(): boolean {
    const steady = this.fleeting.length <= MAX_FLEETING_SHARE * this.pods;
    return steady && this.disagreements.length + this.unseen.length + this.unknown.length === 0;
  }

  lines(): string[] {
    const share = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`;
    return [
      `${this.pods} pods, ${this.pairs} pairs of pod and node, ${share(this.fitting, this.pairs)} fit`,
      `${this.notAdmitted.length} pods were not let in by the API server; ${this.fleeting.length} differences did not repeat`,
      `plans over the same nodes: ${this.placed} pods placed, ${this.leftOut} left out`,
      'refused by kube-scheduler:',
      ...table(this.refusals),
      'left out on purpose though kube-scheduler would take them:',
      ...table(this.cautions),
      ...this.unseen.map((name) => `never refused: ${name}`),
      ...this.unknown.map((name) => `not understood: ${name}`),
      `${this.disagreements.length} disagreements`,
      ...this.disagreements.slice(0, SHOWN).flatMap(shown),
      ...(this.fleeting.length === 0
        ? []
        : ['did not repeat:', ...this.fleeting.slice(0, SHOWN).flatMap(shown)]),
    ];
  }
}

const shown = ({ case: index, pod, node, between, detail, message, spec }: Disagreement): string[] => [
  `case ${index}, pod ${pod}${node === undefined ? '' : ` on ${node}`}, ${between}: ${detail}`,
  ...[message, spec].map((text) => `  ${text}`),
];

const add = (counts: Map<string, number>, name: string, by: number): void => {
  counts.set(name, (counts.get(name) ?? 0) + by);
};

const table = (counts: ReadonlyMap<string, number>): string[] =>
  [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, count]) => `  ${String(count).padStart(6)}  ${name}`);
