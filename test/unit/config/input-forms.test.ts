import { describe, expect, it } from 'vitest';
import { parseSource } from '../../../lib/config/located.ts';
import { deploymentText, inlineFile, load, loadText, nodeClassText } from '../../support/documents.ts';

const named = (name: string): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers: [{}] } });
const names = (text: string): readonly string[] => loadText(text).documents.pods.map(({ name }) => name);

describe('a stream of JSON objects', () => {
  it.each([
    ['one per line', `${named('a')}\n${named('b')}\n`],
    ['pretty-printed', `${JSON.stringify(JSON.parse(named('a')), undefined, 2)}\n${named('b')}`],
    ['without anything between', `${named('a')}${named('b')}`],
    ['after a byte order mark', `\uFEFF${named('a')}\r\n${named('b')}`],
    ['with brackets in texts', `${named('a').replace('{}', '{"args":["}{\\"}"]}')}\n${named('b')}`],
  ])('is read, %s', (_, text) => {
    expect(loadText(text).errors).toEqual([]);
    expect(names(text)).toEqual(['a', 'b']);
  });

  it('shows what is wrong at its line and column', () => {
    expect(loadText(`${named('a')}\n\n  ${named('B')}`).errors).toEqual([
      expect.stringMatching(/^in\.yaml:3:54: invalid name "B"/),
    ]);
  });

  it.each([
    ['documents apart', `${named('a')}\n---\n${named('b')}`],
    [
      'flow mappings of YAML',
      "{apiVersion: v1, kind: Pod, metadata: {name: a, labels: {x: '}'}}, spec: {containers: [{}]}}",
    ],
    ['an object with a comment behind it', `${named('a')} # {`],
  ])('is not seen in %s', (_, text) => {
    expect(loadText(text).errors.filter((error) => !error.includes('label value'))).toEqual([]);
    expect(names(text)[0]).toBe('a');
  });

  it('leaves an object without an end to the YAML parser', () => {
    expect(loadText(`${named('a')}\n{"kind":`).errors).toContainEqual(
      expect.stringMatching(/^in\.yaml:2:1: malformed/),
    );
  });
});

describe('words that kubectl reads as true or false', () => {
  it('are true and false', () => {
    const text = nodeClassText().replace(
      '"role"',
      '"detailedMonitoring": Yes, "associatePublicIPAddress": off, "role"',
    );
    const { documents, errors } = loadText(text);
    expect(errors).toEqual([]);
    expect(documents.nodeClasses[0]?.spec).toMatchObject({
      detailedMonitoring: true,
      associatePublicIPAddress: false,
    });
  });

  it('need quotes where a text is wanted, and are shown as written', () => {
    const selector = (value: string) =>
      loadText(deploymentText({ nodeSelector: { a: 'X' } }).replace('"X"', value));
    expect(selector('No').errors).toEqual([
      expect.stringMatching(
        /: want a text, found No: write "No" in quotes \(spec\.template\.spec\.nodeSelector\.a\)$/,
      ),
    ]);
    expect(selector('"No"').errors).toEqual([]);
  });

  it('are told from true and false in quotes, which are texts', () => {
    expect(loadText(nodeClassText({ detailedMonitoring: 'true' })).errors).toEqual([
      expect.stringMatching(
        /: want true or false, found "true": remove the quotes \(spec\.detailedMonitoring\)$/,
      ),
    ]);
  });
});

describe('a file that is no document', () => {
  it('is called UTF-16 when it is', () => {
    const bytes = new Uint8Array(Buffer.from(`\uFEFF${named('a')}`, 'utf16le'));
    expect(load([{ name: 'w.yaml', bytes }]).errors).toEqual([
      'w.yaml:1:1: the file is UTF-16 text, as PowerShell writes it: save it as UTF-8',
    ]);
  });

  it('is a List whose items are no list', () => {
    expect(loadText('{apiVersion: v1, kind: List, items: {a: b}}').errors).toEqual([
      'in.yaml:1:37: want a list, found {"a":"b"} (items)',
    ]);
  });

  it('is asked whether a field is the misspelt one', () => {
    const { findings } = parseSource(inlineFile('apiversion: v1\nKind: Pod\n'));
    expect(findings.map(({ message }) => message)).toEqual([
      'missing field "apiVersion": is "apiversion" meant to be it?',
      'missing field "kind": is "Kind" meant to be it?',
    ]);
  });
});
