import { isWildcardIp } from '../../constraints/host-ports.ts';
import type { HostPort } from '../../model/pod.ts';

/**
 * Host ports as integers of which equal ones exclude each other: one per address that anybody names, and one for "every
 * address". A wildcard has all of its port's integers, a named address its own.
 */
export class PortIds {
  readonly #idsByPort = new Map<string, Map<string, number>>();
  #next = 0;

  constructor(all: Iterable<HostPort>) {
    for (const port of all) {
      const ids = this.#idsByPort.get(portName(port)) ?? new Map([['', this.#next++]]);
      this.#idsByPort.set(portName(port), ids);
      if (!isWildcardIp(port.hostIp) && !ids.has(port.hostIp)) ids.set(port.hostIp, this.#next++);
    }
  }

  of(ports: readonly HostPort[]): number[] {
    const taken = new Set<number>();
    for (const port of ports) {
      const ids = this.#idsByPort.get(portName(port)) ?? new Map<string, number>();
      for (const [ip, id] of ids) if (isWildcardIp(port.hostIp) || ip === port.hostIp) taken.add(id);
    }
    return [...taken].sort((a, b) => a - b);
  }
}

const portName = (port: HostPort): string => `${port.protocol}/${port.port}`;
