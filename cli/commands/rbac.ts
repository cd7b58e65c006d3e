// `dovetail rbac`: what the functions may do in the cluster, for those who apply it themselves.
import { stringify } from 'yaml';
import { RBAC_MANIFESTS } from '../../lib/rbac/manifests.ts';
import { EXIT } from '../exit-code.ts';
import { writeOut } from '../output.ts';

/** One YAML document per object, as `kubectl apply -f -` takes them. */
export async function rbacCommand(): Promise<number> {
  await writeOut(
    RBAC_MANIFESTS.map((manifest) => stringify(manifest, { aliasDuplicateObjects: false })).join('---\n'),
  );
  return EXIT.good;
}
