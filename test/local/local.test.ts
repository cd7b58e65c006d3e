// The whole of `npm run local` over real sockets: real handlers with their wiring and the SDK's clients, one pod's life.
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { DynamoClaims } from '../../lib/adapters/aws/claims.ts';
import { dynamoClient } from '../../lib/adapters/aws/clients/dynamo.ts';
import { Table } from '../../lib/adapters/aws/table/table.ts';
import { systemClock } from '../../lib/adapters/system/clock.ts';
import { systemRandom } from '../../lib/adapters/system/random.ts';
import { LABEL } from '../../lib/model/labels.ts';
import { readScenario } from '../../scripts/local/documents.ts';
import { type Local, startLocal } from '../../scripts/local/run.ts';
import { hasDynamo, localOptions } from '../support/aws-wire.ts';

/** A poller ends 30 s before its function's time is over. */
const POLL_MS = 31_500;
const LIMIT_MS = 40_000;

let local: Local | undefined;

/** Ticks as often as they end, until the world is so. */
async function tickUntil({ tick, failures }: Local, isSo: () => boolean): Promise<void> {
  const untilMs = systemClock.nowMs() + LIMIT_MS;
  while (!isSo() && systemClock.nowMs() < untilMs) {
    await Promise.all([tick('poller', POLL_MS), tick('reconciler')]);
  }
  expect({ isSo: isSo(), failures }).toEqual({ isSo: true, failures: [] });
}

async function aLocal(): Promise<Local> {
  const { scenario, catalog, documents } = readScenario('scenarios/local.yaml');
  const hasty = documents.map((document) => ({
    ...document,
    text: document.text.replace('consolidateAfter: 30s', 'consolidateAfter: 0s'),
  }));
  local = await startLocal({
    ...{ scenario: { ...scenario, events: [] }, catalog, documents: hasty },
    ...{ tell: () => {}, asOnAws: false, logLevel: 'ERROR' },
  });
  return local;
}

describe.skipIf(!hasDynamo)('everything in one process', () => {
  beforeAll(() => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
    vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'true');
  });
  afterAll(() => vi.unstubAllEnvs());
  afterEach(async () => {
    await local?.stop();
    local = undefined;
  });

  it(
    'brings a pod a node that joins by its user data, and ends the node when the pod is gone',
    async () => {
      const run = await aLocal();
      const { api, ec2 } = run.world.environment;
      const [inflate] = readScenario('scenarios/local.yaml').scenario.workloads;
      if (inflate === undefined) throw new Error('no workload');
      run.world.workloads.scale(inflate, 1);
      await tickUntil(run, () => api.pods().some(({ phase }) => phase === 'Running'));
      const [pod] = api.pods();
      const node = api.node(pod?.nodeName ?? '');
      const [instance] = ec2.instances();
      expect(node).toMatchObject({
        providerId: `aws:///${instance?.zone}/${instance?.instanceId}`,
        labels: { [LABEL.nodePool]: 'general-purpose', [LABEL.registered]: 'true' },
        allocatable: { pods: expect.any(Number) },
      });

      run.world.workloads.scale(inflate, 0);
      await tickUntil(run, () => ec2.instances().every(({ state }) => state === 'terminated'));
      expect(ec2.instances()).toHaveLength(1);
      expect(run.servers.ec2.requests.filter((action) => action === 'CreateFleet')).toHaveLength(1);
      const table = new Table({
        client: dynamoClient(localOptions(run.servers.urls.DYNAMODB)),
        ...{ name: 'dovetail', clock: systemClock, random: systemRandom },
      });
      const claims = await new DynamoClaims({ table }).listLive();
      expect(claims.map(({ phase }) => phase)).not.toContain('Initialized');
    },
    2 * LIMIT_MS,
  );
});
