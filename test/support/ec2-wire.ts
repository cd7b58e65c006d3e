// The wire adapter in front of the local EC2 server, over a real socket on the own machine.
import { afterEach } from 'vitest';
import { ec2Client } from '../../lib/adapters/aws/ec2/client.ts';
import { Ec2Fleet } from '../../lib/adapters/aws/ec2/fleet.ts';
import { LaunchTemplates } from '../../lib/adapters/aws/ec2/launch-templates.ts';
import { EmbeddedCatalog } from '../../lib/adapters/memory/embedded-catalog.ts';
import type { CapacityPool } from '../../lib/adapters/memory/market.ts';
import { type Ec2ServerOptions, startEc2Server } from '../../lib/local/ec2-server.ts';
import {
  type LaunchTemplate,
  type LaunchTemplateSpec,
  launchTemplateName,
} from '../../lib/model/launch-template.ts';
import type { FleetRequest } from '../../lib/model/plan.ts';
import { theTemplate } from './launch-templates.ts';
import { START_MS } from './memory-clock.ts';
import { aTestEc2 } from './memory-fleet.ts';
import { realClock } from './real-time.ts';

const catalog = new EmbeddedCatalog('us-east-1');
const VPC = 'vpc-1';

const closing: (() => unknown)[] = [];

/** Ends the servers and clients of each test. Called once by a test file. */
export function endsEc2Servers(): void {
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });
}

/** An account with a subnet per zone, a security group, and an image per architecture, whose calls are counted. */
export async function anEc2Wire(
  pools: readonly CapacityPool[] = [],
  setup: Partial<Ec2ServerOptions> = {},
  { maxAttempts = 1 } = {},
) {
  const world = aTestEc2(pools);
  const server = await startEc2Server({
    port: 0,
    clock: world.clock,
    ec2: world.ec2,
    stock: { market: world.market, pools },
    types: catalog.types,
    market: catalog.market,
    subnets: ['a', 'b'].map((letter) => aSubnet(`subnet-us-east-1${letter}`, `us-east-1${letter}`)),
    securityGroups: [{ id: 'sg-0a', name: 'nodes', vpcId: VPC, tags: { role: 'nodes' } }],
    images: [anAccountImage('ami-1', 'amd64'), anAccountImage('ami-arm', 'arm64')],
    ...setup,
  });
  const client = ec2Client({
    region: 'us-east-1',
    endpoint: server.url,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    // Passes at once where the account's request rates would have it wait.
    clock: { nowMs: realClock.nowMs, sleep: async () => {} },
    share: 1,
    maxAttempts,
  });
  closing.push(
    () => server.close(),
    () => client.destroy(),
  );
  const launchTemplates = new LaunchTemplates({ client, installation: 'test', clock: world.clock });
  const fleet = new Ec2Fleet({ client, installation: 'test', launchTemplates, templatesOf: twoTemplates });
  return { ...world, server, client, launchTemplates, fleet };
}

export const aSubnet = (
  id: string,
  zone: string,
  addresses = 250,
  tags: Readonly<Record<string, string>> = {},
) => ({
  id,
  zone,
  vpcId: VPC,
  addresses,
  tags,
});

export const anAccountImage = (
  id: string,
  arch: 'amd64' | 'arm64',
  overrides: { readonly name?: string } = {},
) => ({
  id,
  name: id,
  arch,
  owner: 'amazon',
  createdAtMs: START_MS - 86_400_000,
  tags: {},
  ...overrides,
});

export const aTemplate = (
  types: readonly string[],
  spec: Partial<LaunchTemplateSpec> = {},
): LaunchTemplate => {
  const content = { ...theTemplate().spec, ...spec };
  return { name: launchTemplateName(content), spec: content, types };
};

/** One for Intel and AMD, one for Graviton. */
async function twoTemplates({ overrides }: FleetRequest): Promise<readonly LaunchTemplate[]> {
  const types = [...new Set(overrides.map(({ instanceType }) => instanceType))].sort();
  const isArm = (name: string): boolean => /^[a-z]+\d+g/.test(name);
  return [
    aTemplate(
      types.filter((name) => !isArm(name)),
      { imageId: 'ami-1' },
    ),
    aTemplate(types.filter(isArm), { imageId: 'ami-arm' }),
  ].filter((template) => template.types.length > 0);
}
