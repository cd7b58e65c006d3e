/**
 * Bottlerocket: one TOML document of settings. The user's own are kept, except where ours say something else.
 * https://bottlerocket.dev/en/os/latest/api/settings/
 */
import { parse, stringify, TomlError, type TomlTable, type TomlValue } from 'smol-toml';
import type { Image } from '../../model/launch-template.ts';
import type { Join } from '../join.ts';
import { kubernetesSettings } from './bottlerocket-kubelet.ts';
import { userDataError } from './user-data-error.ts';

/** Karpenter's name for it: commands run in the order of their names, and the disks come first. */
const STORAGE_COMMAND = '000-mount-instance-storage';
/** What pods write to. Releases from 1.46 on know by themselves which directories those are. */
const EPHEMERAL_DIRECTORIES = ['/var/lib/containerd', '/var/lib/kubelet', '/var/log/pods'];
const FIRST_MINOR_WITH_DEFAULT_DIRECTORIES = 46;

/** Errors: `UserDataInvalid` with the line, `KubeletFieldUnsupported`; retry never. */
export function bottlerocketUserData(join: Join): string {
  const own = ownSettings(join);
  const kubernetes = tableAt(join, own, 'kubernetes');
  const labels = tableAt(join, kubernetes, 'node-labels');
  const { cluster } = join;
  const settings: TomlTable = {
    ...own,
    kubernetes: {
      ...kubernetes,
      'api-server': cluster.endpoint,
      'cluster-certificate': cluster.caBase64,
      'cluster-name': cluster.name,
      ...kubernetesSettings(join),
      'node-labels': { ...labels, ...Object.fromEntries(join.labels) },
      'node-taints': taintsByKey(join),
    },
  };
  if (join.raid0) {
    const commands = tableAt(join, own, 'bootstrap-commands');
    settings['bootstrap-commands'] = { ...commands, [STORAGE_COMMAND]: storageCommand(join.image) };
  }
  return stringify({ settings }, { numbersAsFloat: true });
}

/** Whole numbers as `bigint`, so that `1` and `1.0` stay what they are. */
function ownSettings(join: Join): TomlTable {
  let document: TomlTable;
  try {
    document = parse(join.userData, { integersAsBigInt: true });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [what = ''] = error.message.replace(/^Invalid TOML document: /, '').split('\n');
    throw userDataError(join, `invalid TOML: ${what}`, error.line);
  }
  const stray = Object.keys(document).find((key) => key !== 'settings');
  if (stray !== undefined) {
    const shown = JSON.stringify(stray);
    throw userDataError(join, `${shown} stands outside of settings: write [settings.${stray}]`);
  }
  return tableAt(join, document, 'settings');
}

function tableAt(join: Join, parent: TomlTable, key: string): TomlTable {
  const value = parent[key];
  if (value === undefined) return {};
  if (isTable(value)) return value;
  throw userDataError(join, `${key} must be a table`);
}

const isTable = (value: TomlValue): value is TomlTable =>
  typeof value === 'object' && !Array.isArray(value) && Object.getPrototypeOf(value) === null;

/** `key = ["value:Effect", ":Effect"]`. */
function taintsByKey({ taints }: Join): TomlTable {
  const byKey: Record<string, string[]> = {};
  for (const { key, value = '', effect } of taints) {
    byKey[key] = [...(byKey[key] ?? []), `${value}:${effect}`];
  }
  return byKey;
}

function storageCommand({ name }: Image): TomlTable {
  const bind = ['apiclient', 'ephemeral-storage', 'bind'];
  const directories = knowsDirectories(name) ? [] : ['--dirs', ...EPHEMERAL_DIRECTORIES];
  return {
    commands: [
      ['apiclient', 'ephemeral-storage', 'init'],
      [...bind, ...directories],
    ],
    essential: true,
    mode: 'always',
  };
}

/** By the release in a name such as `bottlerocket-aws-k8s-1.35-x86_64-v1.50.0-1a2b3c4d`. */
function knowsDirectories(imageName: string): boolean {
  const [, major, minor] = /-v(\d+)\.(\d+)\.\d+/.exec(imageName) ?? [];
  return Number(major) > 1 || (major === '1' && Number(minor) >= FIRST_MINOR_WITH_DEFAULT_DIRECTORIES);
}
