/** What a scenario of the lane is: it acts on a deployed Dovetail and says what it saw. */
import type { World } from '../world/world.ts';

/** One thing that had to be so. */
export interface Finding {
  readonly what: string;
  readonly holds: boolean;
  /** Figures that say why. */
  readonly seen: string;
}

export interface Scenario {
  readonly name: string;
  /** Throws when something never came. What it made in the cluster is removed by whoever ran it. */
  run(world: World): Promise<readonly Finding[]>;
}

export const finding = (what: string, holds: boolean, seen: string | number = ''): Finding => ({
  what,
  holds,
  seen: String(seen),
});
