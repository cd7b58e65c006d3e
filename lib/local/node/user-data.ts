/**
 * What an instance's user data tells its kubelet, read as the image would read it: nodeadm's NodeConfig documents on
 * Amazon Linux 2023, Bottlerocket's settings, the arguments of `bootstrap.sh` on Amazon Linux 2. Written apart from
 * `lib/bootstrap`, which writes these texts, so that one can judge the other.
 */
import { parse as parseToml } from 'smol-toml';
import { parse as parseYaml } from 'yaml';
import type { Taint } from '../../model/taint.ts';

export interface KubeletSettings {
  readonly family: 'AL2' | 'AL2023' | 'Bottlerocket';
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  readonly maxPods?: number;
  readonly podsPerCore?: number;
  /** Quantities as written. */
  readonly kubeReserved: Texts;
  readonly systemReserved: Texts;
  /** Quantities and percentages as written. */
  readonly evictionHard: Texts;
  /** Local disks are striped and hold the pods' ephemeral storage. */
  readonly raid0: boolean;
}

export type Texts = Readonly<Record<string, string>>;
type Fields = Readonly<Record<string, unknown>>;

/** Undefined for a text that starts no kubelet, as far as can be told. */
export function kubeletSettings(userData: string): KubeletSettings | undefined {
  const configs = nodeConfigs(userData);
  if (configs.length > 0) return ofNodeConfigs(configs);
  const script = /\/etc\/eks\/bootstrap\.sh [\s\S]*/.exec(userData)?.[0];
  if (script !== undefined) return ofBootstrapScript(script);
  if (/^\s*\[settings[.\]]/m.test(userData)) return ofBottlerocket(fieldsOf(parseToml(userData), 'settings'));
  return undefined;
}

/** NodeConfig documents in the order of an archive's parts, or the one that is the whole text. */
function nodeConfigs(userData: string): Fields[] {
  const boundary = /^Content-Type:\s*multipart\/[^\n]*boundary="?([^"\s;]+)/im.exec(userData)?.[1];
  const parts =
    boundary === undefined
      ? [`Content-Type: application/node.eks.aws\n\n${userData}`]
      : userData.split(`\n--${boundary}`).slice(1);
  return parts.flatMap((part) => {
    const [headers = '', ...content] = part.replace(/^\n/, '').split(/\n[ \t]*\n/);
    if (!/application\/node\.eks\.aws/i.test(headers) || !/kind: *"?NodeConfig/.test(part)) return [];
    return [fieldsOf(parseYaml(content.join('\n\n')), 'spec')];
  });
}

/** nodeadm merges documents: maps key by key, flags one after the other. */
function ofNodeConfigs(configs: readonly Fields[]): KubeletSettings {
  const config = configs.reduce<Fields>((sum, each) => merged(sum, fieldsOf(each, 'kubelet', 'config')), {});
  const flags = configs.flatMap((each) => listOf(fieldsOf(each, 'kubelet')['flags']));
  const storage = configs.map((each) => fieldsOf(each, 'instance', 'localStorage')['strategy']);
  return { family: 'AL2023', ...ofConfig(config), ...ofFlags(flags), raid0: storage.includes('RAID0') };
}

const ofConfig = (config: Fields) => ({
  ...number('maxPods', config['maxPods']),
  ...number('podsPerCore', config['podsPerCore']),
  kubeReserved: textsOf(config['kubeReserved']),
  systemReserved: textsOf(config['systemReserved']),
  evictionHard: textsOf(config['evictionHard']),
});

function ofBootstrapScript(script: string): KubeletSettings {
  const joined = script.replaceAll('\\\n', ' ');
  const extra = /--kubelet-extra-args '([^']*)'/.exec(joined)?.[1] ?? '';
  const none = { kubeReserved: {}, systemReserved: {}, evictionHard: {} };
  const flags = extra.split(/ (?=--)/).map((flag) => flag.replaceAll('"', ''));
  return { family: 'AL2', ...none, ...ofFlags(flags), raid0: joined.includes('--local-disks raid0') };
}

/** Flags count before the configuration file. Repeated labels add up; of repeated taints the last list counts. */
function ofFlags(flags: readonly string[]) {
  const values = (name: string): string[] =>
    flags.flatMap((flag) => (flag.startsWith(`--${name}=`) ? [flag.slice(name.length + 3)] : []));
  const map = (name: string, field: string) => {
    const written = values(name).at(-1);
    return written === undefined ? {} : { [field]: pairsOf(written) };
  };
  return {
    labels: pairsOf(values('node-labels').join(',')),
    taints: (values('register-with-taints').at(-1) ?? '').split(',').filter(Boolean).map(taintOf),
    ...number('maxPods', values('max-pods').at(-1)),
    ...number('podsPerCore', values('pods-per-core').at(-1)),
    ...map('kube-reserved', 'kubeReserved'),
    ...map('system-reserved', 'systemReserved'),
    ...map('eviction-hard', 'evictionHard'),
  };
}

function ofBottlerocket(settings: Fields): KubeletSettings {
  const kubernetes = fieldsOf(settings, 'kubernetes');
  const taints = Object.entries(fieldsOf(kubernetes, 'node-taints'));
  return {
    family: 'Bottlerocket',
    labels: textsOf(kubernetes['node-labels']),
    taints: taints.flatMap(([key, values]) =>
      listOf(values).map((value) => taintOf(`${key}${value.startsWith(':') ? '' : '='}${value}`)),
    ),
    ...number('maxPods', kubernetes['max-pods']),
    kubeReserved: textsOf(kubernetes['kube-reserved']),
    systemReserved: textsOf(kubernetes['system-reserved']),
    evictionHard: textsOf(kubernetes['eviction-hard']),
    raid0: JSON.stringify(settings['bootstrap-commands'] ?? '').includes('"ephemeral-storage","init"'),
  };
}

/** `key=value:Effect` or `key:Effect`. */
function taintOf(text: string): Taint {
  const [, key = '', value, effect] = /^([^=:]+)(?:=([^:]*))?:(\w+)$/.exec(text) ?? [];
  return { key, ...(value ? { value } : {}), effect: effect as Taint['effect'] };
}

/** `a=b,c<d`. */
const pairsOf = (text: string): Texts =>
  Object.fromEntries(
    [...text.matchAll(/([^=<,]+)[=<]([^,]*)/g)].map(([, key = '', value = '']) => [key, value]),
  );

/** The member at the end of the path when it is a map; an empty one otherwise. */
function fieldsOf(value: unknown, ...path: readonly string[]): Fields {
  const found = path.reduce<unknown>((at, key) => (isFields(at) ? at[key] : undefined), value);
  return isFields(found) ? found : {};
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const merged = (a: Fields, b: Fields): Fields => {
  const both = Object.keys(b).map((key) => {
    const [before, after] = [a[key], b[key]];
    return [key, isFields(before) && isFields(after) ? merged(before, after) : after];
  });
  return { ...a, ...Object.fromEntries(both) };
};

const listOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

const textsOf = (value: unknown): Texts =>
  Object.fromEntries(Object.entries(fieldsOf({ value }, 'value')).map(([key, each]) => [key, String(each)]));

const number = <K extends string>(name: K, value: unknown): { readonly [P in K]?: number } =>
  (value === undefined ? {} : { [name]: Number(value) }) as { readonly [P in K]?: number };
