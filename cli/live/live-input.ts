// `--kubeconfig`: a live cluster and the documents of `-f`, as what a plan is prepared from.
import { EMBEDDED_REGIONS } from '../../lib/adapters/memory/embedded-catalog.ts';
import { parseSource } from '../../lib/config/located.ts';
import type { SourceFile } from '../../lib/config/source.ts';
import { LABEL } from '../../lib/model/labels.ts';
import type { ClusterState } from '../../lib/model/snapshot.ts';
import { type LoadedInput, loadFiles, loadInput } from '../load-input.ts';
import { clusterAccess, type LiveSource } from './kubeconfig.ts';
import { mergeLive } from './merge.ts';
import { readCluster, type WrittenObject } from './read-cluster.ts';

/** How findings call the objects that were read from the cluster and not from a file. */
const CLUSTER_FILE = 'cluster';

/** Documents that are wrong by themselves are told before the cluster is asked. Throws `UserError`. */
export async function loadLiveInput(
  paths: readonly string[],
  source: LiveSource,
  region: string,
): Promise<LoadedInput> {
  const { files: own } = loadInput(paths, { requireNodeClasses: false });
  const live = await readCluster(await clusterAccess(source), paths.length > 0);
  const written = writtenNames(own);
  const [replaced, used] = split(live.objects, (object) => written.has(titleOf(object)));
  const files = used.length === 0 ? own : [...own, clusterFile(used)];
  const { documents, notes } = loadFiles(files);
  const merged = mergeLive(live.state, documents, written);
  const liveNotes = [
    ...live.notes,
    ...regionNote(live.state, region),
    ...replaced
      .filter(({ kind }) => kind !== 'StorageClass')
      .map((object) => `${titleOf(object)} of the cluster is replaced by its document`),
    ...merged.notes,
  ];
  return {
    files,
    documents: merged.documents,
    notes: [...notes, ...liveNotes.map((note) => `note: ${note}`)],
  };
}

const clusterFile = (items: readonly WrittenObject[]): SourceFile => ({
  name: CLUSTER_FILE,
  bytes: new TextEncoder().encode(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, undefined, 2)),
});

const titleOf = ({ kind, metadata }: WrittenObject): string => `${kind} ${metadata.name}`;

const NAMESPACED: readonly string[] = ['Pod', 'DaemonSet', 'PersistentVolumeClaim'];

/** `Kind name` or `Kind namespace/name` of every object in the files. */
function writtenNames(files: readonly SourceFile[]): Set<string> {
  const objects = files.flatMap((file) => parseSource(file).objects);
  return new Set(
    objects.map(({ kind, value }) => {
      const { metadata } = value as { metadata?: { name?: unknown; namespace?: unknown } };
      const namespace = NAMESPACED.includes(kind) ? `${String(metadata?.namespace ?? 'default')}/` : '';
      return `${kind} ${namespace}${String(metadata?.name)}`;
    }),
  );
}

function split<T>(items: readonly T[], is: (item: T) => boolean): readonly [T[], T[]] {
  return [items.filter(is), items.filter((item) => !is(item))];
}

/** Prices, zones and types are those of `--region`, which nothing ties to the cluster. */
function regionNote({ nodes }: ClusterState, region: string): string[] {
  const other = nodes
    .map(({ labels }) => labels[LABEL.region])
    .find((name) => name !== undefined && name !== region);
  if (other === undefined) return [];
  const advice = EMBEDDED_REGIONS.some((known) => known === other)
    ? `give --region ${other}`
    : `types and prices of ${other} are not embedded, so take it as an estimate`;
  return [`the cluster has nodes in ${other} and the plan is for ${region}: ${advice}`];
}
