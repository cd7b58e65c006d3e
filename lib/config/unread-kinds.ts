/**
 * Objects of kinds that planning does not read. Most are somebody else's and get a note; a misspelt kind is an error, as it
 * is for the API server, since what it describes would be missing from the plan.
 */
import { didYouMean, nearest } from '../model/suggest.ts';
import type { Finding } from './finding.ts';
import type { LocatedObject } from './located.ts';

/** The kinds that are read, as `kindOf` names them. */
export const READ_KINDS: readonly string[] = [
  'karpenter.sh/NodePool',
  'karpenter.k8s.aws/EC2NodeClass',
  'apps/Deployment',
  'apps/StatefulSet',
  'apps/ReplicaSet',
  'apps/DaemonSet',
  'batch/Job',
  'batch/CronJob',
  '/ReplicationController',
  '/Pod',
  '/Node',
  '/Namespace',
  '/PersistentVolume',
  '/PersistentVolumeClaim',
  'storage.k8s.io/StorageClass',
  'storage.k8s.io/CSINode',
  'scheduling.k8s.io/PriorityClass',
];

interface ReadKind {
  readonly group: string;
  readonly kind: string;
}

const KINDS: readonly ReadKind[] = READ_KINDS.map((name) => {
  const slash = name.indexOf('/');
  return { group: name.slice(0, slash), kind: name.slice(slash + 1) };
});

/** An error for each misspelt kind, and one note per other kind, at its first object, with how many there are. */
export function unreadKinds(objects: readonly LocatedObject[]): Finding[] {
  const groups = new Map<string, LocatedObject[]>();
  const errors: Finding[] = [];
  for (const object of objects) {
    const message = misspelt(object);
    if (message !== undefined) {
      errors.push(object.finding(['kind'], message));
      continue;
    }
    const name = `${object.kind} (${object.apiVersion})`;
    groups.set(name, [...(groups.get(name) ?? []), object]);
  }
  return [...errors, ...[...groups].flatMap(([name, group]) => unusedNote(name, group))];
}

function unusedNote(name: string, [first, ...others]: readonly LocatedObject[]): Finding[] {
  if (first === undefined) return [];
  const count = others.length + 1;
  const same = KINDS.find(({ kind }) => kind === first.kind);
  const meant = same === undefined ? '' : `, only ${first.kind} of ${groupText(same)} is`;
  const message = `${count} ${count === 1 ? 'document' : 'documents'} of kind ${name} ${count === 1 ? 'is' : 'are'} not used by planning${meant}`;
  return [first.finding(['kind'], message, 'note')];
}

const groupText = ({ group }: ReadKind): string =>
  group === '' ? 'the core API (v1)' : `API group ${group}`;

/** Karpenter's own kinds of either group: the two are easily taken for one another. */
const isKarpenters = (group: string): boolean => group.includes('karpenter');

function misspelt({ apiVersion, kind }: LocatedObject): string | undefined {
  const slash = apiVersion.indexOf('/');
  const group = slash < 0 ? '' : apiVersion.slice(0, slash);
  const own = KINDS.find((read) => read.kind === kind);
  if (own !== undefined && isKarpenters(own.group) && isKarpenters(group)) {
    return `${kind} is not of API group ${JSON.stringify(group)}: write apiVersion: ${own.group}/v1`;
  }
  const kinds = KINDS.filter((read) => read.group === group).map((read) => read.kind);
  const isMisspelt = nearest(kind, kinds) !== undefined;
  return isMisspelt
    ? `unknown kind ${JSON.stringify(kind)} of ${apiVersion}${didYouMean(kind, kinds)}`
    : undefined;
}
