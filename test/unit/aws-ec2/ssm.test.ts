import { describe, expect, it } from 'vitest';
import { SsmParameters, ssmClient } from '../../../lib/adapters/aws/ssm.ts';
import {
  aJsonError,
  aJsonService,
  endsJsonServers,
  type JsonAnswer,
  type JsonRequest,
} from '../../support/aws-json.ts';

endsJsonServers();

async function ssm(answer: (request: JsonRequest) => JsonAnswer) {
  const { options, requests } = await aJsonService(answer);
  return { parameters: new SsmParameters(ssmClient(options)), requests };
}

const aParameter = (Name: string, Value = 'x') => ({
  Name,
  Value,
  Version: 3,
  LastModifiedDate: 1_760_000_000,
});

describe('parameters', () => {
  it('are listed below a path over all pages, sorted by name', async () => {
    const { parameters, requests } = await ssm(({ body }) =>
      body['NextToken'] === undefined
        ? { body: { Parameters: [aParameter('/d/b')], NextToken: 'more' } }
        : { body: { Parameters: [aParameter('/d/a', 'y')] } },
    );
    expect(await parameters.list('/d')).toEqual([
      { name: '/d/a', value: 'y', version: 3, modifiedAtMs: 1_760_000_000_000 },
      { name: '/d/b', value: 'x', version: 3, modifiedAtMs: 1_760_000_000_000 },
    ]);
    expect(requests.map(({ body }) => [body['Path'], body['Recursive'], body['NextToken']])).toEqual([
      ['/d', true, undefined],
      ['/d', true, 'more'],
    ]);
  });

  it('give their values ten at a time, by name or ARN, without those that are missing', async () => {
    const arn = 'arn:aws:ssm:us-east-1:123456789012:parameter/golden';
    const names = [...Array.from({ length: 10 }, (_, n) => `/p/${n}`), arn];
    const { parameters, requests } = await ssm(({ body }) => {
      const asked = body['Names'] as string[];
      const known = asked.filter((name) => name !== '/p/3');
      return {
        body: {
          Parameters: known.map((name) =>
            name === arn ? { ...aParameter('/golden'), ARN: arn } : aParameter(name, name),
          ),
          InvalidParameters: ['/p/3'],
        },
      };
    });
    const values = await parameters.values(names);
    expect(requests.map(({ body }) => (body['Names'] as string[]).length)).toEqual([10, 1]);
    expect(values.size).toBe(10);
    expect(values.get('/p/9')).toBe('/p/9');
    expect(values.get(arn)).toBe('x');
    expect(values.has('/p/3')).toBe(false);
  });

  it('are undefined where there are none', async () => {
    const { parameters } = await ssm(() => aJsonError('ParameterNotFound'));
    expect(await parameters.get('/none')).toBeUndefined();
    await expect(parameters.remove('/none')).resolves.toBeUndefined();
  });

  it('are written over older ones, as large as SSM takes them', async () => {
    const { parameters, requests } = await ssm(() => ({ body: { Version: 2 } }));
    await parameters.put('/d/a', 'kind: NodePool');
    expect(requests).toEqual([
      {
        operation: 'PutParameter',
        body: {
          Name: '/d/a',
          Value: 'kind: NodePool',
          Type: 'String',
          Overwrite: true,
          Tier: 'Intelligent-Tiering',
        },
      },
    ]);
  });

  it.each([
    ['ValidationException', 'ParameterInvalid', 'never'],
    ['HierarchyLevelLimitExceededException', 'ParameterPathTooDeep', 'never'],
    ['ParameterMaxVersionLimitExceeded', 'ParameterVersionsFull', 'never'],
    ['TooManyUpdates', 'Contended', 'same-request'],
    ['AccessDeniedException', 'AccessDenied', 'never'],
  ])('that SSM refuses with %s fail as %s', async (awsCode, code, retry) => {
    const { parameters } = await ssm(() => aJsonError(awsCode));
    await expect(parameters.put('/d/a', 'x')).rejects.toMatchObject({
      code,
      retry,
      message: expect.stringContaining('ssm:PutParameter on /d/a'),
    });
  });
});
