/**
 * Kubelet settings under the names of `settings.kubernetes`
 * (https://bottlerocket.dev/en/os/latest/api/settings/kubernetes/).
 */
import type { TomlTable, TomlValue } from 'smol-toml';
import { type Fields, fieldsOf, isFields } from '../fields.ts';
import type { Join } from '../join.ts';
import { unsupportedKubeletField } from '../kubelet-flags.ts';

/** Of the fields that Bottlerocket has, those whose name is not the kubelet's in kebab case. */
const RENAMED: Readonly<Record<string, string>> = {
  clusterDNS: 'cluster-dns-ip',
  cpuCFSQuota: 'cpu-cfs-quota-enforced',
  eventRecordQPS: 'event-qps',
  imageGCHighThresholdPercent: 'image-gc-high-threshold-percent',
  imageGCLowThresholdPercent: 'image-gc-low-threshold-percent',
  kubeAPIBurst: 'kube-api-burst',
  kubeAPIQPS: 'kube-api-qps',
  registryPullQPS: 'registry-qps',
  serverTLSBootstrap: 'server-tls-bootstrap',
  shutdownGracePeriodCriticalPods: 'shutdown-grace-period-for-critical-pods',
  singleProcessOOMKill: 'single-process-oom-kill',
};

const SAME_NAME: readonly string[] = [
  'allowedUnsafeSysctls',
  'clusterDomain',
  'containerLogMaxFiles',
  'containerLogMaxSize',
  'containerLogMaxWorkers',
  'containerLogMonitorInterval',
  'cpuManagerPolicy',
  'cpuManagerReconcilePeriod',
  'eventBurst',
  'evictionHard',
  'evictionMaxPodGracePeriod',
  'evictionSoft',
  'evictionSoftGracePeriod',
  'kubeReserved',
  'maxPods',
  'memoryManagerPolicy',
  'podPidsLimit',
  'registryBurst',
  'seccompDefault',
  'shutdownGracePeriod',
  'systemReserved',
  'topologyManagerPolicy',
  'topologyManagerScope',
];

/** Before Bottlerocket 1.14 these had to be texts; later ones take both. */
const AS_TEXT: readonly string[] = ['imageGCHighThresholdPercent', 'imageGCLowThresholdPercent'];

/** Resources that can be reserved; another key would make Bottlerocket refuse the whole of the user data. */
const RESERVABLE: readonly string[] = ['cpu', 'memory', 'ephemeral-storage'];

/** Bottlerocket has no setting for it, and neither planning nor Karpenter counts it there. */
const IGNORED: readonly string[] = ['podsPerCore'];

/** Errors: `KubeletFieldUnsupported`, retry never. */
export function kubernetesSettings(join: Join): TomlTable {
  return Object.fromEntries(
    Object.entries(join.kubelet)
      .filter(([field]) => !IGNORED.includes(field))
      .map(([field, value]) => [settingOf(join, field), settingValue(field, value)]),
  );
}

function settingOf(join: Join, field: string): string {
  const reserved = field.endsWith('Reserved') ? Object.keys(fieldsOf(join.kubelet[field])) : [];
  const odd = reserved.find((resource) => !RESERVABLE.includes(resource));
  if (odd !== undefined) throw unsupportedKubeletField(join, `${field}.${odd}`);
  if (Object.hasOwn(RENAMED, field)) return RENAMED[field] ?? field;
  if (!SAME_NAME.includes(field)) throw unsupportedKubeletField(join, field);
  return field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** One address of the DNS service is a text, several are a list: old releases know the text alone. */
function settingValue(field: string, value: unknown): TomlValue {
  if (field === 'clusterDNS' && Array.isArray(value) && value.length === 1) return String(value[0]);
  return AS_TEXT.includes(field) ? String(value) : tomlOf(value);
}

/** JSON to TOML, where whole numbers are of a type of their own. */
function tomlOf(value: unknown): TomlValue {
  if (Array.isArray(value)) return value.map(tomlOf);
  if (isFields(value)) return tableOf(value);
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  return typeof value === 'boolean' ? value : String(value);
}

const tableOf = (fields: Fields): TomlTable =>
  Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, tomlOf(value)]));
