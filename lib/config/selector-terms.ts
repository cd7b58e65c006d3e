/**
 * Selector terms of an EC2NodeClass. Terms of a list are ORed, the members of a term ANDed.
 * Source: karpenter-provider-aws `pkg/apis/v1/ec2nodeclass.go` and its CEL rules.
 */
import * as z from 'zod';
import type { AmiFamily, SelectorTerm } from '../model/node-class.ts';
import { checked, checkedObject, type Problem, strict, textMap } from './kit.ts';
import { isRecord } from './located.ts';
import { didYouMean } from './suggest.ts';

const ALIAS_FAMILIES: Readonly<Record<string, AmiFamily>> = {
  al2: 'AL2',
  al2023: 'AL2023',
  bottlerocket: 'Bottlerocket',
  windows2019: 'Windows2019',
  windows2022: 'Windows2022',
  windows2025: 'Windows2025',
};

const tags = checkedObject(textMap, (written) =>
  Object.entries(written)
    .filter(([key, value]) => key === '' || value === '')
    .map(([key]) => ({
      path: [key],
      message: 'empty tag keys and values select nothing: use "*" for any value',
    })),
);

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
    const present = Object.keys(term);
    const none = !present.some((name) => rule.selecting.includes(name));
    const crowded = rule.alone.find((name) => name in term && present.length > 1);
    return [
      ...(none ? [{ path: [], message: `an empty term: want one of ${rule.selecting.join(', ')}` }] : []),
      ...(crowded === undefined
        ? []
        : [
            {
              path: [crowded],
              message: `"${crowded}" stands alone in a term: remove the others`,
              at: 'key' as const,
            },
          ]),
    ];
  });
}

export const subnetTerms = z
  .array(
    termOf(
      { tags: tags.exactOptional(), id: idOf('subnet').exactOptional() },
      { selecting: ['tags', 'id'], alone: ['id'] },
    ),
  )
  .min(1)
  .max(30);

export const securityGroupTerms = z
  .array(
    termOf(
      { tags: tags.exactOptional(), id: idOf('sg').exactOptional(), name: text },
      { selecting: ['tags', 'id', 'name'], alone: ['id', 'name'] },
    ),
  )
  .min(1)
  .max(30);

export const capacityReservationTerms = z
  .array(
    termOf(
      {
        tags: tags.exactOptional(),
        id: idOf('cr').exactOptional(),
        ownerID: z
          .string()
          .regex(/^\d{12}$/)
          .exactOptional(),
        instanceMatchCriteria: z.enum(['open', 'targeted']).exactOptional(),
      },
      { selecting: ['tags', 'id', 'instanceMatchCriteria'], alone: ['id'] },
    ),
  )
  .max(30);

const alias = z.string().transform((written, context) => {
  const [family = '', version] = written.split('@');
  const known = ALIAS_FAMILIES[family.toLowerCase()];
  const problem =
    known === undefined
      ? `unknown family in alias ${JSON.stringify(written)}: want one of ${Object.keys(ALIAS_FAMILIES).join(', ')}${didYouMean(family, Object.keys(ALIAS_FAMILIES))}`
      : version === undefined || version === ''
        ? `alias ${JSON.stringify(written)} has no version: write ${family}@latest or a version`
        : known.startsWith('Windows') && version !== 'latest'
          ? `alias ${JSON.stringify(written)}: Windows images have only the version "latest"`
          : undefined;
  if (problem !== undefined) context.issues.push({ code: 'custom', message: problem, input: written });
  return written;
});

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

export const amiTerms = checked(z.array(amiTerm).min(1).max(30), (terms) => {
  const list: readonly unknown[] = Array.isArray(terms) ? terms : [];
  const aliased = list.findIndex((term) => isRecord(term) && 'alias' in term);
  return aliased >= 0 && list.length > 1
    ? [{ path: [aliased, 'alias'], message: 'an alias must be the only term: remove the others' }]
    : [];
});

/** The family that an alias names, or undefined when no term has a valid one. */
export function aliasFamily(terms: unknown): AmiFamily | undefined {
  const list: readonly unknown[] = Array.isArray(terms) ? terms : [];
  const written = list.flatMap((term) =>
    isRecord(term) && typeof term['alias'] === 'string' ? [term['alias']] : [],
  );
  return ALIAS_FAMILIES[written[0]?.split('@')[0]?.toLowerCase() ?? ''];
}

/** A term in the model, where tags are always there. */
export const termModel = ({ tags: written, ...rest }: Partial<SelectorTerm>): SelectorTerm => ({
  ...rest,
  tags: written ?? {},
});
