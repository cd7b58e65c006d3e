/**
 * What was planned and where kube-scheduler put it: the lane's own book, kept from the table and from the API server. It
 * believes neither the poller's metrics nor its slots' states.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Claims } from '../../../lib/ports/claims.ts';
import type { SlotStore } from '../../../lib/ports/slots.ts';
import type { KubeClient, KubeJson } from '../lane/kube-client.ts';

export interface PodJson extends KubeJson {
  readonly spec: { readonly nodeName?: string };
  readonly status: {
    readonly phase?: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly message?: string;
    }[];
  };
}

export interface Adherence {
  readonly planned: number;
  readonly onTheirNode: number;
  readonly elsewhere: readonly string[];
  /** Planned, still in the cluster, and on no node. */
  readonly withoutRoom: readonly string[];
  /** Deleted before they were bound. */
  readonly gone: number;
}

const EVERY_MS = 500;

export class Ledger {
  readonly #kube: KubeClient;
  readonly #claims: Claims;
  readonly #slots: SlotStore;
  /** The newest plan's claim of each pod. */
  readonly #plannedFor = new Map<string, { readonly claim: string; readonly createdAtMs: number }>();
  readonly #nodeOf = new Map<string, string>();
  readonly #nameOf = new Map<string, string>();
  readonly #claimOfNode = new Map<string, string>();
  #present = new Set<string>();
  #stopped = false;
  #running: Promise<void> = Promise.resolve();

  constructor(deps: { readonly kube: KubeClient; readonly claims: Claims; readonly slots: SlotStore }) {
    this.#kube = deps.kube;
    this.#claims = deps.claims;
    this.#slots = deps.slots;
  }

  /** Looks twice a second until `stop`. */
  start(): void {
    this.#running = this.#keep();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  /** Forgets what was, so that the next scenario has figures of its own. */
  turnPage(): void {
    for (const map of [this.#plannedFor, this.#nodeOf, this.#nameOf]) map.clear();
  }

  async adherence(): Promise<Adherence> {
    await this.#look();
    let [onTheirNode, gone] = [0, 0];
    const elsewhere: string[] = [];
    const withoutRoom: string[] = [];
    for (const [uid, { claim }] of this.#plannedFor) {
      const node = this.#nodeOf.get(uid);
      const name = this.#nameOf.get(uid) ?? uid;
      if (node === undefined) {
        if (this.#present.has(uid)) withoutRoom.push(name);
        else gone++;
      } else if (this.#claimOfNode.get(node) === claim) onTheirNode++;
      else elsewhere.push(`${name}: ${node} instead of ${claim}`);
    }
    return { planned: this.#plannedFor.size - gone, onTheirNode, elsewhere, withoutRoom, gone };
  }

  async #keep(): Promise<void> {
    while (!this.#stopped) {
      // The next look sees what this one missed.
      await this.#look().catch(() => undefined);
      await sleep(EVERY_MS);
    }
  }

  async #look(): Promise<void> {
    const [pods, claims, items] = await Promise.all([
      this.#kube.list<PodJson>('/api/v1/pods'),
      this.#claims.listLive(),
      this.#slots.listLive(),
    ]);
    this.#present = new Set(pods.map(({ metadata }) => metadata.uid ?? ''));
    for (const { metadata, spec } of pods) {
      this.#nameOf.set(metadata.uid ?? '', metadata.name);
      if (spec.nodeName !== undefined) this.#nodeOf.set(metadata.uid ?? '', spec.nodeName);
    }
    for (const claim of claims) {
      if ('node' in claim && claim.node !== undefined) this.#claimOfNode.set(claim.node.name, claim.name);
    }
    for (const { claim, createdAtMs, slots } of items) {
      for (const { podUid } of slots) {
        const known = this.#plannedFor.get(podUid);
        if (known === undefined || known.createdAtMs <= createdAtMs) {
          this.#plannedFor.set(podUid, { claim, createdAtMs });
        }
      }
    }
  }
}
