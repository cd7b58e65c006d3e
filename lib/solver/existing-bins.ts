import { type Ask, markDead } from './ask.ts';
import { Attachments, portSet } from './attachments.ts';
import type { Domains } from './domains.ts';
import { hasBit, intersects, orInto } from './mask.ts';
import type { Bin, Mask, Problem } from './problem.ts';
import type { BinPlacement } from './solution.ts';
import type { Topology } from './topology.ts';

/** Existing and in-flight nodes while solving: list order, first that accepts. */
export class ExistingBins {
  readonly placements: BinPlacement[] = [];
  private readonly topology: Topology;
  private readonly bins: readonly OpenBin[];

  constructor(problem: Problem, topology: Topology, domains: Domains, portCount: number) {
    this.topology = topology;
    this.bins = problem.bins.map((bin) => ({
      bin,
      free: bin.free.slice(),
      ports: portSet(portCount, bin.ports),
      attached: new Attachments(bin.volumes),
      domains: domains.ofBin(bin.domain),
    }));
  }

  place(ask: Ask, order: number): boolean {
    // Word by word: most hosts are full, so blocks of 32 are mostly passed over at once.
    for (let word = 0; word < ask.bins.length; word++) {
      let rest = ask.bins[word]! & ~(ask.deadHosts[word] ?? 0);
      for (; rest !== 0; rest &= rest - 1) {
        const host = (word << 5) + 31 - Math.clz32(rest & -rest);
        const open = this.bins[host]!;
        if (!hasRoom(open, ask)) markDead(ask, host);
        else if (this.topology.admits(ask, host, open.domains)) {
          this.put(host, ask, order);
          return true;
        }
      }
    }
    return false;
  }

  /** Puts a pod on a bin without asking whether it may be there. */
  put(host: number, ask: Ask, order: number): void {
    const { free, ports, attached, domains } = this.bins[host]!;
    for (let column = 0; column < free.length; column++) free[column]! -= ask.requests[column]!;
    if (ask.ports) orInto(ports, ask.ports);
    if (ask.volumes.length > 0) attached.attach(ask.volumes);
    this.topology.record(
      ask,
      host,
      domains,
      ({ countingBins }) => !countingBins || hasBit(countingBins, host),
    );
    this.placements.push({ item: ask.item, order, level: ask.level, bin: host });
  }
}

interface OpenBin {
  readonly bin: Bin;
  readonly free: Bin['free'];
  readonly ports: Mask;
  readonly attached: Attachments;
  readonly domains: readonly Mask[];
}

/** What this refuses it refuses for good: room, ports and attachments never come back while solving. */
function hasRoom(open: OpenBin, ask: Ask): boolean {
  for (let column = 0; column < open.free.length; column++) {
    if (ask.requests[column]! > open.free[column]!) return false;
  }
  if (ask.ports && intersects(open.ports, ask.ports)) return false;
  return ask.volumes.length === 0 || canAttach(open, ask);
}

/** A bin may be over its limit already: only what is attached from now on counts against what is left. */
function canAttach({ bin, attached }: OpenBin, { volumes }: Ask): boolean {
  for (const [driver, count] of attached.countsWith(volumes)) {
    const before = new Set(
      bin.volumes.filter((volume) => volume.driver === driver).map(({ handle }) => handle),
    );
    const left = bin.volumeLimits.get(driver) ?? Number.POSITIVE_INFINITY;
    if (count - before.size > left) return false;
  }
  return true;
}
