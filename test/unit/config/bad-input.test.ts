import { describe, expect, it } from 'vitest';
import { MAX_NESTING } from '../../../lib/config/nesting.ts';
import { MAX_SOURCE_BYTES, MAX_SOURCE_ENTRIES } from '../../../lib/config/source.ts';
import { deploymentText, fixtureFile, inlineFile, load, loadText } from '../../support/documents.ts';

describe('several problems in one file', () => {
  it('are all reported at once, each at its place with the wrong value and what to change', () => {
    expect(load([fixtureFile('bad.yaml')]).errors).toEqual([
      'bad.yaml:6:3: unknown field "weigth"; did you mean "weight"? (spec.weigth)',
      'bad.yaml:10:9: label "karpenter.sh/nodepool" is set on each node and cannot be chosen: remove it (spec.template.metadata.labels["karpenter.sh/nodepool"])',
      'bad.yaml:12:75: missing EC2NodeClass "absent": add an EC2NodeClass of that name (spec.template.spec.nodeClassRef.name)',
      'bad.yaml:13:20: invalid duration "30d": want whole hours, minutes and seconds such as 720h, 1h30m or 30s, or Never (spec.template.spec.expireAfter)',
      'bad.yaml:16:21: unknown value "Inn": want one of In, NotIn, Exists, DoesNotExist, Gt, Lt, Gte, Lte; did you mean "In"? (spec.template.spec.requirements[0].operator)',
      'bad.yaml:20:20: want a text, found 4: write "4" in quotes (spec.template.spec.requirements[1].values[0])',
      'bad.yaml:22:13: invalid quantity "10GB": did you mean "10G" (powers of 1000) or "10Gi" (powers of 1024)? (spec.limits.memory)',
      'bad.yaml:26:19: "schedule" needs a "duration" beside it: say for how long each time holds, or remove it (spec.disruption.budgets[0].schedule)',
      'bad.yaml:26:19: invalid schedule "0 0 L * *": day of month "L" is not *, a number from 1 to 31, a range or a step of these (spec.disruption.budgets[0].schedule)',
      'bad.yaml:33:13: want a number, found "3": remove the quotes (spec.replicas)',
      expect.stringMatching(/^bad\.yaml:39:20: invalid quantity "1x": want a number such as/),
      'bad.yaml:40:23: invalid quantity "-1Gi": must not be negative (spec.template.spec.containers[0].resources.requests.memory)',
      'bad.yaml:45:9: duplicate Deployment "default/web", also at bad.yaml:31:9: rename or remove one (metadata.name)',
      'bad.yaml:49:19: [] is too small: want at least 1 entry (spec.template.spec.containers)',
    ]);
  });

  it('are reported over all files, in the order of the files', () => {
    const { errors } = load([
      inlineFile('kind: Pod', 'b.yaml'),
      inlineFile(deploymentText({ priority: 'x' }), 'a.yaml'),
    ]);
    expect(errors).toEqual([
      'b.yaml:1:1: missing field "apiVersion" (apiVersion)',
      expect.stringMatching(/^a\.yaml:1:\d+: want a number, found "x" \(spec\.template\.spec\.priority\)$/),
    ]);
  });

  it('name both places of a duplicate in two files', () => {
    const files = ['one.yaml', 'two.yaml'].map((name) => inlineFile(deploymentText({}), name));
    expect(load(files).errors).toEqual([
      'two.yaml:1:64: duplicate Deployment "default/web", also at one.yaml:1:64: rename or remove one (metadata.name)',
    ]);
  });
});

describe('input that is no YAML', () => {
  it.each([
    ['an empty file', '', '1:1: the file is empty: want at least one document'],
    ['only comments', '# nothing\n---\n', '1:1: the file holds no document: want at least one'],
    ['plain text', 'just words', '1:1: want a Kubernetes object with apiVersion and kind'],
    ['a NUL byte', 'apiVersion: v1\nki\0nd', '2:3: the file is binary (a NUL byte): want YAML or JSON text'],
    ['a tab', 'a: b\n\tc: d', '2:1: malformed YAML: Tabs are not allowed as indentation'],
    ['a duplicate key', 'a: 1\nb:\n  c: 1\n  c: 2', '4:3: duplicate key "c": keep one of them'],
    ['broken JSON', '{"a": 1,\n "b": 2,,}', '2:9: malformed YAML: Unexpected , in flow map'],
    ['an unknown alias', 'a: 1\nb: *x', '2:4: unknown YAML alias "*x": put its anchor "&x" before it'],
  ])('shows where %s is wrong', (_, text, message) => {
    expect(loadText(text).errors).toContain(`in.yaml:${message}`);
  });

  it('shows the place of a byte that is not UTF-8', () => {
    const bytes = Uint8Array.from([...new TextEncoder().encode('a: b\nc: '), 0xff]);
    expect(load([{ name: 'x.yaml', bytes }]).errors).toEqual([
      'x.yaml:2:4: the file is not UTF-8 text: save it as UTF-8',
    ]);
  });

  it('refuses a 50 MB file without parsing it', () => {
    const bytes = new Uint8Array(50_000_000).fill(97);
    expect(load([{ name: 'big.yaml', bytes }]).errors).toEqual([
      'big.yaml:1:1: the file has 48 MiB, more than the limit of 20 MiB: split it',
    ]);
    expect(bytes.length).toBeGreaterThan(MAX_SOURCE_BYTES);
  });

  it('refuses more entries than memory would hold, however few bytes they take', () => {
    expect(loadText('['.repeat(MAX_SOURCE_ENTRIES + 1)).errors).toEqual([
      `in.yaml:1:1: the file has more than ${MAX_SOURCE_ENTRIES} lines, commas and opening brackets: split it`,
    ]);
  });

  it('refuses aliases that would multiply', () => {
    const list = (name: string) => `[${Array(10).fill(name).join(', ')}]`;
    const text = `a: &a ${list('x')}\nb: &b ${list('*a')}\nc: &c ${list('*b')}\nd: ${list('*c')}\n`;
    expect(loadText(text).errors).toEqual([
      'in.yaml:2:8: too many YAML aliases (limit 100): write the values out',
    ]);
  });

  it.each([
    ['brackets', '['.repeat(100_000), '1:201'],
    ['braces, spread over indented lines', `a:\n${' {x:\n'.repeat(5_000)}`, '202:2'],
    ['dashes', '- '.repeat(100_000), '1:401'],
    [
      'indentation',
      Array.from({ length: 3_000 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join(''),
      '402:401',
    ],
  ])('refuses nesting without end: %s', (_, text, position) => {
    expect(loadText(text).errors).toEqual([
      `in.yaml:${position}: nested more than ${MAX_NESTING} levels deep: take the document apart`,
    ]);
  });

  it('reads nesting up to the limit, and brackets in text', () => {
    const deep = `${'['.repeat(MAX_NESTING)}${']'.repeat(MAX_NESTING)}`;
    const script = `run: |\n${'  if [ -n "$x" ; then echo "{"\n'.repeat(90)}`;
    const { errors } = loadText(
      `{apiVersion: v1, kind: ConfigMap, data: {a: ${deep.slice(2, -2)}}}\n---\n${script}`,
    );
    expect(errors).not.toContainEqual(expect.stringContaining('nested'));
    const indented = Array.from({ length: 390 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join('');
    expect(loadText(indented).errors).toContain('in.yaml:1:1: missing field "kind" (kind)');
  });

  it('still reads the documents beside a broken one', () => {
    const { errors, documents } = loadText(`${deploymentText({})}\n---\na: [\n---\n{}`);
    expect(documents.workloads.map(({ name }) => name)).toEqual(['web']);
    expect(errors).toContain('in.yaml:5:1: missing field "kind" (kind)');
  });
});

describe('kinds that planning does not read', () => {
  it('are counted in one note per kind', () => {
    const service = (name: string) => `{apiVersion: v1, kind: Service, metadata: {name: ${name}}}`;
    const { errors, notes } = loadText(
      `${service('a')}\n---\n${service('b')}\n---\n{apiVersion: policy/v1, kind: PodDisruptionBudget}\n`,
    );
    expect(errors).toEqual([]);
    expect(notes).toEqual([
      'in.yaml:1:24: 2 documents of kind Service (v1) are not used by planning (kind)',
      'in.yaml:5:31: 1 document of kind PodDisruptionBudget (policy/v1) is not used by planning (kind)',
    ]);
  });

  it.each([
    ['x.io/v1', 'Deployment', '(x.io/v1) is not used by planning, only Deployment of API group apps is'],
    ['x.io/v1', 'Pod', '(x.io/v1) is not used by planning, only Pod of the core API (v1) is'],
  ])('say what a %s %s may have been meant to be', (apiVersion, kind, message) => {
    const { notes } = loadText(`{kind: ${kind}, apiVersion: ${apiVersion}, metadata: {name: a}}`);
    expect(notes).toEqual([`in.yaml:1:8: 1 document of kind ${kind} ${message} (kind)`]);
  });
});
