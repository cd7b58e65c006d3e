// A NodePool none of whose offerings suits the pod: a taint, a label, or where the pod's volumes are.
import { isWellKnown, stableKey } from '../../constraints/label-keys.ts';
import { requirementText } from '../../constraints/requirements.ts';
import { HARD_EFFECTS, taintText, tolerates, untoleratedTaint } from '../../constraints/taints.ts';
import { counted } from '../../model/counted.ts';
import { LABEL } from '../../model/labels.ts';
import { listed } from '../../model/listed.ts';
import type { Requirement } from '../../model/requirement.ts';
import { didYouMean } from '../../model/suggest.ts';
import type { Taint, Toleration } from '../../model/taint.ts';
import { countBits } from '../../solver/index.ts';
import { placesText } from '../contradictions.ts';

import type { PoolView } from './pool-view.ts';

export function requirementsReason(view: PoolView): string {
  const { pod, level, pool } = view;
  const taints = taintsReason(pool.template.taints, pod.spec.tolerations);
  if (taints !== undefined) return taints;
  const dry = view.outOfCapacity();
  const total = countBits(view.offerings);
  if (dry > 0)
    return `${dry === 1 ? 'the' : 'all'} ${counted(dry, 'offering')} that would do ${dry === 1 ? 'is' : 'are'} out of capacity for now`;
  if (total === 0) return 'no available offering meets its own requirements';
  const none = `0 of ${counted(total, 'offering')} match`;
  const alone = level.requirements.find((requirement) => view.left([requirement]) === 0);
  if (alone !== undefined) return `${none} ${requirementText(alone)}${whatThereIs(view, alone)}`;
  if (view.left(level.requirements) === 0) {
    const together = conflicting(view, level.requirements).map(requirementText);
    return `${none} all of ${together.join(', ')}`;
  }
  return volumesReason(view) ?? `0 of ${counted(total, 'offering')} suit the pod`;
}

/** Names every taint in the way, and the toleration that misses one by its value or effect. */
function taintsReason(taints: readonly Taint[], tolerations: readonly Toleration[]): string | undefined {
  const missed = taints.filter((taint) => untoleratedTaint([taint], tolerations, HARD_EFFECTS) !== undefined);
  if (missed.length === 0) return undefined;
  const near = tolerations.find(
    (one) => missed.some(({ key }) => key === one.key) && !missed.some((taint) => tolerates(one, taint)),
  );
  const hint = near === undefined ? '' : ` (it tolerates ${tolerationText(near)})`;
  const names = missed.map(taintText).join(', ');
  return `the pod does not tolerate its ${missed.length === 1 ? 'taint' : 'taints'} ${names}${hint}`;
}

const tolerationText = ({ key = '', operator, value, effect }: Toleration): string =>
  `${key}${operator === 'Equal' && value !== undefined ? `=${value}` : ''}${effect === undefined ? '' : `:${effect}`}`;

/** Which values the NodePool has for the key; where it has none, that it must declare the label. */
function whatThereIs(view: PoolView, { key, operator, values }: Requirement): string {
  if (stableKey(key) === LABEL.hostname) return ': a new node has no name before it starts';
  const present = view.values(key);
  if (present.length > 0) {
    const near = operator === 'In' && values.length === 1 ? nearValue(view, key, values[0] ?? '') : '';
    return `; they have ${listed(present)}${near}`;
  }
  if (isWellKnown(key)) return didYouMean(key, knownKeys(view));
  return ` (the NodePool does not declare this label)${didYouMean(key, knownKeys(view))}`;
}

/** A value that a type outside the pool has is not misspelt. */
const nearValue = (view: PoolView, key: string, value: string): string =>
  view.types().some(({ labels }) => labels[stableKey(key)] === value)
    ? "; the NodePool's own requirements exclude it"
    : didYouMean(value, view.values(key));

function knownKeys(view: PoolView): string[] {
  const { labels, requirements } = view.pool.template;
  const types = view.types()[0]?.labels ?? {};
  return [...new Set([...Object.keys(labels), ...requirements.map(({ key }) => key), ...Object.keys(types)])];
}

/** The requirements without which the others could be met: none of them can be left out. */
function conflicting(view: PoolView, list: readonly Requirement[]): readonly Requirement[] {
  return list.reduce<readonly Requirement[]>((kept, requirement) => {
    const others = kept.filter((one) => one !== requirement);
    return view.left(others) === 0 ? others : kept;
  }, list);
}

function volumesReason(view: PoolView): string | undefined {
  const { volumes } = view;
  if (volumes.kind === 'refused' || view.pod.spec.volumeClaims.length === 0) return undefined;
  const keys = [...new Set(volumes.alternatives.flatMap((place) => [...place.keys()]))];
  const present = keys
    .map((key) => ({ key, values: view.values(key) }))
    .filter(({ values }) => values.length > 0)
    .map(({ key, values }) => `${key} ${listed(values)}`);
  const there = present.length === 0 ? 'new nodes only' : present.join(', ');
  const claims = view.pod.spec.volumeClaims.join(', ');
  const suited = view.level.requirements.length > 0 ? ' that match the pod' : '';
  return `0 of ${counted(view.left(view.level.requirements), 'offering')}${suited} are where its volumes ${claims} can be used: ${placesText(volumes)}; the NodePool has ${there}`;
}
