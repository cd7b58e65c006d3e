// Whether the cluster has what `dovetail rbac` prints. Rights of a group cannot be asked for without being in it, so the
// objects that give them are compared.
import { type KubeObject, pathOf } from '../../rbac/kube-object.ts';
import { RBAC_MANIFESTS } from '../../rbac/manifests.ts';
import { type Check, failed, ok, skipped, warning } from '../check.ts';
import type { Facts } from '../facts.ts';
import { differences } from '../manifest-differences.ts';
import { checked, type Reading, unasked } from '../reading.ts';

const APPLY = 'run: npx dovetail rbac | kubectl apply -f -, or deploy with --revert-drift';

export function rbacChecks({ objects }: Facts): readonly Check[] {
  const readings = RBAC_MANIFESTS.map(
    (manifest) => [manifest, objects.get(pathOf(manifest)) ?? unasked('was not asked for')] as const,
  );
  const [first] = readings;
  if (first?.[1].kind === 'unasked') return [skipped('RBAC', first[1].why)];
  return readings.flatMap(([manifest, reading]) => objectChecks(manifest, reading));
}

function objectChecks(manifest: KubeObject, reading: Reading<unknown>): readonly Check[] {
  const title = `${manifest.kind} ${manifest.metadata.name}`;
  // Whoever runs the doctor need not be an administrator.
  if (reading.kind === 'error' && reading.code === 'Forbidden') {
    return [warning(title, reading.code, `you may not look: ${reading.message}`)];
  }
  return checked(title, reading, (found) => {
    if (found === undefined) return [failed(title, codeOf(manifest), `is not in the cluster: ${APPLY}`)];
    const { kind: _kind, apiVersion: _version, metadata: _metadata, ...said } = manifest;
    const wrong = differences(said, found);
    return wrong.length === 0
      ? [ok(title, 'as it must be')]
      : [failed(title, codeOf(manifest), `${wrong.join('; ')}: ${APPLY}`)];
  });
}

function codeOf({ kind }: KubeObject): string {
  if (kind.startsWith('ValidatingAdmissionPolicy')) return 'PodFenceUnfit';
  return kind === 'FlowSchema' ? 'FlowSchemaUnfit' : 'RbacIncomplete';
}
