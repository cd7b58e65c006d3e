// apply, get and delete against a stack on the own machine, with the publisher's own handler behind them.
import { describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { hasDynamo } from '../../support/aws-wire.ts';
import { anInitializedClaim } from '../../support/claims.ts';
import { aDirectory } from '../../support/cli.ts';
import { dovetailHere } from '../../support/cli-here.ts';
import { deployedWorlds, PUBLISHER } from '../../support/deployed-world.ts';
import { nodeClassText, nodePoolText } from '../../support/documents.ts';

const M7I = [{ key: 'karpenter.k8s.aws/instance-family', operator: 'In', values: ['m7i'] }];
const aPoolText = (spec: object = {}, name = 'general'): string =>
  nodePoolText(spec, { requirements: M7I }, { name });

/** A file of these documents, whose path is given. */
const aFile = (...texts: readonly string[]): string =>
  `${aDirectory({ 'documents.yaml': texts.join('\n---\n') })}/documents.yaml`;

describe.skipIf(!hasDynamo)('documents of a deployed stack', () => {
  const theWorld = deployedWorlds();

  it('are created, configured and unchanged as with kubectl', async () => {
    const { run } = theWorld();
    const first = await run('apply', '-f', aFile(aPoolText(), nodeClassText()));
    expect(first).toMatchObject({
      code: 0,
      stdout: 'ec2nodeclass.karpenter.k8s.aws/a created\nnodepool.karpenter.sh/general created\n',
    });
    const second = await run('apply', '-f', aFile(aPoolText({ weight: 7 }), nodeClassText()));
    expect(second.stdout).toBe(
      'ec2nodeclass.karpenter.k8s.aws/a unchanged\nnodepool.karpenter.sh/general configured\n',
    );
  });

  it('wake the publisher once per change, and not without one', async () => {
    const { run, invoked } = theWorld();
    const file = aFile(aPoolText(), nodeClassText());
    await run('apply', '-f', file);
    expect(invoked).toEqual([PUBLISHER]);
    await run('apply', '-f', file);
    expect(invoked).toHaveLength(1);
  });

  it('are told to the publisher by the next apply when that failed before', async () => {
    const { run, invoked, stack } = theWorld();
    stack.refusals.set('lambda', 'AccessDeniedException');
    const file = aFile(nodeClassText());
    expect((await run('apply', '-f', file)).code).toBe(1);
    stack.refusals.clear();
    expect((await run('apply', '-f', file)).stdout).toContain('unchanged');
    expect(invoked).toEqual([PUBLISHER]);
  });

  it('are ready once the publisher has looked', async () => {
    const { run } = theWorld();
    const applied = await run(
      'apply',
      '--wait',
      '-f',
      aFile(aPoolText({ limits: { cpu: 100 } }), nodeClassText()),
    );
    expect(applied).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/nodepool.karpenter.sh\/general ready\n$/),
    });
    const { stdout } = await run('get', 'nodepools');
    expect(stdout).toMatch(/^NAME +NODECLASS +NODES +READY +AGE\ngeneral +a +0 +True +\d+s\n$/);
    const wide = await run('get', 'nodepools', '-o', 'wide');
    expect(wide.stdout).toMatch(/general .* 0\/100 +0\n$/);
  });

  it('say with --wait why they are not ready', async () => {
    const { run } = theWorld();
    const { code, stdout, stderr } = await run('apply', '--wait', '-f', aFile(aPoolText()));
    expect(code).toBe(1);
    expect(stdout).toMatch(/general not ready: EC2NodeClass "a" is not there: put a document of that name/);
    expect(stderr).toMatch(/documents.yaml:1:\d+: note: there is no EC2NodeClass "a" yet/);
  });

  it('are not written when one of them is bad; every problem is told with its place', async () => {
    const { run, inTable, invoked } = theWorld();
    const file = aFile(aPoolText({ weight: 700 }), nodeClassText({ role: 7 }), nodeClassText());
    const { code, stdout, stderr } = await run('apply', '-f', file);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/documents.yaml:1:\d+: .*\(spec.weight\)/);
    expect(stderr).toMatch(/documents.yaml:3:\d+: .*\(spec.role\)/);
    expect(stderr).toMatch(/duplicate EC2NodeClass/);
    expect(await inTable.list()).toEqual([]);
    expect(invoked).toEqual([]);
  });

  it('are the only kinds that are taken', async () => {
    const { run, inTable } = theWorld();
    const service = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    const { code, stderr } = await run('apply', '-f', aFile(nodeClassText(), service));
    expect(code).toBe(2);
    expect(stderr).toMatch(/:3:\d+: a Namespace is not kept here/);
    expect(await inTable.list()).toEqual([]);
  });

  it('are not written in a dry run', async () => {
    const { run, inTable, invoked } = theWorld();
    const { stdout } = await run('apply', '--dry-run', '-f', aFile(nodeClassText()));
    expect(stdout).toBe('ec2nodeclass.karpenter.k8s.aws/a created (dry run)\n');
    expect([await inTable.list(), invoked]).toEqual([[], []]);
  });

  it('come from Lists and leave out what a server added', async () => {
    const { run, inTable } = theWorld();
    const live = JSON.parse(nodeClassText());
    const metadata = {
      ...live.metadata,
      uid: 'u-1',
      resourceVersion: '7',
      creationTimestamp: '2026-01-01T00:00:00Z',
    };
    const items = [{ ...live, metadata, status: { conditions: [] } }];
    await run('apply', '-f', aFile(JSON.stringify({ apiVersion: 'v1', kind: 'List', items })));
    const [kept] = await inTable.list();
    expect(parse(kept?.text ?? '')).toEqual(live);
  });

  it('that stand in the other place are refused with where that is', async () => {
    const { run, inTable } = theWorld();
    expect((await run('apply', '--to', 'ssm', '-f', aFile(nodeClassText()))).code).toBe(0);
    const { code, stderr } = await run('apply', '-f', aFile(nodeClassText({ role: 'other' })));
    expect(code).toBe(2);
    expect(stderr).toContain(
      'EC2NodeClass "a" is kept at ssm:/dovetail/prod/nodeclasses/a: apply it with --to ssm, or delete it there first',
    );
    expect(await inTable.list()).toEqual([]);
  });

  it('in SSM wake nobody themselves, because their event does', async () => {
    const { run, invoked, inSsm } = theWorld();
    await run('apply', '--to', 'ssm', '-f', aFile(nodeClassText()));
    expect(invoked).toEqual([]);
    expect(await inSsm.list()).toHaveLength(1);
  });

  it('keep the comments of a parameter that says the same', async () => {
    const { run, inSsm } = theWorld();
    const text = `# by hand\n${nodeClassText()}`;
    await inSsm.put({ kind: 'EC2NodeClass', name: 'a', text }, undefined);
    const { stdout } = await run('apply', '--to', 'ssm', '-f', aFile(nodeClassText()));
    expect(stdout).toContain('unchanged');
    expect((await inSsm.list())[0]?.text).toBe(text);
  });

  it('that become bad are shown with the line, and the last good version runs on', async () => {
    const { run, inSsm, publish, publication } = theWorld();
    await run('apply', '--to', 'ssm', '-f', aFile(aPoolText(), nodeClassText()));
    await publish();
    const before = (await inSsm.list()).find(({ kind }) => kind === 'NodePool');
    await inSsm.put({ kind: 'NodePool', name: 'general', text: `\n${aPoolText({ weight: 700 })}` }, before);

    const unseen = await run('get', 'nodepools');
    expect(unseen.stdout).toMatch(/general +a +0 +Unknown/);
    expect(unseen.stderr).toContain('has not looked at the newest edit yet: the last good version runs on');

    await publish();
    const { stdout, stderr } = await run('get', 'nodepools');
    expect(stdout).toMatch(/general +a +0 +False/);
    expect(stderr).toMatch(
      /ssm:\/dovetail\/prod\/nodepools\/general:2:\d+: .*\(spec.weight\); the last good version runs on/,
    );
    const pool = (await publication.list()).find(({ kind }) => kind === 'NodePool');
    expect(pool?.running?.document).toMatchObject({ name: 'general', weight: 0 });
  });

  it('that are deleted stop launching and keep their nodes', async () => {
    const { run, claims, inTable } = theWorld();
    await run('apply', '-f', aFile(aPoolText(), nodeClassText()));
    await claims.putIfAbsent(
      anInitializedClaim({ name: 'general-1', nodePool: { name: 'general', hash: 'h', hashVersion: 'v3' } }),
    );
    const deleted = await run('delete', 'nodepool', 'general');
    expect(deleted).toMatchObject({
      code: 0,
      stdout: 'nodepool.karpenter.sh "general" deleted\n',
      stderr: 'NodePool general: nothing is launched for it any more; its 1 node and their pods stay\n',
    });
    expect((await inTable.list()).map(({ kind }) => kind)).toEqual(['EC2NodeClass']);
    const { stdout, stderr } = await run('get', 'nodepools');
    expect(stdout).toMatch(/general +a +1 +False/);
    expect(stderr).toContain('the document is gone: nothing is launched for it any more, its nodes stay');
  });

  it('are deleted by the files they came from, also when these are wrong by now', async () => {
    const { run, inTable } = theWorld();
    await run('apply', '-f', aFile(aPoolText(), nodeClassText()));
    const { code, stderr } = await run('delete', '-f', aFile(nodeClassText({ role: 7 })));
    expect(code).toBe(0);
    expect(stderr).toContain('nothing is launched any more for NodePools that name it (general)');
    expect((await inTable.list()).map(({ kind }) => kind)).toEqual(['NodePool']);
  });

  it.each([
    ['delete', 'nodepool', 'genral'],
    ['get', 'nodepools', 'genral'],
  ])('of an unknown name are an error with the nearest: %s', async (...command) => {
    const { run } = theWorld();
    await run('apply', '-f', aFile(aPoolText(), nodeClassText()));
    expect(await run(...command)).toEqual({
      code: 2,
      stdout: '',
      stderr: 'nodepool.karpenter.sh/genral not found; did you mean "general"?\n',
    });
  });

  it('are objects of Karpenter in JSON and YAML, with conditions', async () => {
    const { run } = theWorld();
    await run('apply', '-f', aFile(aPoolText(), nodeClassText()));
    const list = JSON.parse((await run('get', 'nodepools', '-o', 'json')).stdout);
    expect(list).toMatchObject({
      kind: 'List',
      items: [{ ...JSON.parse(aPoolText()), status: { nodes: 0, resources: {} } }],
    });
    const { stdout } = await run('get', 'nodeclass', 'a', '-o', 'yaml');
    expect(parse(stdout)).toMatchObject({
      apiVersion: 'karpenter.k8s.aws/v1',
      metadata: { name: 'a' },
      spec: { role: 'node-role' },
      status: {
        conditions: [
          { type: 'ValidationSucceeded', status: 'True' },
          { type: 'Ready', status: 'True', lastTransitionTime: expect.stringMatching(/^\d{4}-.*\d\dZ$/) },
        ],
        subnets: [{ id: 'subnet-us-east-1a' }, {}, {}],
      },
    });
  });

  it('go from get to apply and say the same', async () => {
    const { run } = theWorld();
    await run('apply', '-f', aFile(aPoolText(), nodeClassText()));
    const { stdout } = await run('get', 'nodepools', '-o', 'yaml');
    expect((await run('apply', '-f', aFile(stdout))).stdout).toBe(
      'nodepool.karpenter.sh/general unchanged\n',
    );
  });
});

describe.skipIf(!hasDynamo)('NodeClaims of a deployed stack', () => {
  const theWorld = deployedWorlds();

  it('have the columns of Karpenter', async () => {
    const { run, claims } = theWorld();
    await claims.putIfAbsent(anInitializedClaim({ name: 'general-1' }));
    const narrow = await run('get', 'nodeclaims');
    expect(narrow.stdout).toMatch(
      /^NAME +TYPE +CAPACITY +ZONE +NODE +READY +AGE\ngeneral-1 +m7i.large +on-demand +us-east-1a/,
    );
    const wide = await run('get', 'nodeclaims', '-o', 'wide');
    expect(wide.stdout).toMatch(/AGE +IMAGEID +ID +NODEPOOL +NODECLASS +DRIFTED\n/);
  });

  it('are objects of Karpenter in JSON', async () => {
    const { run, claims } = theWorld();
    await claims.putIfAbsent(anInitializedClaim({ name: 'general-1' }));
    const claim = JSON.parse((await run('get', 'nodeclaim', 'general-1', '-o', 'json')).stdout);
    expect(claim).toMatchObject({
      kind: 'NodeClaim',
      metadata: { name: 'general-1', labels: { 'karpenter.sh/nodepool': 'pool' } },
      spec: { nodeClassRef: { name: 'default' }, expireAfter: 'Never' },
      status: { capacity: { cpu: '2', memory: '8Gi', pods: '29' }, imageID: 'ami-1' },
    });
    const conditions: readonly { readonly type: string; readonly status: string }[] = claim.status.conditions;
    expect(conditions.map(({ type, status }) => `${type} ${status}`)).toEqual([
      'Launched True',
      'Registered True',
      'Initialized True',
      'Ready True',
    ]);
  });

  it('are none on a new stack', async () => {
    expect(await theWorld().run('get', 'nodeclaims')).toEqual({
      code: 0,
      stdout: '',
      stderr: 'No resources found\n',
    });
  });
});

describe.skipIf(!hasDynamo)('a deployed stack that cannot be used', () => {
  const theWorld = deployedWorlds();

  it('and does not exist is named with its region and how to deploy it', async () => {
    const { run } = theWorld();
    const { code, stderr } = await run(
      'get',
      'nodepools',
      '--stack',
      'dovetail-prd',
      '--region',
      'eu-west-1',
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^StackNotFound: there is no stack dovetail-prd in region eu-west-1 .*npx cdk deploy -c cluster=prod/,
    );
  });

  it('and is of an earlier release says to deploy this one', async () => {
    const { stderr } = await theWorld().run('get', 'nodepools', '--stack', 'dovetail-old');
    expect(stderr).toMatch(/^StackIncomplete: .* no output Publisher: .*cdk deploy -c cluster=prod/);
  });

  it('because a right is missing names the action', async () => {
    const { run, stack } = theWorld();
    stack.refusals.set('cloudformation', 'AccessDenied');
    const { code, stderr } = await run('get', 'nodepools');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^AccessDenied: cannot cloudformation:DescribeStacks on stack dovetail-prod/);
  });

  it('is found by its table where CloudFormation may not be asked', async () => {
    const { run, stack, tableName } = theWorld();
    stack.refusals.set('cloudformation', 'AccessDenied');
    const applied = await run(
      'apply',
      '--table',
      tableName,
      '--publisher',
      PUBLISHER,
      '-f',
      aFile(nodeClassText()),
    );
    expect(applied.code).toBe(0);
    expect((await run('get', 'nodeclasses', '--table', tableName)).stdout).toMatch(
      /^NAME +READY +AGE\na +True/,
    );
  });

  it('keeps what was applied when the publisher could not be told, and says when it looks', async () => {
    const { run, stack, inTable } = theWorld();
    stack.refusals.set('lambda', 'AccessDeniedException');
    const { code, stderr, stdout } = await run('apply', '-f', aFile(nodeClassText()));
    expect(code).toBe(1);
    expect(stdout).toContain('created');
    expect(stderr).toMatch(
      /^PublisherNotTold: .*within the hour: AccessDenied: cannot lambda:InvokeFunction on arn:/,
    );
    expect(await inTable.list()).toHaveLength(1);
  });

  it('are named as apply prints them, one or several', async () => {
    const { run, inTable } = theWorld();
    await run('apply', '-f', aFile(aPoolText(), aPoolText({}, 'other'), nodeClassText()));
    const { stdout } = await run('get', 'nodepool.karpenter.sh/general', '-o', 'json');
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'NodePool', metadata: { name: 'general' } });
    const twice = ['nodepool/general', 'nodepool.karpenter.sh/general', 'ec2nodeclass/a'];
    expect((await run('delete', ...twice)).stdout).toBe(
      'nodepool.karpenter.sh "general" deleted\nec2nodeclass.karpenter.k8s.aws "a" deleted\n',
    );
    expect((await inTable.list()).map(({ name }) => name)).toEqual(['other']);
  });

  it('without credentials says so', async () => {
    const { run } = theWorld();
    vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined);
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    vi.stubEnv('AWS_CONFIG_FILE', '/nowhere');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nowhere');
    const { code, stderr } = await run('get', 'nodepools');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^CredentialsMissing: .*set a profile or a role/);
  });
});

describe('a command for a deployed stack', () => {
  it.each([
    [['get', 'nodepols', '--cluster', 'c'], /unknown resource "nodepols"; did you mean "nodepools"/],
    [['get', 'nodepools'], /required option '--cluster <name>'/],
    [
      ['get', 'nodepools', '--cluster', 'arn:aws:eks:x'],
      /'arn:aws:eks:x' is invalid. Want the name of an EKS/,
    ],
    [['get', 'nodepools', '--cluster', 'c', '--region', 'us-east'], /--region "us-east" is no AWS region/],
    [['get', 'nodepool/a', 'b', '--cluster', 'c'], /"b": want nothing but TYPE\/NAME/],
    [['get', 'nodepool/a', 'nodepool/b', '--cluster', 'c'], /get shows one by its name/],
    [['get', 'nodepool/', '--cluster', 'c'], /"nodepool\/": want nothing but TYPE\/NAME/],
    [['delete', 'pod/a', '--cluster', 'c'], /unknown resource "pod"/],
    [['delete', 'nodepool', '--cluster', 'c'], /nothing to delete: name it/],
    [['delete', '--cluster', 'c'], /nothing to delete: name it/],
    [['delete', 'nodeclaim', 'x', '--cluster', 'c'], /want one of nodepools, nodeclasses/],
    [['apply', '--cluster', 'c', '-f', 'no-such-file.yaml'], /no-such-file.yaml: cannot be read/],
  ])('that cannot be understood is said to be wrong before AWS is asked: %j', async (args, problem) => {
    const { code, stderr } = await dovetailHere(...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(problem);
  });
});
