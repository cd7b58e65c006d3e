/**
 * What a NodePool document may say and nothing acts on, one note each, so that nobody takes it for effective. A value that
 * asks for nothing (`expireAfter: Never`) gives none.
 */
import type { Finding } from './finding.ts';
import { isRecord, type LocatedObject, type Path } from './located.ts';
import { CAPACITY_TYPES, VALUELESS } from './requirement-schema.ts';

const TEMPLATE_SPEC = ['spec', 'template', 'spec'];
const DISRUPTION = ['spec', 'disruption'];

/** The document must be valid. */
export function nodePoolNotes(object: LocatedObject): Finding[] {
  const note = (path: Path, message: string, at: 'key' | 'value' = 'key'): Finding =>
    object.finding(path, message, 'note', at);
  const written = (path: Path): unknown => valueAt(object.value, path);
  const expireAfter = written([...TEMPLATE_SPEC, 'expireAfter']);
  const policy = written([...DISRUPTION, 'consolidationPolicy']);
  return [
    ...(expireAfter === undefined || expireAfter === 'Never'
      ? []
      : [
          note(
            [...TEMPLATE_SPEC, 'expireAfter'],
            '"expireAfter" is kept but not acted on yet: no node is replaced for its age',
          ),
        ]),
    ...(written([...TEMPLATE_SPEC, 'terminationGracePeriod']) === undefined
      ? []
      : [
          note(
            [...TEMPLATE_SPEC, 'terminationGracePeriod'],
            '"terminationGracePeriod" is kept but not acted on yet: drains wait for their pods',
          ),
        ]),
    ...(policy === undefined || policy === 'WhenEmpty'
      ? []
      : [
          note(
            [...DISRUPTION, 'consolidationPolicy'],
            `"consolidationPolicy" ${policy} is acted on in part only: empty nodes leave, under-used ones stay`,
          ),
        ]),
    ...(written(['spec', 'replicas']) === undefined
      ? []
      : [note(['spec', 'replicas'], '"replicas" is kept but not acted on yet: no node is launched for it')]),
    ...reasonNotes(written([...DISRUPTION, 'budgets']), note),
    ...capacityTypeNotes(written([...TEMPLATE_SPEC, 'requirements']), note),
    ...valuelessNotes(written([...TEMPLATE_SPEC, 'requirements']), note),
  ];
}

type Note = (path: Path, message: string, at?: 'key' | 'value') => Finding;

function reasonNotes(budgets: unknown, note: Note): Finding[] {
  return listOf(budgets).flatMap((budget, at) =>
    listOf(isRecord(budget) ? budget['reasons'] : undefined).flatMap((reason, index) =>
      reason === 'Empty'
        ? []
        : [
            note(
              [...DISRUPTION, 'budgets', at, 'reasons', index],
              `budgets for ${reason} are kept but not acted on yet: no node leaves for it`,
              'value',
            ),
          ],
    ),
  );
}

function capacityTypeNotes(requirements: unknown, note: Note): Finding[] {
  return listOf(requirements).flatMap((requirement, at) =>
    isRecord(requirement) && requirement['key'] === 'karpenter.sh/capacity-type'
      ? listOf(requirement['values']).flatMap((value, index) =>
          CAPACITY_TYPES.includes(String(value))
            ? []
            : [
                note(
                  [...TEMPLATE_SPEC, 'requirements', at, 'values', index],
                  `"${value}" is no capacity type and selects nothing: want ${CAPACITY_TYPES.join(', ')}`,
                  'value',
                ),
              ],
        )
      : [],
  );
}

function valuelessNotes(requirements: unknown, note: Note): Finding[] {
  return listOf(requirements).flatMap((requirement, at) => {
    const { operator, values } = isRecord(requirement) ? requirement : {};
    if (!VALUELESS.includes(String(operator)) || listOf(values).length === 0) return [];
    const message = `operator ${operator} takes no values, these have no effect: remove them, or write In`;
    return [note([...TEMPLATE_SPEC, 'requirements', at, 'values'], message, 'value')];
  });
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((at, step) => (isRecord(at) ? at[String(step)] : undefined), value);
