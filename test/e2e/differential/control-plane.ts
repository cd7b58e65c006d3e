/** etcd, kube-apiserver and a kube-scheduler with its extender: no controller changes what a case says. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TransportOptions } from '../../../lib/adapters/kube/transport.ts';
import { kubeconfigPath, PORT_NAMES, type Ports, schedulerArgs } from '../lane/components.ts';
import { startControlPlane } from '../lane/control-plane.ts';
import { freePorts } from '../lane/free-ports.ts';
import { KubeClient } from '../lane/kube-client.ts';
import { pkiPaths } from '../lane/pki.ts';
import { Processes } from '../lane/processes.ts';
import { type Extender, schedulerConfig, startExtender } from './extender.ts';

export interface DifferentialPlane {
  readonly api: TransportOptions;
  readonly extender: Extender;
  stop(): Promise<void>;
}

export async function startDifferentialPlane(binaries: string): Promise<DifferentialPlane> {
  const runFolder = await mkdtemp(join(tmpdir(), 'dovetail-differential-'));
  const extender = await startExtender();
  const plane = await startControlPlane({ binaries, runFolder, only: 'api-server' });
  const processes = new Processes(plane.logsFolder);
  const stop = async (): Promise<void> => {
    await processes.stop();
    await plane.stop();
    await extender.close();
    await rm(runFolder, { recursive: true });
  };
  try {
    const config = join(runFolder, 'scheduler-config.json');
    await writeFile(config, schedulerConfig(extender.url, kubeconfigPath(runFolder, 'kube-scheduler')));
    const free = await freePorts(PORT_NAMES.length);
    const ports = Object.fromEntries(PORT_NAMES.map((name, index) => [name, free[index]])) as Ports;
    const args = schedulerArgs({ runFolder, ports, pki: pkiPaths(join(runFolder, 'pki')) }, config);
    processes.start('kube-scheduler', join(binaries, 'kube-scheduler'), args);
    const serverUrl = `https://127.0.0.1:${ports.scheduler}`;
    const scheduler = new KubeClient({ serverUrl, tls: plane.adminTls });
    const isReady = async () => (await scheduler.request('GET', '/readyz')).status === 200;
    await processes.until('kube-scheduler', isReady);
    scheduler.close();
  } catch (error) {
    await stop();
    throw error;
  }
  return { api: { serverUrl: plane.serverUrl, tls: plane.adminTls }, extender, stop };
}
