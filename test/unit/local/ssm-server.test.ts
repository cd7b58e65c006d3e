import { afterEach, describe, expect, it } from 'vitest';
import { SsmParameters, ssmClient } from '../../../lib/adapters/aws/ssm.ts';
import { awsJson } from '../../../lib/local/aws-json.ts';
import { startSsmServer } from '../../../lib/local/ssm-server.ts';
import { localOptions } from '../../support/aws-wire.ts';
import { ManualClock, START_MS } from '../../support/memory-clock.ts';

const IMAGE = '/aws/service/eks/optimized-ami/1.35/amazon-linux-2023/x86_64/standard/recommended/image_id';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function store() {
  const changes: string[] = [];
  const server = await startSsmServer({
    port: 0,
    clock: new ManualClock(),
    region: 'us-east-1',
    published: { [IMAGE]: 'ami-1' },
    onChange: ({ name, operation }) => void changes.push(`${operation} ${name}`),
  });
  const client = ssmClient(localOptions(server.url));
  closing.push(server.close, () => client.destroy());
  const call = (operation: string, body: object) => awsJson(server.url, `AmazonSSM.${operation}`, body);
  return { parameters: new SsmParameters(client), call, changes };
}

describe('the SSM server', () => {
  it('keeps what is written, with a version that rises', async () => {
    const { parameters, changes } = await store();
    expect(await parameters.get('/shop/a')).toBeUndefined();
    await parameters.put('/shop/a', 'one');
    await parameters.put('/shop/a', 'two');
    expect(await parameters.get('/shop/a')).toEqual({
      name: '/shop/a',
      value: 'two',
      version: 2,
      modifiedAtMs: START_MS,
    });
    expect((await parameters.get('/shop/a:1'))?.value).toBe('one');
    await parameters.remove('/shop/a');
    await parameters.remove('/shop/a');
    expect(changes).toEqual(['Create /shop/a', 'Update /shop/a', 'Delete /shop/a']);
  });

  it('lists what is below a path, page by page', async () => {
    const { parameters, call } = await store();
    const names = Array.from({ length: 23 }, (_, n) => `/shop/nodepools/p${String(n).padStart(2, '0')}`);
    for (const name of [...names, '/shopping/other', '/shop/deep/er/one']) await parameters.put(name, 'x');
    const listed = await parameters.list('/shop');
    expect(listed.map(({ name }) => name)).toEqual(['/shop/deep/er/one', ...names]);
    const direct = await call('GetParametersByPath', { Path: '/shop/nodepools', MaxResults: 3 });
    expect(direct['Parameters']).toHaveLength(3);
    expect(await call('GetParametersByPath', { Path: '/shop' })).toEqual({ Parameters: [] });
  });

  it('has the public parameters by name and by ARN, and says which names it does not know', async () => {
    const { parameters } = await store();
    const arn = `arn:aws:ssm:us-east-1::parameter${IMAGE}`;
    const values = await parameters.values([IMAGE, '/aws/service/none']);
    expect([...values]).toEqual([[IMAGE, 'ami-1']]);
    expect([...(await parameters.values([arn]))]).toEqual([[arn, 'ami-1']]);
  });

  it.each([
    ['a name that is taken', { Name: '/a', Value: 'x' }, 'ParameterAlreadyExists'],
    ['a name of AWS', { Name: '/aws/service/x', Value: 'x' }, 'AccessDeniedException'],
    ['a name with other signs', { Name: '/a b', Value: 'x' }, 'ValidationException'],
    ['no value', { Name: '/b', Value: '' }, 'ValidationException'],
    ['more than 4 KB', { Name: '/b', Value: 'x'.repeat(4097) }, 'Standard tier'],
  ])('refuses %s', async (_, body, why) => {
    const { parameters, call } = await store();
    await parameters.put('/a', 'x');
    await expect(call('PutParameter', body)).rejects.toThrow(why);
  });

  it('takes 8 KB where the tier may rise, refuses more pages at once and what it does not serve', async () => {
    const { parameters, call } = await store();
    await parameters.put('/long', 'x'.repeat(8192));
    await expect(call('GetParametersByPath', { Path: '/', MaxResults: 11 })).rejects.toThrow('MaxResults');
    await expect(call('GetParametersByPath', { Path: 'shop' })).rejects.toThrow('must begin with');
    await expect(call('DescribeParameters', {})).rejects.toThrow('UnknownOperationException');
  });
});
