/**
 * Shapes of the embedded catalogue's files under `data/`, written by `scripts/build-catalogue.ts` and read by
 * `catalogue.ts`. Columns are indexed by position in `names`, so that a file stays small and quick to parse.
 */
export interface TypesFile {
  readonly schemaVersion: 1;
  readonly attribution: string;
  /** All instance types, sorted. */
  readonly names: readonly string[];
  /** `amd64`, `arm64`, or EC2's word for what Kubernetes nodes do not run on (Macs). */
  readonly arch: readonly string[];
  readonly vcpus: readonly number[];
  readonly memoryMib: readonly number[];
  /** Network interfaces of the default card, and addresses of each: what bounds the number of pods. */
  readonly enis: readonly number[];
  readonly ipv4PerEni: readonly number[];
  /** Null on bare metal. */
  readonly hypervisor: readonly (string | null)[];
  readonly cpuManufacturer: readonly (string | null)[];
  readonly cpuClockMhz: readonly (number | null)[];
  readonly networkMbps: readonly (number | null)[];
  /** Maximum, not baseline. */
  readonly ebsMbps: readonly (number | null)[];
  readonly podEnis: readonly (number | null)[];
  readonly encryptionInTransit: readonly (0 | 1 | null)[];
  /** Positions of the types that have the property. */
  readonly bareMetal: readonly number[];
  readonly burstable: readonly number[];
  readonly flex: readonly number[];
  readonly withoutSpot: readonly number[];
  /** Position to amount, for what few types have. */
  readonly localNvmeGb: Sparse<number>;
  /** Where there is more than one; each carries as many interfaces as the default card. */
  readonly networkCards: Sparse<number>;
  readonly efas: Sparse<number>;
  readonly gpus: Sparse<Gpu>;
  readonly accelerators: Sparse<Accelerator>;
}

export type Sparse<T> = Readonly<Record<string, T>>;

export interface Gpu {
  readonly name: string;
  readonly manufacturer: string;
  /** 0 where a type has a share of a GPU: nothing that Kubernetes can count. */
  readonly count: number;
  readonly memoryMib: number;
}

export interface Accelerator {
  readonly name: string;
  readonly manufacturer: string;
  readonly count: number;
  /** What the Neuron device plugin announces; 0 for other makers. */
  readonly neurons: number;
  readonly neuronCores: number;
}

/** What one region sells. */
export interface RegionFile {
  readonly schemaVersion: 1;
  readonly attribution: string;
  readonly region: string;
  /** Sorted. */
  readonly zoneIds: readonly string[];
  /** Per type: bit i is set where the type is offered in zone `zoneIds[i]`. */
  readonly zones: readonly number[];
  readonly onDemandMicroUsdPerHour: readonly (number | null)[];
  /** Positions whose on-demand price is an estimate. */
  readonly onDemandEstimated: readonly number[];
  /** One stand-in for all zones; always an estimate. */
  readonly spotMicroUsdPerHour: readonly (number | null)[];
}
