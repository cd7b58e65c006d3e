// Kinds of resources as people write them on the command line, and as kubectl prints them.
import type { DocumentKind } from '../../lib/model/published-document.ts';
import { didYouMean } from '../../lib/model/suggest.ts';
import { UserError } from '../user-error.ts';

export type ResourceKind = DocumentKind | 'NodeClaim';

interface Resource {
  /** `nodepool.karpenter.sh`, which names begin with. */
  readonly singular: string;
  readonly words: readonly string[];
}

export const RESOURCES: Readonly<Record<ResourceKind, Resource>> = {
  NodePool: { singular: 'nodepool.karpenter.sh', words: ['nodepools', 'nodepool'] },
  EC2NodeClass: {
    singular: 'ec2nodeclass.karpenter.k8s.aws',
    words: ['nodeclasses', 'nodeclass', 'ec2nodeclasses', 'ec2nodeclass', 'ec2nc', 'ec2ncs'],
  },
  NodeClaim: { singular: 'nodeclaim.karpenter.sh', words: ['nodeclaims', 'nodeclaim'] },
};

/** A group may follow, as in `nodepools.karpenter.sh`. Throws `UserError` for a word that is not among `allowed`. */
export function resourceKind<Kind extends ResourceKind>(word: string, allowed: readonly Kind[]): Kind {
  const plain = word.toLowerCase().replace(/\..*$/, '');
  const found = allowed.find((kind) => RESOURCES[kind].words.includes(plain));
  if (found !== undefined) return found;
  const known = allowed.map((kind) => RESOURCES[kind].words[0] ?? '');
  const words = allowed.flatMap((kind) => RESOURCES[kind].words);
  throw new UserError([
    `unknown resource "${word}"${didYouMean(plain, words)}; want one of ${known.join(', ')}`,
  ]);
}

export interface Named<Kind extends ResourceKind> {
  readonly kind: Kind;
  readonly name: string;
}

/** kubectl's two ways to name some: `nodepool a b`, or `nodepool/a ec2nodeclass/b`. Throws `UserError`. */
export function namedResources<Kind extends ResourceKind>(
  words: readonly string[],
  allowed: readonly Kind[],
): Named<Kind>[] {
  const [first = '', ...names] = words;
  if (!words.some((word) => word.includes('/'))) {
    const kind = resourceKind(first, allowed);
    return names.map((name) => ({ kind, name }));
  }
  return words.map((word) => {
    const [kind = '', name = '', ...rest] = word.split('/');
    if (name !== '' && rest.length === 0) return { kind: resourceKind(kind, allowed), name };
    throw new UserError([
      `${JSON.stringify(word)}: want nothing but TYPE/NAME, such as nodepool/general, or one TYPE and its names`,
    ]);
  });
}

export const titleOf = (kind: ResourceKind, name: string): string => `${RESOURCES[kind].singular}/${name}`;

/** Throws a `UserError` that names those that are there, the nearest first. */
export function unknownName(kind: ResourceKind, name: string, known: readonly string[]): UserError {
  const others = known.length === 0 ? '; there is none' : `; there are ${known.join(', ')}`;
  return new UserError([`${titleOf(kind, name)} not found${didYouMean(name, known) || others}`]);
}
