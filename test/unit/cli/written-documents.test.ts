import { describe, expect, it } from 'vitest';
import { manifestOfText, writtenDocuments } from '../../../cli/deployed/written-documents.ts';
import { inlineFile, nodePoolText } from '../../support/documents.ts';

describe('a document that is kept', () => {
  it.each([
    'yes',
    'on',
    'Off',
    'n',
    'null',
    '~',
    '012',
    '0x1F',
    '1e3',
    '1:30',
    '2026-01-01',
    ' a ',
    '<<',
    '#',
    'a: b',
    '',
  ])('says what was written, whatever a text looks like: %j', (value) => {
    const metadata = { annotations: { note: value } };
    const { documents } = writtenDocuments([inlineFile(nodePoolText({}, {}, metadata))]);
    expect(documents).toHaveLength(1);
    expect(manifestOfText(documents[0]?.text ?? '')).toEqual(documents[0]?.manifest);
    expect(documents[0]?.manifest).toMatchObject({ metadata });
  });

  it('leaves out the copy that kubectl keeps of it', () => {
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{}' };
    const { documents } = writtenDocuments([inlineFile(nodePoolText({}, {}, { annotations }))]);
    expect(documents[0]?.manifest['metadata']).toEqual({ name: 'a' });
  });

  it('says nothing when it holds two documents or none', () => {
    expect(manifestOfText(`${nodePoolText()}\n---\n${nodePoolText()}`)).toBeUndefined();
    expect(manifestOfText('{')).toBeUndefined();
  });
});
