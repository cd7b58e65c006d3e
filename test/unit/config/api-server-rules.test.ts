import { describe, expect, it } from 'vitest';
import { deploymentText, loadText } from '../../support/documents.ts';

const SELECTING = ['Deployment', 'StatefulSet', 'ReplicaSet', 'DaemonSet'];

const workloadText = (wish: {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly selector?: object;
  readonly labels?: Readonly<Record<string, string>>;
}): string =>
  JSON.stringify({
    apiVersion: wish.apiVersion ?? 'apps/v1',
    kind: wish.kind ?? 'Deployment',
    metadata: { name: 'w' },
    spec: {
      ...(wish.selector === undefined ? {} : { selector: wish.selector }),
      template: {
        ...(wish.labels === undefined ? {} : { metadata: { labels: wish.labels } }),
        spec: { containers: [{}] },
      },
    },
  });

describe('the selector of a workload', () => {
  it.each(SELECTING)('of kind %s must pick the pods of its template', (kind) => {
    const selector = { matchLabels: { app: 'web', tier: 'front' } };
    expect(loadText(workloadText({ kind, selector, labels: { app: 'wbe' } })).errors).toEqual([
      expect.stringContaining(
        ': the selector wants label "app" to be "web", the template has "wbe": make them equal (spec.selector.matchLabels.app)',
      ),
      expect.stringContaining(
        ': the selector wants label "tier" to be "front", the template does not have it: make them equal (spec.selector.matchLabels.tier)',
      ),
    ]);
  });

  it('must pick them when the template has no labels at all', () => {
    expect(loadText(workloadText({ selector: { matchLabels: { app: 'web' } } })).errors).toHaveLength(1);
  });

  it('must pick them with its expressions too', () => {
    const matchExpressions = [
      { key: 'app', operator: 'In', values: ['web', 'api'] },
      { key: 'tier', operator: 'Exists' },
    ];
    expect(
      loadText(workloadText({ selector: { matchExpressions }, labels: { app: 'db', tier: 'x' } })).errors,
    ).toEqual([
      expect.stringContaining(
        ': the selector wants label "app" In web, api, the template has "db": change one of them (spec.selector.matchExpressions[0])',
      ),
    ]);
  });

  it.each([
    { matchLabels: { app: 'web' } },
    { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['api'] }] },
    undefined,
  ])('that picks them is good: %j', (selector) => {
    const wish = { labels: { app: 'web', tier: 'front' }, ...(selector === undefined ? {} : { selector }) };
    expect(loadText(workloadText(wish)).errors).toEqual([]);
  });
});

describe('a request above its limit', () => {
  const resources = { requests: { cpu: 2, memory: '1Gi' }, limits: { cpu: '1500m', memory: '1024Mi' } };
  const message =
    'the request of 2 is larger than the limit of 1500m: lower the request or raise the limit (spec.template.spec';

  it.each([
    [{ containers: [{ resources }] }, '.containers[0].resources.requests.cpu)'],
    [{ initContainers: [{ resources }] }, '.initContainers[0].resources.requests.cpu)'],
    [{ resources }, '.resources.requests.cpu)'],
  ])('is refused: %j', (podSpec, path) => {
    expect(loadText(deploymentText(podSpec)).errors).toEqual([expect.stringContaining(`${message}${path}`)]);
  });

  it('has no place where limit and request are of different resources', () => {
    const apart = { requests: { cpu: 2 }, limits: { memory: '1Gi' } };
    expect(loadText(deploymentText({ containers: [{ resources: apart }] })).errors).toEqual([]);
  });
});

describe('API versions that Kubernetes has removed', () => {
  it.each(
    ['apps/v1beta1', 'apps/v1beta2', 'extensions/v1beta1'].flatMap((old) =>
      SELECTING.map((kind) => [old, kind]),
    ),
  )('%s %s is an error that names its successor', (apiVersion, kind) => {
    const { errors, notes } = loadText(workloadText({ apiVersion: String(apiVersion), kind: String(kind) }));
    expect(errors).toEqual([
      `in.yaml:1:15: ${apiVersion} has no ${kind} since Kubernetes 1.16: use apps/v1 (apiVersion)`,
    ]);
    expect(notes).toEqual([]);
  });

  it('do not hide what else is wrong', () => {
    const text = workloadText({
      apiVersion: 'extensions/v1beta1',
      selector: { matchLabels: { app: 'web' } },
    });
    expect(loadText(text).errors).toHaveLength(2);
  });

  it('leave other kinds of their groups to be ignored', () => {
    const { errors, notes } = loadText(
      '{apiVersion: extensions/v1beta1, kind: Ingress, metadata: {name: i}}',
    );
    expect(errors).toEqual([]);
    expect(notes).toHaveLength(1);
  });
});

describe('numbers too large to be held', () => {
  const pod = (spec: string): string => `apiVersion: v1
kind: Pod
metadata: { name: p, annotations: { serial: 9007199254740993 } }
spec:
  ${spec}
  containers: [{ resources: { requests: { cpu: 1e400, memory: 9007199254740993 } } }]`;

  it('show as they are written', () => {
    expect(loadText(pod('priority: 9007199254740993')).errors).toEqual([
      'in.yaml:3:45: want a text, found 9007199254740993: write "9007199254740993" in quotes (metadata.annotations.serial)',
      'in.yaml:5:13: 9007199254740993 is too large: want at most 9007199254740991 (spec.priority)',
      expect.stringContaining('in.yaml:6:48: invalid quantity "1e400": want'),
      'in.yaml:6:63: invalid quantity "9007199254740993": larger than 2^53, which no node has: use a smaller amount (spec.containers[0].resources.requests.memory)',
    ]);
  });

  it.each([
    ['terminationGracePeriodSeconds: 1e400', 'want a number below 2^53, found 1e400'],
    ['terminationGracePeriodSeconds: .inf', 'want a number below 2^53, found .inf'],
    ['terminationGracePeriodSeconds: 123456789012345678901234', '123456789012345678901234 is too large'],
    ['hostNetwork: 1e400', 'want true or false, found 1e400'],
    ['priority: &big 1e400', 'want a number below 2^53, found 1e400'],
    ['nodeName: 1e400', 'want a text, found 1e400: write "1e400" in quotes'],
  ])('show as they are written: %s', (line, message) => {
    expect(loadText(pod(line)).errors).toContainEqual(expect.stringContaining(`: ${message}`));
  });

  it('show so through an alias', () => {
    const text = pod('priority: &big 1e400\n  terminationGracePeriodSeconds: *big');
    expect(loadText(text).errors.filter((error) => error.includes('found 1e400'))).toHaveLength(2);
  });

  it('show so in place of an apiVersion', () => {
    expect(loadText('{apiVersion: 1e400, kind: Pod}').errors).toEqual([
      'in.yaml:1:14: want a text, found 1e400 (apiVersion)',
    ]);
  });
});
