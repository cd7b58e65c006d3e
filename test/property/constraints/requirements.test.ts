import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  admits,
  domainOf,
  finiteValues,
  intersectDomains,
  isEmptyDomain,
} from '../../../lib/constraints/label-domain.ts';
import {
  admitsLabels,
  areContradictory,
  intersectRequirements,
  requirementsOf,
} from '../../../lib/constraints/requirements.ts';
import { OPERATORS, type Requirement } from '../../../lib/model/requirement.ts';

/** Everything a label may be in this small world; undefined is a node without the label. */
const UNIVERSE = [undefined, 'a', 'b', 'c', '0', '1', '2', '3', '5', '07', '1.5', ''] as const;
const KEYS = ['x', 'y', 'z'] as const;

const requirement = (key: fc.Arbitrary<string> = fc.constant('x')): fc.Arbitrary<Requirement> =>
  fc.record({ key, operator: fc.constantFrom(...OPERATORS) }).chain(({ key: name, operator }) => {
    const values = (): fc.Arbitrary<string[]> => {
      if (operator === 'In' || operator === 'NotIn') {
        return fc.uniqueArray(fc.constantFrom('a', 'b', '0', '1', '2', '07'), { minLength: 1, maxLength: 4 });
      }
      if (operator === 'Exists' || operator === 'DoesNotExist') return fc.constant([]);
      return fc.integer({ min: -1, max: 6 }).map((bound) => [String(bound)]);
    };
    return values().map((list) => ({ key: name, operator, values: list }));
  });

/** What Kubernetes' documentation says about one requirement and one label, spelled out. */
function naive({ operator, values }: Requirement, label: string | undefined): boolean {
  const integer = label !== undefined && /^[+-]?\d+$/.test(label) ? Number.parseInt(label, 10) : undefined;
  const bound = Number.parseInt(values[0] ?? '', 10);
  if (operator === 'In') return label !== undefined && values.includes(label);
  if (operator === 'NotIn') return label === undefined || !values.includes(label);
  if (operator === 'Exists') return label !== undefined;
  if (operator === 'DoesNotExist') return label === undefined;
  if (integer === undefined) return false;
  if (operator === 'Gt') return integer > bound;
  if (operator === 'Gte') return integer >= bound;
  return operator === 'Lt' ? integer < bound : integer <= bound;
}

const list = fc.array(requirement(), { minLength: 1, maxLength: 4 });
const lists = fc.array(requirement(fc.constantFrom(...KEYS)), { maxLength: 6 });
const labelSets = fc.record(
  Object.fromEntries(KEYS.map((key) => [key, fc.constantFrom(...UNIVERSE)])) as Record<
    string,
    fc.Arbitrary<string | undefined>
  >,
);
const present = (labels: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(labels).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );

const joined = (requirements: readonly Requirement[]) =>
  requirements.map(domainOf).reduce((a, b) => intersectDomains(a, b));

describe('the requirement algebra agrees with evaluating each requirement by itself', () => {
  it('for every value and operator, alone and intersected in any order', () => {
    void fc.assert(
      fc.property(list, (requirements) => {
        const forwards = joined(requirements);
        const backwards = joined([...requirements].reverse());
        for (const label of UNIVERSE) {
          const expected = requirements.every((one) => naive(one, label));
          expect(admits(forwards, label)).toBe(expected);
          expect(admits(backwards, label)).toBe(expected);
        }
      }),
    );
  });

  it('for label sets over several keys', () => {
    void fc.assert(
      fc.property(lists, lists, labelSets, (some, more, labels) => {
        const expected = [...some, ...more].every((one) => naive(one, labels[one.key]));
        expect(admitsLabels(requirementsOf([...some, ...more]), present(labels))).toBe(expected);
        const intersection = intersectRequirements(requirementsOf(some), requirementsOf(more));
        expect(admitsLabels(intersection, present(labels))).toBe(expected);
      }),
    );
  });

  it('and calls nothing empty that some label is in', () => {
    void fc.assert(
      fc.property(list, (requirements) => {
        const domain = joined(requirements);
        const members = UNIVERSE.filter((label) => admits(domain, label));
        if (members.length > 0) expect(isEmptyDomain(domain)).toBe(false);
        const finite = finiteValues(domain);
        if (finite === undefined) return;
        expect(isEmptyDomain(domain)).toBe(finite.length === 0 && !domain.absent);
        expect(finite.every((value) => admits(domain, value))).toBe(true);
      }),
    );
  });

  it('and never finds requirements contradictory that one node meets', () => {
    void fc.assert(
      fc.property(lists, labelSets, (requirements, labels) => {
        const all = requirementsOf(requirements);
        if (admitsLabels(all, present(labels))) expect(areContradictory(all)).toBe(false);
      }),
    );
  });
});
