/**
 * Windows: the image's own PowerShell script joins the node, after the user's own lines.
 * https://docs.aws.amazon.com/eks/latest/userguide/eks-optimized-windows-ami.html#bootstrap-script-configuration-parameters
 */
import type { Join } from '../join.ts';
import { dnsAddress, kubeletFlags } from '../kubelet-flags.ts';
import { userDataError } from './user-data-error.ts';

/** Errors: `UserDataInvalid` with the line, `KubeletFieldUnsupported`; retry never. */
export function windowsUserData(join: Join): string {
  const { cluster, userData } = join;
  const tagged = userData.split('\n').findIndex((line) => /<\/?(powershell|script)>/i.test(line));
  if (tagged >= 0) {
    throw userDataError(join, 'write the lines alone: they are put between <powershell> tags', tagged + 1);
  }
  const call = [
    '& "$env:ProgramFiles\\Amazon\\EKS\\Start-EKSBootstrap.ps1"',
    `-EKSClusterName ${quoted(cluster.name)}`,
    `-APIServerEndpoint ${quoted(cluster.endpoint)}`,
    `-Base64ClusterCA ${quoted(cluster.caBase64)}`,
    `-DNSClusterIP ${quoted(dnsAddress(join))}`,
    `-KubeletExtraArgs ${quoted(kubeletFlags(join).join(' '))}`,
  ];
  const own = userData.trim() === '' ? '' : `${userData.trimEnd()}\n`;
  return `<powershell>\n${own}${call.join(' `\n  ')}\n</powershell>\n`;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
