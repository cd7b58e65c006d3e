/**
 * Sorts by an integer key and leaves equal keys in exactly the order that Go's `sort.Slice` (Go 1.19 and later) leaves
 * them in. Karpenter re-sorts its planned nodes with it before each pod, and which of two nodes with equally many pods
 * comes first decides where the next pod goes: without the same permutation its plans cannot be reproduced.
 *
 * The method is pattern-defeating quicksort (Orson Peters) as Go's `sort` package arranges it (The Go Authors, BSD-3-Clause);
 * every threshold below is part of the result.
 */
export function sortLikeGo(positions: Int32Array, length: number, keys: Int32Array): void {
  sortRange({ positions, keys, swaps: 0 }, 0, length, bitLength(length));
}

interface Sorting {
  readonly positions: Int32Array;
  readonly keys: Int32Array;
  /** Of the last choice of a pivot. */
  swaps: number;
}

type Hint = 'increasing' | 'decreasing' | 'unknown';

const MAX_INSERTION_LENGTH = 12;
const MIN_LENGTH_FOR_MEDIANS = 8;
const MIN_LENGTH_FOR_NINTHER = 50;
const MIN_LENGTH_FOR_SHIFTING = 50;
const MAX_SHIFTS = 5;
/** Comparisons of `choosePivot` on a descending range, all of them swaps. */
const ALL_SWAPPED = 12;

function sortRange(sorting: Sorting, from: number, to: number, badPivotsAllowed: number): void {
  let [low, high, badPivotsLeft] = [from, to, badPivotsAllowed];
  let wasBalanced = true;
  let wasPartitioned = true;
  while (high - low > MAX_INSERTION_LENGTH) {
    const length = high - low;
    if (badPivotsLeft === 0) {
      heapSort(sorting, low, high);
      return;
    }
    if (!wasBalanced) {
      breakPatterns(sorting, low, high);
      badPivotsLeft--;
    }
    const chosen = choosePivot(sorting, low, high);
    let { pivot } = chosen;
    if (chosen.hint === 'decreasing') {
      sorting.positions.subarray(low, high).reverse();
      pivot = high - 1 - (pivot - low);
    }
    const looksSorted = wasBalanced && wasPartitioned && chosen.hint !== 'unknown';
    if (looksSorted && shiftFewIntoPlace(sorting, low, high)) return;
    if (low > 0 && !less(sorting, low - 1, pivot)) {
      low = partitionEqual(sorting, low, high, pivot);
      continue;
    }
    const middle = partition(sorting, low, high, pivot);
    wasPartitioned = middle.unchanged;
    const [left, right] = [middle.at - low, high - middle.at];
    wasBalanced = Math.min(left, right) >= Math.floor(length / 8);
    if (left < right) {
      sortRange(sorting, low, middle.at, badPivotsLeft);
      low = middle.at + 1;
    } else {
      sortRange(sorting, middle.at + 1, high, badPivotsLeft);
      high = middle.at;
    }
  }
  insertionSort(sorting, low, high);
}

function less({ positions, keys }: Sorting, a: number, b: number): boolean {
  return keys[positions[a]!]! < keys[positions[b]!]!;
}

function swap({ positions }: Sorting, a: number, b: number): void {
  const held = positions[a]!;
  positions[a] = positions[b]!;
  positions[b] = held;
}

function insertionSort(sorting: Sorting, low: number, high: number): void {
  for (let next = low + 1; next < high; next++) {
    for (let at = next; at > low && less(sorting, at, at - 1); at--) swap(sorting, at, at - 1);
  }
}

/** The median of three places, or of three neighbourhoods in a long range; the swaps it took hint at the order. */
function choosePivot(sorting: Sorting, low: number, high: number): { pivot: number; hint: Hint } {
  const length = high - low;
  const quarter = Math.floor(length / 4);
  let [first, second, third] = [low + quarter, low + 2 * quarter, low + 3 * quarter];
  if (length < MIN_LENGTH_FOR_MEDIANS) return { pivot: second, hint: 'increasing' };
  sorting.swaps = 0;
  if (length >= MIN_LENGTH_FOR_NINTHER) {
    first = median(sorting, first - 1, first, first + 1);
    second = median(sorting, second - 1, second, second + 1);
    third = median(sorting, third - 1, third, third + 1);
  }
  const pivot = median(sorting, first, second, third);
  const { swaps } = sorting;
  return { pivot, hint: swaps === 0 ? 'increasing' : swaps === ALL_SWAPPED ? 'decreasing' : 'unknown' };
}

/** The place with the middle key, by the comparisons of a sorting network; counts its swaps. */
function median(sorting: Sorting, a: number, b: number, c: number): number {
  let [first, second, third] = [a, b, c];
  if (less(sorting, second, first)) {
    [first, second] = [second, first];
    sorting.swaps++;
  }
  if (less(sorting, third, second)) {
    [second, third] = [third, second];
    sorting.swaps++;
  }
  if (!less(sorting, second, first)) return second;
  sorting.swaps++;
  return first;
}

/** Moves a few misplaced neighbours to where they belong; true when the range is in order then. */
function shiftFewIntoPlace(sorting: Sorting, low: number, high: number): boolean {
  let at = low + 1;
  for (let shift = 0; shift < MAX_SHIFTS; shift++) {
    while (at < high && !less(sorting, at, at - 1)) at++;
    if (at === high) return true;
    if (high - low < MIN_LENGTH_FOR_SHIFTING) return false;
    swap(sorting, at, at - 1);
    if (at - low >= 2) {
      for (let left = at - 1; left >= 1 && less(sorting, left, left - 1); left--)
        swap(sorting, left, left - 1);
    }
    if (high - at >= 2) {
      for (let right = at + 1; right < high && less(sorting, right, right - 1); right++) {
        swap(sorting, right, right - 1);
      }
    }
  }
  return false;
}

/** Smaller keys to the left of the pivot, the others to its right. */
function partition(
  sorting: Sorting,
  low: number,
  high: number,
  pivot: number,
): { at: number; unchanged: boolean } {
  swap(sorting, low, pivot);
  let [left, right] = [low + 1, high - 1];
  for (let unchanged = true; ; unchanged = false) {
    while (left <= right && less(sorting, left, low)) left++;
    while (left <= right && !less(sorting, right, low)) right--;
    if (left > right) {
      swap(sorting, right, low);
      return { at: right, unchanged };
    }
    swap(sorting, left++, right--);
  }
}

/** For a range without keys smaller than the pivot's: the equal ones first. Answers where the greater ones start. */
function partitionEqual(sorting: Sorting, low: number, high: number, pivot: number): number {
  swap(sorting, low, pivot);
  let [left, right] = [low + 1, high - 1];
  for (;;) {
    while (left <= right && !less(sorting, low, left)) left++;
    while (left <= right && less(sorting, low, right)) right--;
    if (left > right) return left;
    swap(sorting, left++, right--);
  }
}

/** Scatters three entries by a generator seeded with the length, against inputs that make every pivot a bad one. */
function breakPatterns(sorting: Sorting, low: number, high: number): void {
  const length = high - low;
  const mask = BigInt(2 ** bitLength(length) - 1);
  const around = low + Math.floor(length / 4) * 2;
  let random = BigInt(length);
  for (let step = -1; step <= 1; step++) {
    random ^= BigInt.asUintN(64, random << 13n);
    random ^= random >> 7n;
    random ^= BigInt.asUintN(64, random << 17n);
    const other = Number(random & mask);
    swap(sorting, around + step, low + (other >= length ? other - length : other));
  }
}

function heapSort(sorting: Sorting, low: number, high: number): void {
  const length = high - low;
  for (let root = Math.floor((length - 1) / 2); root >= 0; root--) siftDown(sorting, low, root, length);
  for (let end = length - 1; end >= 0; end--) {
    swap(sorting, low, low + end);
    siftDown(sorting, low, 0, end);
  }
}

function siftDown(sorting: Sorting, low: number, start: number, end: number): void {
  let root = start;
  for (let child = 2 * root + 1; child < end; child = 2 * root + 1) {
    if (child + 1 < end && less(sorting, low + child, low + child + 1)) child++;
    if (!less(sorting, low + root, low + child)) return;
    swap(sorting, low + root, low + child);
    root = child;
  }
}

function bitLength(value: number): number {
  return 32 - Math.clz32(value);
}
