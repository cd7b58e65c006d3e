/**
 * Amazon Linux 2023: nodeadm merges the NodeConfig documents of a multi-part archive in their order, so the user's own come
 * first and ours, last, decides. Scripts among them run before nodeadm starts the kubelet.
 * https://awslabs.github.io/amazon-eks-ami/nodeadm/doc/api/, https://awslabs.github.io/amazon-eks-ami/nodeadm/doc/examples/
 */
import { LineCounter, parseDocument, stringify } from 'yaml';
import { type Fields, isFields } from '../fields.ts';
import type { Join } from '../join.ts';
import { labelsFlag, taintsFlag } from '../node-registration.ts';
import { isMime, type MimePart, mediaType, parseMime, renderMime } from './mime.ts';
import { SCRIPT_HEADER } from './script-part.ts';
import { userDataError } from './user-data-error.ts';

const NODE_CONFIG = 'application/node.eks.aws';
const NODE_CONFIG_HEADER = `Content-Type: ${NODE_CONFIG}`;

/** Errors: `UserDataInvalid` with the line, retry never. */
export function al2023UserData(join: Join): string {
  return renderMime([...ownParts(join), { headers: [NODE_CONFIG_HEADER], content: nodeConfig(join) }]);
}

function ownParts(join: Join): MimePart[] {
  if (join.userData.trim() === '') return [];
  if (!isMime(join.userData)) return [singlePart(join)];
  const parts = parseMime(join);
  for (const part of parts) if (mediaType(part) === NODE_CONFIG) checkNodeConfig(join, part);
  return parts;
}

/**
 * User data that is no archive: a cloud-config by its first line, a NodeConfig by its `apiVersion` or `kind`, and a script
 * otherwise, as every text was before nodeadm.
 */
function singlePart(join: Join): MimePart {
  const content = join.userData.replace(/\r\n?/g, '\n');
  const part = (header: string): MimePart => ({ headers: [header], content, line: 1 });
  if (content.startsWith('#cloud-config')) return part('Content-Type: text/cloud-config');
  if (content.startsWith('#!') || !/^["']?(apiVersion|kind)["']?\s*:/m.test(content)) {
    return part(SCRIPT_HEADER);
  }
  checkNodeConfig(join, part(NODE_CONFIG_HEADER));
  return part(NODE_CONFIG_HEADER);
}

/** A NodeConfig that nodeadm cannot read keeps the node from joining, and shows on its console only. */
function checkNodeConfig(join: Join, { content, line }: MimePart): void {
  const lineCounter = new LineCounter();
  const document = parseDocument(content, { lineCounter, prettyErrors: false });
  const lineAt = (offset: number): number => line - 1 + lineCounter.linePos(offset).line;
  const [error] = document.errors;
  if (error !== undefined) throw userDataError(join, `invalid YAML: ${error.message}`, lineAt(error.pos[0]));
  const value: unknown = document.toJS();
  if (!isFields(value)) throw userDataError(join, 'want a NodeConfig document', line);
  const { apiVersion, kind } = value;
  if (kind === 'NodeConfig' && String(apiVersion).startsWith('node.eks.aws/')) return;
  const found = `found ${JSON.stringify(apiVersion ?? null)} and ${JSON.stringify(kind ?? null)}`;
  throw userDataError(join, `want apiVersion node.eks.aws/v1alpha1 and kind NodeConfig, ${found}`, line);
}

function nodeConfig({ cluster, kubelet, labels, taints, raid0 }: Join): string {
  const config: Fields = {
    apiVersion: 'node.eks.aws/v1alpha1',
    kind: 'NodeConfig',
    spec: {
      cluster: {
        name: cluster.name,
        apiServerEndpoint: cluster.endpoint,
        certificateAuthority: cluster.caBase64,
        cidr: cluster.serviceCidr,
      },
      ...(raid0 ? { instance: { localStorage: { strategy: 'RAID0' } } } : {}),
      kubelet: {
        config: kubelet,
        flags: [`--node-labels=${labelsFlag(labels)}`, `--register-with-taints=${taintsFlag(taints)}`],
      },
    },
  };
  // Go's reader follows YAML 1.1, in which a plain `off` is false.
  return stringify(config, { version: '1.1', lineWidth: 0 });
}
