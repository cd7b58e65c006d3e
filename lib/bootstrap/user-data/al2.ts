/**
 * Amazon Linux 2: the image's own `bootstrap.sh` joins the node; cloud-init runs the user's parts before it.
 * https://github.com/awslabs/amazon-eks-ami/blob/main/doc/usage/al2.md
 */
import type { Join } from '../join.ts';
import { dnsAddress, kubeletFlags } from '../kubelet-flags.ts';
import { isMime, type MimePart, parseMime, renderMime } from './mime.ts';
import { SCRIPT_HEADER } from './script-part.ts';

/** Errors: `UserDataInvalid` with the line, `KubeletFieldUnsupported`; retry never. */
export function al2UserData(join: Join): string {
  return renderMime([...ownParts(join), { headers: [SCRIPT_HEADER], content: bootstrapScript(join) }]);
}

function ownParts(join: Join): MimePart[] {
  if (join.userData.trim() === '') return [];
  if (isMime(join.userData)) return parseMime(join);
  return [{ headers: [SCRIPT_HEADER], content: join.userData.replace(/\r\n?/g, '\n'), line: 1 }];
}

/** The script takes its arguments with a space, and computes its own limit of pods unless it is told not to. */
function bootstrapScript(join: Join): string {
  const { cluster, raid0 } = join;
  const call = [
    `/etc/eks/bootstrap.sh ${quoted(cluster.name)}`,
    `--apiserver-endpoint ${quoted(cluster.endpoint)}`,
    `--b64-cluster-ca ${quoted(cluster.caBase64)}`,
    ...(cluster.ipFamily === 'ipv6' ? ['--ip-family ipv6'] : []),
    `--dns-cluster-ip ${quoted(dnsAddress(join))}`,
    '--use-max-pods false',
    ...(raid0 ? ['--local-disks raid0'] : []),
    `--kubelet-extra-args ${quoted(kubeletFlags(join).join(' '))}`,
  ];
  return `#!/bin/bash\nset -o errexit -o xtrace\n${call.join(' \\\n  ')}\n`;
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
