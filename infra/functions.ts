/** The five functions: what each is given and what each may do. One method per function, to be read from top to bottom. */
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type * as z from 'zod';
import type { drainerEnv } from '../functions/drainer/env.ts';
import type { pollerEnv } from '../functions/poller/env.ts';
import type { provisionerEnv } from '../functions/provisioner/env.ts';
import type { publisherEnv } from '../functions/publisher/env.ts';
import type { reconcilerEnv } from '../functions/reconciler/env.ts';
import { problemsOfServes, type Serves } from '../functions/shared/serves.ts';
import type { SolverChoice } from '../functions/shared/solver-choice.ts';
import { DovetailError } from '../lib/model/errors.ts';
import type { MIN_VALUES_POLICIES, PREFERENCE_POLICIES } from '../lib/model/planning-policies.ts';
import { Ec2Permissions } from './ec2-permissions.ts';
import { ServiceFunction } from './function.ts';
import type { Network } from './network.ts';
import type { NodeRoles } from './node-roles.ts';
import { Permissions } from './permissions.ts';
import type { Queues } from './queues.ts';
import {
  EC2_RATE_SHARE,
  type FunctionName,
  MAX_LAUNCHES_PER_HOUR,
  MAX_TERMINATIONS_PER_HOUR,
  MEMORY_MIB,
  RESERVED_CONCURRENCY,
  type Size,
  TIMEOUT_SECONDS,
} from './settings.ts';
import type { Storage } from './storage.ts';

/** The choices a user has; what is absent has the default of `settings.ts`. */
export interface FunctionChoices {
  readonly size?: Size;
  /** `watch` (default) sees a pod within a second; `list` looks once a minute, for a fifth of the money. */
  readonly pollMode?: 'watch' | 'list';
  /** Whose pods nodes are bought for, beside another autoscaler. Default: everybody's. */
  readonly serves?: Serves;
  readonly preferencePolicy?: (typeof PREFERENCE_POLICIES)[number];
  readonly minValuesPolicy?: (typeof MIN_VALUES_POLICIES)[number];
  /** How plans are searched for, and what they are compared by (docs/solver.md); what is left out has its default. */
  readonly solver?: SolverChoice;
  /** Takes the functions' concurrency from the account's quota. Default false: small accounts refuse it. */
  readonly reservedConcurrency?: boolean;
  readonly maxLaunchesPerHour?: number;
  readonly maxTerminationsPerHour?: number;
  /** Of the account's EC2 request rates in this region: more than 0, at most 1. */
  readonly ec2RateShare?: number;
}

export interface FunctionsProps {
  readonly cluster: string;
  readonly installation: string;
  readonly storage: Storage;
  readonly queues: Queues;
  readonly nodeRoles: NodeRoles;
  readonly network?: Network;
  readonly choices: FunctionChoices;
}

/** What a schema wants to be given; a variable too few or too many does not compile. */
type Environment<Schema extends z.ZodType> = Readonly<Record<keyof z.input<Schema> & string, string>>;

interface Made {
  readonly description: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly permissions: readonly PolicyStatement[];
}

/** As it was given, once it was found valid. Throws `ServesInvalid`. */
function servedText(serves: Serves = {}): Serves {
  const problems = problemsOfServes(serves).map(({ member, problem }) => `${member}: ${problem}`);
  if (problems.length === 0) return serves;
  const message = `serves is not as the stack needs it: ${problems.join('; ')}`;
  throw new DovetailError('ServesInvalid', message, 'never');
}

export const documentsPath = (cluster: string): string => `/dovetail/${cluster}`;
export const stopParameterName = (cluster: string): string => `${documentsPath(cluster)}/stop`;

export class Functions extends Construct {
  readonly all: Readonly<Record<FunctionName, ServiceFunction>>;
  readonly #props: FunctionsProps;
  readonly #may: Permissions;
  readonly #ec2: Ec2Permissions;

  constructor(scope: Construct, id: string, props: FunctionsProps) {
    super(scope, id);
    this.#props = props;
    this.#may = new Permissions(props);
    this.#ec2 = new Ec2Permissions(props.installation);
    this.all = {
      poller: this.#make('poller', this.#poller()),
      provisioner: this.#make('provisioner', this.#provisioner()),
      drainer: this.#make('drainer', this.#drainer()),
      reconciler: this.#make('reconciler', this.#reconciler()),
      publisher: this.#make('publisher', this.#publisher()),
    };
  }

  #poller(): Made {
    const { queues, storage, choices } = this.#props;
    const environment: Environment<typeof pollerEnv> = {
      ...this.#common(),
      CLUSTER_NAME: this.#props.cluster,
      BUCKET_NAME: storage.bucket.bucketName,
      PROVISION_QUEUE_URL: queues.provision.queueUrl,
      SERVES: JSON.stringify(servedText(choices.serves)),
      STOP_PARAMETER: this.#stopParameter(),
      POLL_MODE: choices.pollMode ?? 'watch',
    };
    const permissions = [
      ...this.#may.table('no checks'),
      ...this.#may.bucket('Get', 'Put'),
      this.#may.send(queues.provision),
      this.#may.describeCluster(),
      this.#may.stopParameter(),
    ];
    return { description: 'watches the cluster, asks for nodes, registers them', environment, permissions };
  }

  #provisioner(): Made {
    const { queues, storage, choices, nodeRoles } = this.#props;
    const environment: Environment<typeof provisionerEnv> = {
      ...this.#common(),
      ...this.#ec2Share(),
      CLUSTER_NAME: this.#props.cluster,
      BUCKET_NAME: storage.bucket.bucketName,
      PROVISION_QUEUE_URL: queues.provision.queueUrl,
      LAUNCH_QUEUE_URL: queues.launch.queueUrl,
      PREFERENCE_POLICY: choices.preferencePolicy ?? 'Respect',
      MIN_VALUES_POLICY: choices.minValuesPolicy ?? 'Strict',
      SOLVER: JSON.stringify(choices.solver ?? {}),
      NODE_ROLES: nodeRoles.profilesJson,
      MAX_LAUNCHES_PER_HOUR: String(choices.maxLaunchesPerHour ?? MAX_LAUNCHES_PER_HOUR),
      STOP_PARAMETER: this.#stopParameter(),
    };
    const permissions = [
      ...this.#may.table('checks'),
      ...this.#may.bucket('Get', 'Put'),
      this.#may.send(queues.launch),
      this.#may.describeCluster(),
      this.#may.stopParameter(),
      this.#ec2.reads('DescribeInstances'),
      ...this.#ec2.launch(nodeRoles.roleArns),
      // Instances of an answer that no claim takes.
      this.#ec2.terminate(),
    ];
    return { description: 'plans nodes and launches them', environment, permissions };
  }

  #drainer(): Made {
    const { queues, choices } = this.#props;
    const environment: Environment<typeof drainerEnv> = {
      ...this.#common(),
      ...this.#ec2Share(),
      CLUSTER_NAME: this.#props.cluster,
      DRAIN_QUEUE_URL: queues.drain.queueUrl,
      MAX_TERMINATIONS_PER_HOUR: String(choices.maxTerminationsPerHour ?? MAX_TERMINATIONS_PER_HOUR),
      STOP_PARAMETER: this.#stopParameter(),
    };
    const permissions = [
      ...this.#may.table('no checks'),
      this.#may.send(queues.drain),
      this.#may.describeCluster(),
      this.#may.stopParameter(),
      this.#ec2.reads('DescribeInstances'),
      this.#ec2.terminate(),
    ];
    return { description: 'empties nodes that leave and ends them', environment, permissions };
  }

  #reconciler(): Made {
    const { queues, storage } = this.#props;
    const environment: Environment<typeof reconcilerEnv> = {
      ...this.#common(),
      ...this.#ec2Share(),
      BUCKET_NAME: storage.bucket.bucketName,
      LAUNCH_QUEUE_URL: queues.launch.queueUrl,
      DRAIN_QUEUE_URL: queues.drain.queueUrl,
      STOP_PARAMETER: this.#stopParameter(),
    };
    const permissions = [
      ...this.#may.table('checks'),
      ...this.#may.bucket('Get'),
      this.#may.send(queues.launch, queues.drain),
      this.#may.stopParameter(),
      this.#ec2.reads('DescribeInstances'),
      this.#ec2.terminate(),
    ];
    return { description: 'finds what was forgotten, and nodes that may leave', environment, permissions };
  }

  #publisher(): Made {
    const { storage, nodeRoles, cluster } = this.#props;
    const environment: Environment<typeof publisherEnv> = {
      ...this.#common(),
      ...this.#ec2Share(),
      CLUSTER_NAME: cluster,
      BUCKET_NAME: storage.bucket.bucketName,
      DOCUMENTS_PATH: documentsPath(cluster),
      NODE_ROLES: nodeRoles.profilesJson,
    };
    const permissions = [
      ...this.#may.table('no checks'),
      ...this.#may.bucket('Get', 'Put'),
      this.#may.describeCluster(),
      this.#may.documents(),
      this.#may.imageParameters(),
      this.#may.prices(),
      this.#ec2.reads(
        'DescribeAvailabilityZones',
        'DescribeImages',
        'DescribeInstanceTypeOfferings',
        'DescribeInstanceTypes',
        'DescribeLaunchTemplates',
        'DescribeSecurityGroups',
        'DescribeSpotPriceHistory',
        'DescribeSubnets',
      ),
      // Those that no launch needs any more.
      this.#ec2.deleteTemplates(),
    ];
    return {
      description: 'publishes documents, instance types, prices and images',
      environment,
      permissions,
    };
  }

  #common() {
    return {
      INSTALLATION: this.#props.installation,
      TABLE_NAME: this.#props.storage.table.tableName,
      LOG_LEVEL: 'INFO',
    };
  }

  #ec2Share() {
    return { EC2_RATE_SHARE: String(this.#props.choices.ec2RateShare ?? EC2_RATE_SHARE) };
  }

  #stopParameter(): string {
    return stopParameterName(this.#props.cluster);
  }

  #make(name: FunctionName, { description, environment, permissions }: Made): ServiceFunction {
    const { choices, network, cluster } = this.#props;
    return new ServiceFunction(
      this,
      name.replace(/^./, (first) => first.toUpperCase()),
      {
        ...{ name, environment, permissions },
        description: `Dovetail for ${cluster}: ${description}`,
        memoryMib: MEMORY_MIB[choices.size ?? 'small'][name],
        timeoutSeconds: TIMEOUT_SECONDS[name],
        ...(choices.reservedConcurrency === true ? { reservedConcurrency: RESERVED_CONCURRENCY[name] } : {}),
        ...(network === undefined ? {} : { network }),
      },
    );
  }
}
