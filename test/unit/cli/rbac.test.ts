import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { RBAC_MANIFESTS } from '../../../lib/rbac/manifests.ts';
import { dovetail } from '../../support/cli.ts';

describe('rbac', () => {
  it('prints every object as a YAML document of its own', async () => {
    const { code, stdout, stderr } = await dovetail(['rbac']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(parseAllDocuments(stdout).map((document) => document.toJS())).toEqual(RBAC_MANIFESTS);
  });
});
