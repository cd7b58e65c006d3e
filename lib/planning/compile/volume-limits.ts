// How many more volumes each node can attach, for the drivers of the pending pods' volumes; no other decides anything.
import { type VolumeState, volumeUses } from '../../constraints/volumes.ts';
import { LABEL } from '../../model/labels.ts';
import type { InstanceType } from '../../model/offering.ts';
import type { Pod } from '../../model/pod.ts';
import type { Bin, Shapes } from '../../solver/index.ts';
import type { PlanningNode, ProvisioningInput } from '../types.ts';
import type { VolumeIds } from './volume-ids.ts';

type Limits = Readonly<Record<string, number>>;
type Attachments = Pick<Bin, 'volumeLimits' | 'volumes'>;

const NONE: Attachments = { volumeLimits: new Map(), volumes: [] };

/** Per driver index what each type can attach. */
export const shapeVolumeLimits = (
  types: readonly InstanceType[],
  drivers: readonly string[],
): Shapes['volumeLimits'] =>
  drivers.map((driver) => Int32Array.from(types, ({ volumeLimits }) => volumeLimits[driver] ?? -1));

export class NodeVolumes {
  readonly #ids: VolumeIds;
  readonly #state: VolumeState;
  readonly #drivers: readonly string[];
  readonly #byNode: ReadonlyMap<string, Limits>;
  readonly #byType: ReadonlyMap<string, Limits>;

  /** Make it when all pending pods' volumes have their ids. */
  constructor(
    ids: VolumeIds,
    { cluster, instanceTypes }: Pick<ProvisioningInput, 'cluster' | 'instanceTypes'>,
  ) {
    this.#ids = ids;
    this.#state = cluster;
    this.#drivers = ids.drivers();
    this.#byNode = new Map(cluster.csiNodes.map(({ nodeName, limits }) => [nodeName, limits]));
    this.#byType = this.#drivers.length === 0 ? new Map() : limitsByType(instanceTypes);
  }

  /** What a node can attach less the distinct volumes on it. `here`: its pods that have not ended. */
  left(node: PlanningNode, here: readonly Pod[]): Attachments {
    if (this.#drivers.length === 0) return NONE;
    const limits = this.#limitsOf(node);
    const limited = this.#drivers.filter((driver) => limits[driver] !== undefined);
    if (limited.length === 0) return NONE;
    const uses = here.flatMap((pod) => volumeUses(pod, this.#state));
    const volumes = this.#ids.of(uses.filter(({ driver }) => limited.includes(driver)));
    const volumeLimits = new Map<number, number>();
    for (const [driver, name] of this.#drivers.entries()) {
      const limit = limits[name];
      if (limit === undefined) continue;
      const taken = volumes.filter((volume) => volume.driver === driver).length;
      volumeLimits.set(driver, Math.max(0, limit - taken));
    }
    return { volumeLimits, volumes };
  }

  /** Its CSINode's; on a node in flight, whose drivers have not all registered yet, what its type will bring. */
  #limitsOf({ name, labels, inFlight }: PlanningNode): Limits {
    const shown = this.#byNode.get(name) ?? this.#byNode.get(labels[LABEL.hostname] ?? '') ?? {};
    if (!inFlight) return shown;
    return { ...this.#byType.get(labels[LABEL.instanceType] ?? ''), ...shown };
  }
}

/** The smallest limit that any pool's view of a type gives. */
function limitsByType(instanceTypes: ProvisioningInput['instanceTypes']): Map<string, Limits> {
  const byType = new Map<string, Record<string, number>>();
  for (const types of new Set(Object.values(instanceTypes))) {
    for (const { name, volumeLimits } of types) {
      const known = byType.get(name) ?? {};
      for (const [driver, limit] of Object.entries(volumeLimits)) {
        known[driver] = Math.min(known[driver] ?? Number.POSITIVE_INFINITY, limit);
      }
      byType.set(name, known);
    }
  }
  return byType;
}
