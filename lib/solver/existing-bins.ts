import { type Ask, isDead, markDead } from './ask.ts';
import { portSet, VolumeSlots } from './attachments.ts';
import { hasBit, intersects, nextBit, orInto } from './mask.ts';
import type { Bin, Mask, Problem } from './problem.ts';
import type { BinPlacement } from './solution.ts';
import type { Topology } from './topology.ts';

/** Existing and in-flight nodes while solving: list order, first that accepts. */
export class ExistingBins {
  readonly placements: BinPlacement[] = [];
  private readonly problem: Problem;
  private readonly topology: Topology;
  private readonly bins: readonly OpenBin[];

  constructor(problem: Problem, topology: Topology, portCount: number) {
    this.problem = problem;
    this.topology = topology;
    this.bins = problem.bins.map((bin) => ({
      free: bin.free.slice(),
      ports: portSet(portCount, bin.ports),
      volumes: new VolumeSlots(bin),
      domains: topology.domainsOfBin(bin.domain),
    }));
  }

  place(ask: Ask, order: number): boolean {
    for (let host = nextBit(ask.bins, 0); host >= 0; host = nextBit(ask.bins, host + 1)) {
      if (isDead(ask, host)) continue;
      if (!hasRoom(this.bins[host]!, ask)) markDead(ask, host);
      else if (this.admits(host, ask)) {
        this.put(host, ask, order);
        return true;
      }
    }
    return false;
  }

  private admits(host: number, ask: Ask): boolean {
    const bin = this.bins[host]!;
    const item = this.problem.items[ask.item]!;
    return bin.volumes.admits(item) && this.topology.admits(ask, host, bin.domains);
  }

  private put(host: number, ask: Ask, order: number): void {
    const bin = this.bins[host]!;
    for (let column = 0; column < bin.free.length; column++) bin.free[column]! -= ask.requests[column]!;
    orInto(bin.ports, ask.ports);
    bin.volumes.attach(this.problem.items[ask.item]!);
    this.topology.record(
      ask,
      host,
      bin.domains,
      ({ countingBins }) => !countingBins || hasBit(countingBins, host),
    );
    this.placements.push({ item: ask.item, order, level: ask.level, bin: host });
  }
}

interface OpenBin {
  readonly free: Bin['free'];
  readonly ports: Mask;
  readonly volumes: VolumeSlots;
  readonly domains: readonly Mask[];
}

/** Room and ports never come back while solving; a volume limit may, when another pod attaches a shared handle. */
function hasRoom(bin: OpenBin, ask: Ask): boolean {
  for (let column = 0; column < bin.free.length; column++) {
    if (ask.requests[column]! > bin.free[column]!) return false;
  }
  return !intersects(bin.ports, ask.ports);
}
