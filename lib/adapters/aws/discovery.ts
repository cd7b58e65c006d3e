import type { EC2Client } from '@aws-sdk/client-ec2';
import type { EKSClient } from '@aws-sdk/client-eks';
import type { NodeClass } from '../../model/node-class.ts';
import type { NodeClassResolution } from '../../model/published-document.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Discovery } from '../../ports/discovery.ts';
import type { Bucket } from './bucket.ts';
import { storeCatalogue } from './catalog-store.ts';
import { discoverMarket } from './ec2/discovery/market.ts';
import { resolveNodeClass } from './ec2/discovery/node-class.ts';
import { describeCluster } from './eks.ts';
import { embeddedFacts } from './embedded-facts.ts';
import type { SsmParameters } from './ssm.ts';

export interface AwsDiscoveryOptions {
  readonly ec2: EC2Client;
  readonly eks: EKSClient;
  readonly parameters: SsmParameters;
  readonly bucket: Bucket;
  readonly clock: Clock;
  readonly clusterName: string;
  /** On-demand prices of a region, micro-dollars an hour by type. What is missing has the price that is embedded. */
  readonly onDemandPrices: (region: string) => Promise<ReadonlyMap<string, number>>;
}

/** A cluster's version changes by an upgrade, which takes longer. */
const VERSION_CACHE_MS = 60_000;

export class AwsDiscovery implements Discovery {
  readonly #options: AwsDiscoveryOptions;
  #version: { readonly value: string; readonly readAtMs: number } | undefined;

  constructor(options: AwsDiscoveryOptions) {
    this.#options = options;
  }

  async resolve(nodeClass: NodeClass): Promise<NodeClassResolution> {
    const { ec2, parameters, clock } = this.#options;
    const lookup = {
      ec2,
      parameters: (names: readonly string[]) => parameters.values(names),
      kubernetesVersion: await this.#kubernetesVersion(),
      nowMs: clock.nowMs(),
    };
    return resolveNodeClass(lookup, nodeClass);
  }

  async storeCatalogue(): Promise<{ readonly id: string; readonly types: number }> {
    const { ec2, bucket, clock, onDemandPrices } = this.#options;
    const region = await ec2.config.region();
    const { types: known, prices: embedded } = embeddedFacts(region);
    const prices = new Map([...embedded, ...priced(await onDemandPrices(region))]);
    const catalogue = await discoverMarket({ client: ec2, region, nowMs: clock.nowMs(), known, prices });
    return { id: await storeCatalogue(bucket, catalogue), types: catalogue.types.length };
  }

  async #kubernetesVersion(): Promise<string> {
    const { eks, clusterName, clock } = this.#options;
    const nowMs = clock.nowMs();
    if (this.#version === undefined || nowMs - this.#version.readAtMs >= VERSION_CACHE_MS) {
      const { version } = await describeCluster(eks, clusterName);
      this.#version = { value: version, readAtMs: nowMs };
    }
    return this.#version.value;
  }
}

const priced = (microUsdPerHour: ReadonlyMap<string, number>) =>
  [...microUsdPerHour].map(
    ([name, onDemandMicroUsdPerHour]) =>
      [name, { onDemandMicroUsdPerHour, onDemandEstimated: false }] as const,
  );
