// Kubernetes objects as an API server would hand them out, made of documents as people write them: what admission and
// controllers fill in is filled in, so that the documents' reader and the wire's decoders can be given the same object.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isRecord, parseSource } from '../../lib/config/located.ts';
import { hasSharedData, sharedManifests } from './shared-data.ts';

type Fields = Readonly<Record<string, unknown>>;

export interface ServedObject extends Fields {
  readonly apiVersion: string;
  readonly kind: string;
}

const FIXTURES = ['cluster.yaml', 'live-objects.yaml', 'general.yaml', 'workshop.yaml', 'minimal.yaml'];
const NAMESPACED = ['Pod', 'DaemonSet', 'PersistentVolumeClaim'];
const SYSTEM_PRIORITY: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
};

/** Every object of the fixtures and manifests, and a pod of every template among them. */
export function servedObjects(): ServedObject[] {
  const folder = fileURLToPath(new URL('../fixtures/documents/', import.meta.url));
  const files = [
    ...FIXTURES.map((name) => ({ name, bytes: readFileSync(`${folder}${name}`) })),
    ...(hasSharedData ? sharedManifests() : []),
  ];
  return files
    .flatMap((file) => parseSource(file).objects)
    .flatMap((object, index) => {
      const { apiVersion, kind } = object;
      const value = { ...fieldsOf(object.value), apiVersion, kind };
      return [value, ...podOfTemplate(value)].map((one) => served(one, index));
    });
}

function podOfTemplate(value: Fields): Fields[] {
  const template = fieldsOf(fieldsOf(value['spec'])['template']);
  if (!isRecord(template['spec']) || !('containers' in template['spec'])) return [];
  const { name, namespace } = fieldsOf(value['metadata']);
  const metadata = {
    ...fieldsOf(template['metadata']),
    name: `${name}-pod`,
    ...(namespace === undefined ? {} : { namespace }),
    ownerReferences: [
      { apiVersion: 'apps/v1', kind: value['kind'], name, uid: `uid-${name}`, controller: true },
    ],
  };
  return [{ apiVersion: 'v1', kind: 'Pod', metadata, spec: template['spec'] }];
}

/** `index` keeps apart objects of equal names. */
export function served(value: Fields, index = 0): ServedObject {
  const { kind, apiVersion, spec, status } = value;
  const metadata = fieldsOf(value['metadata']);
  const name = metadata['name'] ?? String(metadata['generateName'] ?? '').replace(/-$/, '');
  return {
    ...value,
    apiVersion: String(apiVersion),
    kind: String(kind),
    metadata: {
      uid: `uid-${kind}-${name}-${index}`,
      resourceVersion: '7',
      creationTimestamp: '2026-01-31T12:00:00Z',
      ...(NAMESPACED.includes(String(kind)) ? { namespace: 'default' } : {}),
      ...metadata,
      name,
    },
    ...(kind === 'Pod' ? servedPod(fieldsOf(spec), fieldsOf(status)) : {}),
    ...(kind === 'Node' ? { status: servedNodeStatus(fieldsOf(status)) } : {}),
  };
}

function servedPod(spec: Fields, status: Fields): Fields {
  const conditions = Array.isArray(status['conditions']) ? status['conditions'] : [];
  const unschedulable = {
    ...{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' },
    ...{ message: '0/3 nodes are available', lastTransitionTime: '2026-01-31T12:00:01Z' },
  };
  const told = conditions.some((condition) => fieldsOf(condition)['type'] === 'PodScheduled');
  const priority = SYSTEM_PRIORITY[String(spec['priorityClassName'])] ?? 0;
  return {
    spec: { priority, preemptionPolicy: 'PreemptLowerPriority', ...spec },
    status: {
      phase: spec['nodeName'] === undefined ? 'Pending' : 'Running',
      ...status,
      conditions: told ? conditions : [...conditions, unschedulable],
    },
  };
}

function servedNodeStatus(status: Fields): Fields {
  const ready = { type: 'Ready', status: 'True', lastTransitionTime: '2026-01-31T12:00:02Z' };
  return { conditions: [ready], ...status };
}

const fieldsOf = (value: unknown): Fields => (isRecord(value) ? value : {});
