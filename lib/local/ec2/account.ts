import type { Ec2 } from '../../adapters/memory/ec2.ts';
import type { RegionMarket, TypeFacts } from '../../catalog/catalogue.ts';
import type { InstanceId } from '../../model/ids.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Tags } from './filters.ts';
import type { Query } from './query.ts';

/** What the account holds in its region before anything starts. */
export interface AccountSetup {
  readonly ec2: Ec2;
  readonly clock: Clock;
  readonly types: readonly TypeFacts[];
  readonly market: RegionMarket;
  readonly subnets: readonly AccountSubnet[];
  readonly securityGroups: readonly AccountSecurityGroup[];
  readonly images: readonly AccountImage[];
}

export interface AccountSubnet {
  readonly id: string;
  readonly zone: string;
  readonly vpcId: string;
  /** With nothing running in it. */
  readonly addresses: number;
  readonly tags: Tags;
}

export interface AccountSecurityGroup {
  readonly id: string;
  readonly name: string;
  readonly vpcId: string;
  readonly tags: Tags;
}

export interface AccountImage {
  readonly id: string;
  readonly name: string;
  readonly arch: 'amd64' | 'arm64';
  /** `self`, `amazon` or the id of another account. */
  readonly owner: string;
  readonly createdAtMs: number;
  readonly deprecatedAtMs?: number;
  readonly tags: Tags;
}

export interface StoredTemplate {
  readonly id: string;
  readonly name: string;
  readonly createdAtMs: number;
  readonly tags: Tags;
  /** `LaunchTemplateData` as it was sent. */
  readonly data: Query;
}

/** What an instance was started with, which the in-memory EC2 does not keep. */
export interface Start {
  readonly subnet: AccountSubnet;
  readonly template: StoredTemplate;
  readonly privateIpAddress: string;
}

/** One account in one region: its setup, and what calls have made since. */
export class Account {
  readonly setup: AccountSetup;
  readonly templates = new Map<string, StoredTemplate>();
  readonly starts = new Map<InstanceId, Start>();
  readonly #zoneIds: ReadonlyMap<string, string>;

  constructor(setup: AccountSetup) {
    this.setup = setup;
    this.#zoneIds = new Map(setup.market.zones.map(({ name, id }) => [name, id]));
  }

  zoneId(zone: string): string {
    return this.#zoneIds.get(zone) ?? `${zone}-id`;
  }

  subnet(id: string): AccountSubnet | undefined {
    return this.setup.subnets.find((subnet) => subnet.id === id);
  }

  freeAddresses(subnet: AccountSubnet): number {
    const taken = [...this.starts].filter(
      ([id, start]) => start.subnet === subnet && this.setup.ec2.instance(id)?.state !== 'terminated',
    );
    return Math.max(0, subnet.addresses - taken.length);
  }

  /** Counts up, as the addresses of one large network; an ended instance's is not used again. */
  nextAddress(): string {
    const n = this.starts.size + 10;
    return `10.0.${Math.floor(n / 256) % 256}.${n % 256}`;
  }
}
