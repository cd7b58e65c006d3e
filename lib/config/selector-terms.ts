/**
 * Selector terms of an EC2NodeClass. Terms of a list are ORed, the members of a term ANDed.
 * Source: karpenter-provider-aws `pkg/apis/v1/ec2nodeclass.go` and its CEL rules.
 */
import * as z from 'zod';
import type { AmiFamily, SelectorTerm } from '../model/node-class.ts';
import { didYouMean } from '../model/suggest.ts';
import { checked, checkedObject, type Problem, strict, textMap } from './kit.ts';
import { isRecord } from './located.ts';

const MAX_TERMS = 30;
const MAX_TAGS = 20;
const MAX_ALIAS_CHARACTERS = 30;
const ALIAS_FAMILIES: Readonly<Record<string, AmiFamily>> = {
  al2: 'AL2',
  al2023: 'AL2023',
  bottlerocket: 'Bottlerocket',
  windows2019: 'Windows2019',
  windows2022: 'Windows2022',
  windows2025: 'Windows2025',
};

const tags = checkedObject(textMap, (written) => {
  const count = Object.keys(written).length;
  return [
    ...Object.entries(written)
      .filter(([key, value]) => key === '' || value === '')
      .map(([key, value]) => ({
        path: [key],
        message: `invalid tag ${JSON.stringify(key)}: ${JSON.stringify(value)}: want a key and a value, which may be "*" for any`,
      })),
    ...(count <= MAX_TAGS
      ? []
      : [{ path: [], message: `${count} tags are too many: want at most ${MAX_TAGS} in a term` }]),
  ];
});

const idOf = (prefix: string) =>
  z.string().refine((id) => new RegExp(`^${prefix}-[0-9a-z]+$`).test(id), {
    error: ({ input }) => `invalid id ${JSON.stringify(input)}: want ${prefix}-… as EC2 shows it`,
  });

const text = z.string().min(1).exactOptional();

/** A term needs one of `selecting`; a member of `alone` stands alone. */
function termOf<Shape extends z.ZodRawShape>(
  shape: Shape,
  rule: { readonly selecting: readonly string[]; readonly alone: readonly string[] },
) {
  return checkedObject(strict(shape), (term): Problem[] => {
    // Tags of which there are none would select whatever the account holds.
    const none = !rule.selecting.some((name) => name in term && !isEmptyRecord(term[name]));
    if (none) return [{ path: [], message: `an empty term: want one of ${rule.selecting.join(', ')}` }];
    const present = Object.keys(term).filter((name) => name in shape);
    const alone = rule.alone.find((name) => name in term && present.length > 1);
    if (alone === undefined) return [];
    const others = present.filter((name) => name !== alone).map((name) => JSON.stringify(name));
    return [
      { path: [alone], message: `"${alone}" stands alone in a term: remove ${others.join(', ')}`, at: 'key' },
    ];
  });
}

const isEmptyRecord = (value: unknown): boolean => isRecord(value) && Object.keys(value).length === 0;

export const subnetTerms = z
  .array(
    termOf(
      { tags: tags.exactOptional(), id: idOf('subnet').exactOptional() },
      { selecting: ['tags', 'id'], alone: ['id'] },
    ),
  )
  .min(1)
  .max(MAX_TERMS);

export const securityGroupTerms = z
  .array(
    termOf(
      { tags: tags.exactOptional(), id: idOf('sg').exactOptional(), name: text },
      { selecting: ['tags', 'id', 'name'], alone: ['id', 'name'] },
    ),
  )
  .min(1)
  .max(MAX_TERMS);

const accountId = z.string().refine((id) => /^\d{12}$/.test(id), {
  error: ({ input }) => `invalid account id ${JSON.stringify(input)}: want 12 digits`,
});

export const capacityReservationTerms = z
  .array(
    termOf(
      {
        tags: tags.exactOptional(),
        id: idOf('cr').exactOptional(),
        ownerID: accountId.exactOptional(),
        instanceMatchCriteria: z.enum(['open', 'targeted']).exactOptional(),
      },
      { selecting: ['tags', 'id', 'instanceMatchCriteria'], alone: ['id'] },
    ),
  )
  .max(MAX_TERMS);

const alias = z.string().transform((written, context) => {
  const message = aliasProblem(written);
  if (message !== undefined) context.issues.push({ code: 'custom', message, input: written });
  return written;
});

function aliasProblem(written: string): string | undefined {
  const [family = '', version = ''] = written.split('@');
  const known = ALIAS_FAMILIES[family];
  const shown = JSON.stringify(written);
  if (known === undefined) {
    const families = Object.keys(ALIAS_FAMILIES);
    return `unknown family in alias ${shown}: want one of ${families.join(', ')}${didYouMean(family, families)}`;
  }
  if (version === '') return `alias ${shown} has no version: write ${family}@latest or a version`;
  if (known.startsWith('Windows') && version !== 'latest') {
    return `alias ${shown}: Windows images have only the version "latest": write ${family}@latest`;
  }
  return written.length > MAX_ALIAS_CHARACTERS
    ? `alias ${shown} is too long: want at most ${MAX_ALIAS_CHARACTERS} characters`
    : undefined;
}

const amiTerm = termOf(
  {
    tags: tags.exactOptional(),
    id: idOf('ami').exactOptional(),
    name: text,
    owner: text,
    alias: alias.exactOptional(),
    ssmParameter: text,
  },
  { selecting: ['tags', 'id', 'name', 'alias', 'ssmParameter'], alone: ['alias', 'id'] },
);

const amiTermList = z
  .array(amiTerm, {
    error: ({ input }) =>
      input === undefined
        ? 'missing field: v1 chooses no image by itself, so name one, for example [{alias: al2023@latest}]'
        : undefined,
  })
  .min(1)
  .max(MAX_TERMS);

export const amiTerms = checked(amiTermList, (terms) => {
  const list: readonly unknown[] = Array.isArray(terms) ? terms : [];
  const aliased = list.findIndex((term) => isRecord(term) && 'alias' in term);
  return aliased >= 0 && list.length > 1
    ? [{ path: [aliased, 'alias'], message: 'an alias must be the only term: remove the other terms' }]
    : [];
});

/** The family that an alias names, or undefined when no term has a valid one. */
export function aliasFamily(terms: unknown): AmiFamily | undefined {
  const list: readonly unknown[] = Array.isArray(terms) ? terms : [];
  const written = list.flatMap((term) =>
    isRecord(term) && typeof term['alias'] === 'string' ? [term['alias']] : [],
  );
  return ALIAS_FAMILIES[written[0]?.split('@')[0] ?? ''];
}

/** A term in the model, where tags are always there. */
export const termModel = ({ tags: written, ...rest }: Partial<SelectorTerm>): SelectorTerm => ({
  ...rest,
  tags: written ?? {},
});
