// What the documents of NodePools ask for, one relaxation each.
import type { NodePool, NodeTemplate } from '../../model/node-pool.ts';
import { formatQuantity } from '../../model/quantity.ts';
import { compareText } from '../../model/stable-json.ts';
import { inOrderOfChoice } from '../compile/pools.ts';
import type { ProvisioningInput } from '../types.ts';
import { type ConstraintKind, type Relaxation, shortKey } from './relaxation.ts';
import { requirementRelaxations } from './requirements.ts';
import type { Worth } from './worth.ts';

/** A NodePool's highest weight is 100, so that this one is tried before all others. */
const BEFORE_ALL = 101;

export function poolRelaxations(input: ProvisioningInput, worth: Worth): Relaxation[] {
  const pools = inOrderOfChoice(
    input.nodePools.filter(
      ({ name, replicas }) => replicas === undefined && input.instanceTypes[name] !== undefined,
    ),
  );
  return pools.flatMap((pool, place) => [
    ...requirementRelaxations(input, pool, worth).map(({ kind, detail, requirements }) =>
      ofPool(input, pool, kind, detail, (one) => withTemplate(one, { requirements })),
    ),
    ...(input.minValuesPolicy === 'Strict' ? minValues(input, pool) : []),
    ...limits(input, pool),
    ...taints(input, pool),
    ...(place === 0 ? [] : [ofPool(input, pool, 'weight', '', (one) => ({ ...one, weight: BEFORE_ALL }))]),
  ]);
}

function ofPool(
  { pods }: ProvisioningInput,
  { name }: NodePool,
  kind: ConstraintKind,
  detail: string,
  change: (pool: NodePool) => NodePool,
): Relaxation {
  return {
    constraint: { kind, object: `NodePool ${name}`, detail },
    pods,
    relaxed: (input) => ({
      ...input,
      nodePools: input.nodePools.map((pool) => (pool.name === name ? change(pool) : pool)),
    }),
  };
}

const withTemplate = (pool: NodePool, template: Partial<NodeTemplate>): NodePool => ({
  ...pool,
  template: { ...pool.template, ...template },
});

const minValues = (input: ProvisioningInput, pool: NodePool): Relaxation[] =>
  pool.template.requirements.flatMap((requirement, at) => {
    if (requirement.minValues === undefined) return [];
    const { minValues: least, ...without } = requirement;
    return [
      ofPool(input, pool, 'minValues', `minValues ${least} of ${shortKey(requirement.key)}`, (one) =>
        withTemplate(one, { requirements: one.template.requirements.with(at, without) }),
      ),
    ];
  });

const limits = (input: ProvisioningInput, pool: NodePool): Relaxation[] =>
  Object.keys(pool.limits)
    .sort(compareText)
    .map((name) =>
      ofPool(
        input,
        pool,
        'limit',
        `the limit ${name} ${formatQuantity(name, pool.limits[name] ?? 0)}`,
        (one) => {
          const { [name]: _, ...others } = one.limits;
          return { ...one, limits: others };
        },
      ),
    );

const taints = (input: ProvisioningInput, pool: NodePool): Relaxation[] =>
  pool.template.taints
    .filter(({ effect }) => effect !== 'PreferNoSchedule')
    .map((taint) => {
      const value = taint.value === undefined ? '' : `=${taint.value}`;
      return ofPool(input, pool, 'taint', `the taint ${taint.key}${value}:${taint.effect}`, (one) =>
        withTemplate(one, { taints: one.template.taints.filter((other) => other !== taint) }),
      );
    });
