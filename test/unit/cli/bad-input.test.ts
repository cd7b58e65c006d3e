import { describe, expect, it } from 'vitest';
import { aDirectory, type CliRun, dovetail } from '../../support/cli.ts';
import { joined, nodeClassDocument, nodePoolDocument, podDocument } from '../../support/document-texts.ts';

/** Exit code 2, everything on stderr, nothing on stdout, no stack trace. */
function expectRefusal({ code, stdout, stderr }: CliRun, ...messages: readonly (string | RegExp)[]): void {
  expect(code).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).not.toMatch(/^\s+at /m);
  for (const message of messages) expect(stderr).toMatch(message);
}

const POOL_WITH = (key: string, operator: string, values: readonly string[]): string =>
  nodePoolDocument({ requirements: [{ key, operator, values }] });

describe('bad input', () => {
  it('is reported all at once, each problem with its place, its value and what to change', async () => {
    const cwd = aDirectory({
      'binary.yaml': Uint8Array.from([97, 10, 0, 1, 2]),
      'empty.yaml': '',
      'huge.yaml': 'a'.repeat(50 * 1024 ** 2),
      'apps.yaml': '{"apiVersion":"apps/v2","kind":"Deployment","metadata":{"name":"web"}}',
      'malformed.yaml': 'kind: Pod\nmetadata: {name: [x\n',
      'pods.yaml': joined(
        podDocument({ memory: '10GB' }),
        podDocument({ cpu: '1x' }),
        podDocument({ cpu: '-1' }),
      ),
      'pool.yaml': joined(
        POOL_WITH('karpenter.k8s.aws/instance-family', 'Inn', ['m7i']),
        nodePoolDocument({ name: 'other', nodeClass: 'absent' }),
        nodeClassDocument(),
      ),
    });
    expectRefusal(
      await dovetail(['plan', '-f', '.', 'nowhere.yaml'], { cwd }),
      'nowhere.yaml: cannot be read: no such file or directory',
      /^apps\.yaml:1:15: unknown version "apps\/v2" of Deployment: did you mean "apps\/v1"\?/m,
      /^binary\.yaml:2:1: .*binary/m,
      /^empty\.yaml:1:1: .*empty/m,
      /^huge\.yaml:1:1: .*50 MiB, more than the limit of 20 MiB: split it/m,
      /^malformed\.yaml:\d+:\d+: malformed YAML/m,
      /^pods\.yaml:1:\d+: invalid quantity "10GB": did you mean "10G"/m,
      /^pods\.yaml:3:\d+: invalid quantity "1x"/m,
      /^pods\.yaml:5:\d+: invalid quantity "-1"/m,
      /^pods\.yaml:3:\d+: duplicate Pod "default\/pod", also at pods\.yaml:1:\d+/m,
      /^pool\.yaml:1:\d+: unknown value "Inn": want one of In, NotIn/m,
    );
  });

  it('names a NodeClass that is missing', async () => {
    const input = joined(nodePoolDocument({ nodeClass: 'absent' }), nodeClassDocument('present'));
    expectRefusal(
      await dovetail(['plan', '-f', '-'], { input }),
      /^<stdin>:1:\d+: missing EC2NodeClass "absent".*"?present"?/m,
    );
  });

  it('points at the requirement that leaves a NodePool without types', async () => {
    const input = joined(POOL_WITH('karpenter.k8s.aws/instance-family', 'In', ['m77']), nodeClassDocument());
    const message =
      /^<stdin>:1:\d+: NodePool "general" selects no instance type in .*instance-family In \[m77\]/m;
    const [plan, validate] = await Promise.all(
      ['plan', 'validate'].map((command) => dovetail([command, '-f', '-'], { input })),
    );
    if (plan === undefined || validate === undefined) throw new Error('two runs');
    expectRefusal(plan, message);
    expectRefusal(validate, message);
  });

  it('says which region to ask for when a NodePool wants zones of another', async () => {
    const input = joined(POOL_WITH('topology.kubernetes.io/zone', 'In', ['eu-west-1a']), nodeClassDocument());
    expectRefusal(
      await dovetail(['plan', '-f', '-'], { input }),
      /use --region \(us-east-1, us-west-2, eu-west-1\)/,
    );
    expect((await dovetail(['validate', '-f', '-'], { input })).code).toBe(0);
  });

  it('includes a directory without documents', async () => {
    const cwd = aDirectory({ 'readme.txt': '' });
    expectRefusal(await dovetail(['plan', '-f', '.'], { cwd }), /^\.: the directory holds no \.yaml/m);
  });

  it('is listed in full, however much of it there is', async () => {
    const wrong = 130_000;
    const cwd = aDirectory({ 'a.yaml': `{apiVersion: v1, kind: List, items: [${'5,'.repeat(wrong)}]}` });
    const run = await dovetail(['validate', '-f', '.'], { cwd });
    expectRefusal(run, /^a\.yaml:1:\d+: want a Kubernetes object/);
    expect(run.stderr.trimEnd().split('\n')).toHaveLength(wrong);
  });

  it('includes a pipe that never ends', async () => {
    const input = 'a'.repeat(21 * 1024 ** 2);
    expectRefusal(await dovetail(['plan', '-f', '-'], { input }), /^<stdin>:1:1: .*limit of 20 MiB/m);
  });
});

describe('a bad command line', () => {
  const input = podDocument();

  it.each([
    [['plan'], /required option '-f, --filename <paths\.\.\.>' not specified/],
    [['plan', '-f', '-', '--unknown'], /unknown option '--unknown'/],
    [
      ['plan', '-f', '-', '--region', 'mars'],
      /'mars' is invalid\. Allowed choices are us-east-1, us-west-2, eu-west-1/,
    ],
    [
      ['plan', '-f', '-', '--zones', 'us-east-1z'],
      /unknown zone "us-east-1z" in us-east-1.*us-east-1a, us-east-1b/,
    ],
    [['plan', '-f', '-', '--zones', 'us-east-1a,,'], /Want names separated by single commas/],
    [['plan', '-f', '-', '--capacity-type', 'sport'], /Unknown "sport": want one or more of on-demand, spot/],
    [['simulate', 'x.yaml', '--seed', '1x'], /Want a whole number from 0 to 4294967295/],
    [['plann'], /unknown command 'plann'[\s\S]*Did you mean plan/],
  ])('%j is refused with what is allowed', async (args, message) => {
    expectRefusal(await dovetail(args, { input }), message);
  });
});

describe('validate', () => {
  it('counts what is valid', async () => {
    const input = joined(
      nodePoolDocument(),
      nodeClassDocument(),
      podDocument(),
      podDocument({ name: 'other' }),
    );
    const { code, stdout } = await dovetail(['validate', '-f', '-'], { input });
    expect(code).toBe(0);
    expect(stdout).toBe('1 NodePool, 1 EC2NodeClass, 2 Pods: valid\n');
  });

  it('notes kinds that are not read', async () => {
    const input = joined(podDocument(), '{"apiVersion":"v1","kind":"Service","metadata":{"name":"web"}}\n');
    const { code, stderr } = await dovetail(['validate', '-f', '-'], { input });
    expect(code).toBe(0);
    expect(stderr).toMatch(/^<stdin>:3:\d+: note: .*Service/m);
  });
});
