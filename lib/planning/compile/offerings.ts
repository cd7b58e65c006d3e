// The rows that the solver chooses from: each pool × its types × their offerings × the pool's label variants.
import { admits } from '../../constraints/label-domain.ts';
import { isWellKnown } from '../../constraints/label-keys.ts';
import type { Requirements } from '../../constraints/requirements.ts';
import { LABEL } from '../../model/labels.ts';
import type { NodePool } from '../../model/node-pool.ts';
import { type InstanceType, type Offering, offeringKey } from '../../model/offering.ts';
import { compareText } from '../../model/stable-json.ts';
import type { ProvisioningInput } from '../types.ts';
import {
  declaredBy,
  inOrderOfChoice,
  MAX_VARIANTS,
  type NamedValues,
  variantsOf,
  wantsBurstable,
} from './pools.ts';

/** One pool's view of one type × zone × capacity type × label variant. */
export interface OfferingRow {
  /** Index into `OfferingTable.pools`. */
  readonly pool: number;
  readonly type: InstanceType;
  readonly offering: Offering;
  /** Rows of different variants cannot be one node's alternatives. */
  readonly variant: number;
  /** Custom labels of the variant, and those naming the pool. */
  readonly poolLabels: Readonly<Record<string, string>>;
}

export interface OfferingTable {
  /** Pools that may grow, in order of choice. */
  readonly pools: readonly NodePool[];
  /** Pools whose NodeClass gave no types. */
  readonly notReady: readonly NodePool[];
  readonly rows: readonly OfferingRow[];
  readonly notes: readonly string[];
}

/** A name no pod can ask for, so that `hostname In […]` never matches a node that does not exist yet. */
const NEW_HOST = '\u0000new';

/** A node's label before it exists; undefined where it will not have one. `key` is a stable key. */
export function rowLabel(row: OfferingRow, key: string): string | undefined {
  switch (key) {
    case LABEL.zone:
      return row.offering.zone;
    case LABEL.zoneId:
      return row.offering.zoneId;
    case LABEL.capacityType:
      return row.offering.capacityType;
    default:
      return nodeLabel(row, key);
  }
}

/** What the offering decides. */
const OFFERING_LABELS: ReadonlySet<string> = new Set([LABEL.zone, LABEL.zoneId, LABEL.capacityType]);

/** A row without its offering: what the pool and the type decide. */
type NodeKind = Omit<OfferingRow, 'offering'>;

function nodeLabel({ poolLabels, type }: NodeKind, key: string): string | undefined {
  switch (key) {
    case LABEL.hostname:
      return NEW_HOST;
    case LABEL.registered:
    case LABEL.initialized:
      return 'true';
    default:
      return poolLabels[key] ?? type.labels[key];
  }
}

/** Every label that planning knows of a row's node, apart from its host name and the registration's marks. */
export const rowLabels = (row: OfferingRow): Readonly<Record<string, string>> => ({
  ...row.type.labels,
  ...row.poolLabels,
  [LABEL.zone]: row.offering.zone,
  [LABEL.zoneId]: row.offering.zoneId,
  [LABEL.capacityType]: row.offering.capacityType,
});

export function offeringTable(
  input: Pick<ProvisioningInput, 'nodePools' | 'instanceTypes' | 'unavailable'>,
  named: NamedValues,
): OfferingTable {
  const dynamic = inOrderOfChoice(input.nodePools.filter((pool) => pool.replicas === undefined));
  const pools = dynamic.filter((pool) => input.instanceTypes[pool.name] !== undefined);
  const notReady = dynamic.filter((pool) => input.instanceTypes[pool.name] === undefined);
  const rows: OfferingRow[] = [];
  const notes: string[] = [];
  let variants = 0;
  for (const [index, pool] of pools.entries()) {
    const types = [...(input.instanceTypes[pool.name] ?? [])].sort((a, b) => compareText(a.name, b.name));
    const declared = declaredBy(pool);
    const chosen = variantsOf(declared, named);
    if (chosen.cut !== undefined) {
      notes.push(
        `NodePool ${pool.name}: its labels ${chosen.cut.join(' and ')} combine in more than ${MAX_VARIANTS} ways; only ${MAX_VARIANTS} are tried, those with the values that pods name first`,
      );
    }
    for (const labels of chosen.variants) {
      const poolLabels = { ...labels, ...namingLabels(pool) };
      const variant = variants++;
      for (const type of types) {
        rows.push(
          ...rowsOfType(
            { pool: index, type, variant, poolLabels },
            pool,
            declared,
            input.unavailable[pool.name],
          ),
        );
      }
    }
  }
  return { pools, notReady, rows, notes };
}

const namingLabels = (pool: NodePool): Readonly<Record<string, string>> => ({
  [LABEL.nodePool]: pool.name,
  [LABEL.nodeClass]: pool.template.nodeClass,
});

/**
 * The pool's requirements on what the type and the offering decide; custom labels are met by the variant. Most types fail
 * by a label of their own, which spares looking at each of their offerings.
 */
function rowsOfType(
  kind: NodeKind,
  pool: NodePool,
  declared: Requirements,
  unavailable: ReadonlySet<string> | undefined,
): OfferingRow[] {
  const { type } = kind;
  if (Object.values(type.allocatable).some((amount) => amount < 0)) return [];
  if (type.burstable && !wantsBurstable(pool, type)) return [];
  for (const [key, domain] of declared) {
    if (isWellKnown(key) && !OFFERING_LABELS.has(key) && !admits(domain, nodeLabel(kind, key))) return [];
  }
  return type.offerings
    .filter((offering) => unavailable?.has(offeringKey({ ...offering, instanceType: type.name })) !== true)
    .map((offering) => ({ ...kind, offering }))
    .filter((row) => agreesWithOffering(row, declared))
    .sort(
      ({ offering: a }, { offering: b }) =>
        compareText(a.zone, b.zone) || compareText(a.capacityType, b.capacityType),
    );
}

function agreesWithOffering(row: OfferingRow, declared: Requirements): boolean {
  for (const [key, domain] of declared) {
    if (OFFERING_LABELS.has(key) && !admits(domain, rowLabel(row, key))) return false;
  }
  return true;
}
