import type { VolumeUse } from '../../constraints/volumes.ts';

/** Drivers and volume handles as integers, given out as they are met. */
export class VolumeIds {
  readonly #drivers = new Map<string, number>();
  readonly #handles = new Map<string, number>();

  driver(name: string): number {
    return numberOf(this.#drivers, name);
  }

  /** Distinct attachments, in the order of first use. */
  of(uses: readonly VolumeUse[]): { readonly driver: number; readonly handle: number }[] {
    const distinct = new Map<number, { driver: number; handle: number }>();
    for (const { driver, handle } of uses) {
      const volume = { driver: this.driver(driver), handle: numberOf(this.#handles, `${driver} ${handle}`) };
      distinct.set(volume.handle, volume);
    }
    return [...distinct.values()];
  }
}

function numberOf(numbers: Map<string, number>, name: string): number {
  const number = numbers.get(name) ?? numbers.size;
  numbers.set(name, number);
  return number;
}
