import type { VolumeUse } from '../../constraints/volumes.ts';

/** Drivers and volume handles as integers, given out as they are met. */
export class VolumeIds {
  readonly #drivers = new Map<string, number>();
  readonly #handles = new Map<string, number>();

  /** Names by index. */
  drivers(): readonly string[] {
    return [...this.#drivers.keys()];
  }

  /** Distinct attachments, in the order of first use. */
  of(uses: readonly VolumeUse[]): { readonly driver: number; readonly handle: number }[] {
    const distinct = new Map<number, { driver: number; handle: number }>();
    for (const use of uses) {
      const driver = numberOf(this.#drivers, use.driver);
      const handle = numberOf(this.#handles, `${use.driver} ${use.handle}`);
      distinct.set(handle, { driver, handle });
    }
    return [...distinct.values()];
  }
}

function numberOf(numbers: Map<string, number>, name: string): number {
  const number = numbers.get(name) ?? numbers.size;
  numbers.set(name, number);
  return number;
}
