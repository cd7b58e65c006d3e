import type { KubeApi } from '../../adapters/memory/kube-api.ts';
import type { RandomStream } from '../random.ts';
import type { Trace } from '../trace.ts';
import type { VirtualTime } from '../virtual-time.ts';

/** What every part of the cluster around the control code stands on. */
export interface World {
  readonly time: VirtualTime;
  readonly api: KubeApi;
  readonly trace: Trace;
  /** A stream of its own for each name. */
  readonly random: (name: string) => RandomStream;
  /** A sentence for people, printed as it happens. */
  readonly tell: (sentence: string) => void;
}
