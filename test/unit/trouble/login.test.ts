// What the poller does when it cannot get into the cluster: a named error that says what to change, a count of it, and an
// end. Its next tick comes in a minute; nothing was taken from a queue, so nothing is lost.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectCluster } from '../../../functions/shared/cluster.ts';
import { told } from '../../../functions/shared/told.ts';
import { sessionOf } from '../../../lib/adapters/aws/clients/session.ts';
import { eksClient } from '../../../lib/adapters/aws/eks.ts';
import { KubeCluster } from '../../../lib/adapters/kube/kube-cluster.ts';
import { MemoryLeases } from '../../../lib/adapters/memory/leases.ts';
import { MemoryTable } from '../../../lib/adapters/memory/table.ts';
import { poll } from '../../../lib/control/poll.ts';
import { type AccountAnswers, anAwsAccount, endsAwsAccounts } from '../../support/aws-account.ts';
import { aControlWorld } from '../../support/control-world.ts';
import { aKubeHttp, aStub, endsServers, hastyClock, random } from '../../support/kube-wire.ts';
import { aContext, aFunctionBase } from '../../support/lambda.ts';

endsAwsAccounts();
endsServers();

beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** One tick of a function that begins like the poller; what it threw, and what was counted of it. */
async function tick(work: () => Promise<unknown>) {
  const { counts, base } = aFunctionBase();
  const handler = told('poller', {}, work, () => base);
  const error = await handler({}, aContext()).then(
    () => undefined,
    (thrown: { code: string; retry: string; message: string }) => thrown,
  );
  return { error, counts };
}

async function connecting(answers: AccountAnswers, region = 'us-east-1') {
  const { env, asked } = await anAwsAccount(answers);
  const at = { ...env, AWS_REGION: region === '' ? undefined : region };
  const client = eksClient({ endpoint: env.AWS_ENDPOINT_URL, ...(region === '' ? {} : { region }) });
  const clocks = { clock: hastyClock().clock, random } as Parameters<typeof connectCluster>[2];
  const result = await tick(() => connectCluster(at, 'shop', clocks, sessionOf(client)));
  return { ...result, asked };
}

const aCluster = (overrides: object = {}) => ({
  'GET /clusters/shop': {
    body: {
      cluster: {
        ...{ name: 'shop', status: 'ACTIVE', version: '1.35', endpoint: 'https://shop.example' },
        certificateAuthority: { data: 'LS0t' },
        kubernetesNetworkConfig: { serviceIpv4Cidr: '172.20.0.0/16' },
        ...overrides,
      },
    },
  },
});

describe('a function on its way into the cluster', () => {
  it('without credentials says so', async () => {
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE']) vi.stubEnv(name, '');
    for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) vi.stubEnv(name, '/nowhere');
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    const { error, counts, asked } = await connecting(aCluster());
    expect(error).toMatchObject({ code: 'CredentialsMissing', retry: 'never' });
    expect(error?.message).toContain('set a profile or a role');
    expect(counts).toEqual(['FunctionFailed 1 CredentialsMissing']);
    expect(asked).toEqual([]);
  });

  it('without a region says so', async () => {
    vi.stubEnv('AWS_REGION', undefined);
    vi.stubEnv('AWS_CONFIG_FILE', '/nowhere');
    const { error, counts } = await connecting(aCluster(), '');
    expect(error).toMatchObject({ code: 'RegionMissing' });
    expect(error?.message).toContain('set AWS_REGION');
    expect(counts).toEqual(['FunctionFailed 1 RegionMissing']);
  });

  it('that does not find the cluster says that name or region are wrong, and asks once', async () => {
    const { error, counts, asked } = await connecting({});
    expect(error).toMatchObject({ code: 'ClusterNotFound', retry: 'never' });
    expect(error?.message).toMatch(/cluster shop: .*check the name and the region/);
    expect(counts).toEqual(['FunctionFailed 1 ClusterNotFound']);
    expect(asked).toEqual(['GET /clusters/shop']);
  });

  it('with authentication mode CONFIG_MAP names the command that changes it', async () => {
    const accessConfig = { authenticationMode: 'CONFIG_MAP' };
    const { error, counts } = await connecting(aCluster({ accessConfig }));
    expect(error?.message).toContain('aws eks update-cluster-config --name shop');
    expect(counts).toEqual(['FunctionFailed 1 AuthenticationModeUnsupported']);
  });
});

/** A poller whose API server is at `serverUrl`, for 40 seconds that pass at once. */
async function polling(serverUrl: string) {
  const world = aControlWorld();
  const { clock, sleptMs } = hastyClock();
  const http = aKubeHttp({ serverUrl, clock, token: async () => 'a-token' });
  const cluster = new KubeCluster({ http, clock, random });
  const counts: string[] = [];
  const metrics = {
    count: (name: string, _: number, { code }: Readonly<Record<string, string>> = {}) =>
      void counts.push(`${name} ${code}`),
    observe: () => {},
  };
  const { error, counts: failures } = await tick(() =>
    poll(
      {
        ...world.deps,
        ...{ cluster, metrics },
        leases: new MemoryLeases({ table: new MemoryTable() }),
        provisionQueue: { send: async () => {} },
      },
      { holder: 'a', deadlineMs: world.clock.nowMs() + 40_000 },
    ),
  );
  return { error, counts, failures, sleptMs };
}

describe('a poller before a closed door', () => {
  it('gives up after four tries where the endpoint does not answer', async () => {
    const { error, failures, sleptMs } = await polling('http://127.0.0.1:9');
    expect(error).toMatchObject({ code: 'EndpointUnreachable', retry: 'same-request' });
    expect(error?.message).toContain('public access, allowed addresses, subnets');
    expect(failures).toEqual(['FunctionFailed 1 EndpointUnreachable']);
    expect(sleptMs.length).toBeGreaterThan(2);
    expect(Math.min(...sleptMs)).toBeGreaterThanOrEqual(250);
  });

  async function refusing(status: number, message: string) {
    let requests = 0;
    const url = await aStub((_, response) => {
      requests += 1;
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ kind: 'Status', code: status, message }));
    });
    return { ...(await polling(url)), asked: () => requests };
  }

  it('whose token has expired asks with no more than one list of each kind', async () => {
    const { error, failures, asked } = await refusing(401, 'Unauthorized');
    expect(error).toMatchObject({ code: 'Unauthorized', retry: 'never' });
    expect(error?.message).toContain('access entry');
    expect(failures).toEqual(['FunctionFailed 1 Unauthorized']);
    expect(asked()).toBeLessThan(25);
  });

  it('names the verb that RBAC lacks', async () => {
    const { error, failures, asked } = await refusing(403, 'nodes is forbidden');
    expect(error).toMatchObject({ code: 'Forbidden', retry: 'never' });
    expect(error?.message).toMatch(/grant the verb "list" on "\w+/);
    expect(failures).toEqual(['FunctionFailed 1 Forbidden']);
    expect(asked()).toBeLessThan(25);
  });
});
