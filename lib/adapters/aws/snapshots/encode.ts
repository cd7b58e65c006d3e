/**
 * A snapshot as text: stable JSON in which the parts that many pods share stand once, under their hash. A cluster of
 * 50,000 pods has a few hundred specifications. Equal snapshots are equal bytes, so the text's hash is the snapshot's id.
 */
import { createHash } from 'node:crypto';
import type { Pod } from '../../../model/pod.ts';
import type { ClusterState, Snapshot } from '../../../model/snapshot.ts';
import { compareText, stableJson } from '../../../model/stable-json.ts';

/** Raised when the form of the text changes. */
export const FORM = 1;

/** Members of a pod that stand in `parts` instead of in the pod. */
export const SHARED = ['annotations', 'labels', 'owner', 'spec'] as const;

/** 64 bits: that two of a million parts share a key has a chance below one in ten million. */
const PART_CHARACTERS = 16;

interface Row {
  readonly text: string;
  readonly parts: readonly string[];
}

/**
 * Makes texts and remembers those of objects it has seen: most objects of a snapshot are the ones of the snapshot before.
 * Objects must not change, as their types say.
 */
export class SnapshotEncoder {
  readonly #texts = new WeakMap<object, string>();
  readonly #rows = new WeakMap<Pod, Row>();
  readonly #parts = new WeakMap<object, string>();
  /** The text of every part by its key, of the pods of the last snapshot and this one. */
  #partTexts = new Map<string, string>();

  encode({ cluster, ...rest }: Snapshot): string {
    const parts = new Map<string, string>();
    const seen = new Map<string, string>();
    const pods = cluster.pods.map((pod) => {
      const row = this.#row(pod, seen);
      for (const key of row.parts) parts.set(key, this.#partTexts.get(key) ?? '');
      return row.text;
    });
    this.#partTexts = parts;
    const lists = Object.keys(cluster)
      .sort(compareText)
      .map((list) => `"${list}":[${this.#list(cluster, list as keyof ClusterState, pods)}]`);
    const shared = [...parts].sort(([a], [b]) => compareText(a, b)).map(([key, text]) => `"${key}":${text}`);
    return `{"cluster":{${lists.join(',')}},"form":${FORM},"parts":{${shared.join(',')}},"rest":${stableJson(rest)}}`;
  }

  #list(cluster: ClusterState, list: keyof ClusterState, pods: readonly string[]): string {
    return (list === 'pods' ? pods : cluster[list].map((object) => this.#text(object))).join(',\n');
  }

  #row(pod: Pod, seen: Map<string, string>): Row {
    const known = this.#rows.get(pod);
    if (known?.parts.every((key) => this.#partTexts.has(key))) return known;
    const keys: Record<string, string> = {};
    for (const member of SHARED) {
      const part = pod[member];
      if (part !== undefined) keys[member] = this.#part(part, seen);
    }
    const row = { text: stableJson({ ...pod, ...keys }), parts: Object.values(keys) };
    this.#rows.set(pod, row);
    return row;
  }

  /** `seen`: keys by the text that the engine makes, which is quick but depends on the order of members. */
  #part(part: object, seen: Map<string, string>): string {
    const known = this.#parts.get(part);
    if (known !== undefined && this.#partTexts.has(known)) return known;
    const quick = JSON.stringify(part);
    const key = seen.get(quick) ?? this.#newPart(part);
    seen.set(quick, key);
    this.#parts.set(part, key);
    return key;
  }

  #newPart(part: object): string {
    const text = stableJson(part);
    const key = createHash('sha256').update(text).digest('hex').slice(0, PART_CHARACTERS);
    this.#partTexts.set(key, text);
    return key;
  }

  #text(object: object): string {
    const known = this.#texts.get(object);
    if (known !== undefined) return known;
    const text = stableJson(object);
    this.#texts.set(object, text);
    return text;
  }
}
