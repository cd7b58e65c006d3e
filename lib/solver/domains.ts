/**
 * Which offerings are in which domain of each topology key. A domain set has one more position than the key has domains:
 * the last one stands for "the node would lack the label".
 */
import { andInto, createMask, intersects, nextBit, orInto, setBit } from './mask.ts';
import type { Mask, Problem } from './problem.ts';

export class Domains {
  /** Number of domains per key. */
  readonly sizes: readonly number[];
  /** Per key and domain: the offerings there; the last entry is those without the label. */
  private readonly offeringsIn: readonly (readonly Mask[])[];
  private readonly union: Mask;

  constructor(problem: Problem) {
    this.sizes = problem.topologyDomains;
    this.offeringsIn = problem.topologyDomains.map((size, key) => offeringsByDomain(problem, key, size));
    this.union = createMask(problem.offerings.count);
  }

  /** Per key, the domains that a node with these offerings could turn out to be in. */
  ofOfferings(offerings: Mask): Mask[] {
    return this.offeringsIn.map((masks) => {
      const domains = createMask(masks.length);
      for (const [domain, mask] of masks.entries()) if (intersects(offerings, mask)) setBit(domains, domain);
      return domains;
    });
  }

  /** Per key, the one domain of a bin. */
  ofBin(domain: readonly number[]): Mask[] {
    return this.sizes.map((size, key) => {
      const domains = createMask(size + 1);
      setBit(domains, domain[key]! < 0 ? size : domain[key]!);
      return domains;
    });
  }

  /** Writes those of `offerings` that are in one of the domains to `target`; false when there is none. */
  within(key: number, domains: Mask, offerings: Mask, target: Mask): boolean {
    this.union.fill(0);
    for (let domain = nextBit(domains, 0); domain >= 0; domain = nextBit(domains, domain + 1)) {
      orInto(this.union, this.offeringsIn[key]![domain]!);
    }
    return andInto(target, offerings, this.union);
  }
}

function offeringsByDomain(problem: Problem, key: number, size: number): Mask[] {
  const masks = Array.from({ length: size + 1 }, () => createMask(problem.offerings.count));
  const domain = problem.offerings.domain[key]!;
  for (let offering = 0; offering < problem.offerings.count; offering++) {
    setBit(masks[domain[offering]! < 0 ? size : domain[offering]!]!, offering);
  }
  return masks;
}
