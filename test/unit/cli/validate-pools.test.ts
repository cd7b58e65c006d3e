import { describe, expect, it } from 'vitest';
import { dovetail } from '../../support/cli.ts';
import { joined, nodeClassDocument, nodePoolDocument } from '../../support/document-texts.ts';
import { fixtureFile } from '../../support/documents.ts';

const inValues = (key: string, ...values: string[]) => ({ key, operator: 'In', values });
const validate = (...requirements: readonly object[]) =>
  dovetail(['validate', '-f', '-'], {
    input: joined(nodePoolDocument({ requirements }), nodeClassDocument()),
  });

describe('validate, of a NodePool without instance types', () => {
  it('says how many types each requirement leaves, and points at the one that leaves none', async () => {
    const { code, stderr } = await validate(
      inValues('kubernetes.io/os', 'linux'),
      inValues('kubernetes.io/arch', 'arm64'),
      inValues('karpenter.k8s.aws/instance-family', 'm7i', 'c7i'),
      inValues('karpenter.sh/capacity-type', 'spot'),
    );
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^<stdin>:1:\d+: NodePool "general" selects no instance type in us-east-1, us-west-2, eu-west-1: of \d+ types, kubernetes\.io\/arch In \[arm64\] leaves \d+, karpenter\.k8s\.aws\/instance-family In \[m7i, c7i\] leaves none \(spec\.template\.spec\.requirements\[2\]\)$/m,
    );
    const [all, left] = [/of (\d+) types/, /leaves (\d+),/].map((count) => Number(count.exec(stderr)?.[1]));
    expect(left).toBeGreaterThan(100);
    expect(all).toBeGreaterThan(left ?? 0);
  });

  it('counts burstable types once they are named', async () => {
    const { stderr } = await validate(
      inValues('karpenter.k8s.aws/instance-family', 't3'),
      inValues('karpenter.k8s.aws/instance-cpu', '2'),
      { key: 'karpenter.k8s.aws/instance-memory', operator: 'Gt', values: ['65536'] },
    );
    expect(stderr).toMatch(
      /instance-family In \[t3\] leaves 7, karpenter\.k8s\.aws\/instance-cpu In \[2\] leaves 5, karpenter\.k8s\.aws\/instance-memory Gt \[65536\] leaves none/,
    );
  });

  it('points at a template label too', async () => {
    const pool = JSON.parse(nodePoolDocument({ requirements: [] }));
    pool.spec.template.metadata = { labels: { 'node.kubernetes.io/instance-type': 'm7i.enormous' } };
    const input = joined(`${JSON.stringify(pool)}\n`, nodeClassDocument());
    const { code, stderr } = await dovetail(['validate', '-f', '-'], { input });
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /of \d+ types, label node\.kubernetes\.io\/instance-type: m7i\.enormous leaves none \(spec\.template\.metadata\.labels\[/,
    );
  });
});

describe('validate, of a requirement that no instance type meets', () => {
  it.each([
    [inValues('kubernetes.io/arch', 'x86_64'), 'arch In [x86_64] leaves none; they have amd64, arm64'],
    [
      inValues('node.kubernetes.io/instance-type', 'm7i.lagre'),
      'instance-type In [m7i.lagre] leaves none; did you mean "m7i.large"?',
    ],
    [
      { key: 'karpenter.k8s.aws/instance-generation', operator: 'Gt', values: ['99'] },
      'instance-generation Gt [99] leaves none; they have 1 to ',
    ],
  ])('says what there is instead: %j', async (requirement, message) => {
    const { code, stderr } = await validate(requirement);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe('validate, of limits', () => {
  it('notes those of resources that no instance type has', async () => {
    const pool = JSON.parse(nodePoolDocument({}));
    pool.spec.limits = { cpus: 100, nodes: 3, memory: '1Ti', 'nvidia.com/gpu': 1 };
    const input = joined(`${JSON.stringify(pool)}\n`, nodeClassDocument());
    const { code, stderr } = await dovetail(['validate', '-f', '-'], { input });
    expect(code).toBe(0);
    expect(stderr.match(/limit of .*/g)).toEqual([
      'limit of "cpus" never binds: no instance type has any; did you mean "cpu"? (spec.limits.cpus)',
    ]);
  });
});

describe('validate, of minValues that no set of types reaches', () => {
  it('is a note: the pool is valid and launches nothing', async () => {
    const { code, stderr } = await validate({
      ...inValues('karpenter.k8s.aws/instance-family', 'm7i', 'c7i', 'x0'),
      minValues: 3,
    });
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^<stdin>:1:\d+: note: NodePool "general" can launch nothing in us-east-1, us-west-2, eu-west-1: its types have 2 values of karpenter\.k8s\.aws\/instance-family, its minValues asks for 3; lower it or loosen the requirements \(spec\.template\.spec\.requirements\[0\]\.minValues\)$/m,
    );
  });

  it("finds the one in Karpenter's documentation, which asks for families on Xen and Nitro at once", async () => {
    const reference = new TextDecoder().decode(fixtureFile('nodepools/reference.yaml').bytes);
    const { code, stderr } = await dovetail(['validate', '-f', '-'], {
      input: joined(`${reference}\n`, nodeClassDocument()),
    });
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /its types have 4 values of karpenter\.k8s\.aws\/instance-family, its minValues asks for 5/,
    );
  });

  it('says nothing where there are enough', async () => {
    const { code, stderr } = await validate({
      ...inValues('karpenter.k8s.aws/instance-family', 'm7i', 'c7i'),
      minValues: 2,
    });
    expect([code, stderr]).toEqual([0, '']);
  });
});
