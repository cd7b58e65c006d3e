/** Where an object in the cluster says something else than ours. What ours does not say is the API server's to fill in. */
import { stableJson } from '../model/stable-json.ts';

/** One line per difference: where, what is there, what belongs there. Rules of RBAC are compared right by right. */
export function differences(wanted: unknown, found: unknown, path = ''): readonly string[] {
  if (path === 'rules' && Array.isArray(wanted)) return missingRights(wanted, found);
  if (Array.isArray(wanted)) {
    if (!Array.isArray(found) || found.length !== wanted.length) return [difference(path, wanted, found)];
    return wanted.flatMap((item, index) => differences(item, found[index], `${path}[${index}]`));
  }
  if (isObject(wanted)) {
    const others = isObject(found) ? found : {};
    return Object.entries(wanted).flatMap(([key, value]) =>
      differences(value, others[key], path === '' ? key : `${path}.${key}`),
    );
  }
  return wanted === found ? [] : [difference(path, wanted, found)];
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const difference = (path: string, wanted: unknown, found: unknown): string =>
  `${path} is ${found === undefined ? 'absent' : stableJson(found)}, want ${stableJson(wanted)}`;

interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly verbs?: readonly string[];
}

function missingRights(wanted: readonly unknown[], found: unknown): readonly string[] {
  const rules = (Array.isArray(found) ? found : []) as readonly Rule[];
  return (wanted as readonly Rule[])
    .flatMap(({ apiGroups = [], resources = [], verbs = [] }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) => verbs.map((verb) => ({ group, resource, verb }))),
      ),
    )
    .filter((right) => !rules.some((rule) => gives(rule, right)))
    .map(({ group, resource, verb }) => `lacks ${verb} ${group === '' ? resource : `${resource}.${group}`}`);
}

function gives(
  { apiGroups = [], resources = [], verbs = [] }: Rule,
  right: { readonly group: string; readonly resource: string; readonly verb: string },
): boolean {
  const has = (list: readonly string[], value: string): boolean => list.includes(value) || list.includes('*');
  return has(apiGroups, right.group) && has(resources, right.resource) && has(verbs, right.verb);
}
