import { compareText } from '../../model/stable-json.ts';

/** A map by text that knows the order of its keys, so that a list of its values needs no sorting. */
export class SortedMap<V> {
  readonly #values = new Map<string, V>();
  #keys: string[] = [];
  #changes = 0;
  /** Lists by prefix, dropped at the next change. */
  readonly #lists = new Map<string, readonly V[]>();

  get size(): number {
    return this.#keys.length;
  }

  /** Grows with every change. */
  get changes(): number {
    return this.#changes;
  }

  get(key: string): V | undefined {
    return this.#values.get(key);
  }

  set(key: string, value: V): void {
    if (!this.#values.has(key)) this.#keys.splice(this.#firstAtOrAfter(key), 0, key);
    this.#values.set(key, value);
    this.#lists.clear();
    this.#changes += 1;
  }

  delete(key: string): void {
    if (!this.#values.delete(key)) return;
    this.#keys.splice(this.#firstAtOrAfter(key), 1);
    this.#lists.clear();
    this.#changes += 1;
  }

  /** Values of keys that start with `prefix`, in the order of the keys. The same list until something changes. */
  list(prefix = ''): readonly V[] {
    const known = this.#lists.get(prefix);
    if (known !== undefined) return known;
    const found: V[] = [];
    for (let index = this.#firstAtOrAfter(prefix); index < this.#keys.length; index++) {
      const key = this.#keys[index] ?? '';
      if (!key.startsWith(prefix)) break;
      found.push(this.#values.get(key) as V);
    }
    this.#lists.set(prefix, Object.freeze(found));
    return found;
  }

  /** Another map with the same values, which changes on its own. */
  copy(): SortedMap<V> {
    const copy = new SortedMap<V>();
    for (const key of this.#keys) copy.#values.set(key, this.#values.get(key) as V);
    copy.#keys = [...this.#keys];
    return copy;
  }

  #firstAtOrAfter(key: string): number {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareText(this.#keys[middle] ?? '', key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
