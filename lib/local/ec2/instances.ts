import { type InstanceId, InvalidIdError, instanceId } from '../../model/ids.ts';
import { compareText } from '../../model/stable-json.ts';
import type { Instance } from '../../ports/fleet.ts';
import type { Account } from './account.ts';
import { Ec2ApiError, missingParameter } from './api-error.ts';
import { type Fields, filtered } from './filters.ts';
import { pageOf } from './paging.ts';
import type { Query } from './query.ts';
import { tagSet, tagsIn } from './tags.ts';
import type { Xml } from './xml.ts';

type Answer = { readonly [name: string]: Xml };

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceState.html */
const STATE_CODES: Readonly<Record<Instance['state'], number>> = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
};

const FIELDS: Fields<Instance> = {
  'instance-id': ({ instanceId: id }) => [id],
  'instance-state-name': ({ state }) => [state],
  'instance-type': ({ instanceType }) => [instanceType],
  'instance-lifecycle': ({ capacityType }) => [capacityType === 'spot' ? 'spot' : undefined],
  'availability-zone': ({ zone }) => [zone],
  'image-id': ({ imageId }) => [imageId],
};

const healthOf = (state: Instance['state']): string => (state === 'running' ? 'ok' : 'not-applicable');

const STATUS_FIELDS: Fields<Instance> = {
  ...FIELDS,
  'instance-status.status': ({ state }) => [healthOf(state)],
  'system-status.status': ({ state }) => [healthOf(state)],
};

/** One reservation per instance; recent launches may be missing, as in EC2. */
export function describeInstances(account: Account, query: Query): Answer {
  const { page, nextToken } = page1000(account, query, FIELDS);
  return {
    reservationSet: page.map((instance) => ({
      reservationId: instance.instanceId.replace('i-', 'r-'),
      ownerId: '000000000000',
      instancesSet: [instanceXml(account, instance)],
    })),
    nextToken,
  };
}

/** Status checks pass as soon as an instance runs. Only running ones show unless all are asked for. */
export function describeInstanceStatus(account: Account, query: Query): Answer {
  const all = query.text('IncludeAllInstances') === 'true';
  const { page, nextToken } = page1000(
    account,
    query,
    STATUS_FIELDS,
    ({ state }) => all || state === 'running',
  );
  return {
    instanceStatusSet: page.map(({ instanceId: id, zone, state }) => {
      const status = { status: healthOf(state) };
      return {
        instanceId: id,
        availabilityZone: zone,
        instanceState: stateXml(state),
        systemStatus: status,
        instanceStatus: status,
      };
    }),
    nextToken,
  };
}

function page1000(
  account: Account,
  query: Query,
  fields: Fields<Instance>,
  shows: (instance: Instance) => boolean = () => true,
) {
  const ids = query.texts('InstanceId');
  if (ids.length > 0 && query.text('MaxResults') !== undefined) {
    throw new Ec2ApiError(
      'InvalidParameterCombination',
      'The parameter instancesSet cannot be used with the parameter maxResults',
    );
  }
  const visible = account.setup.ec2.describe();
  refuseUnknown(ids, (id) => visible.some((instance) => instance.instanceId === id));
  const asked = visible.filter((one) => (ids.length === 0 || ids.includes(one.instanceId)) && shows(one));
  return pageOf(filtered(asked, query, fields), query, { min: 5, max: 1000 }, (one) => one.instanceId);
}

export function terminateInstances(account: Account, query: Query): Answer {
  const ids = query.texts('InstanceId');
  if (ids.length === 0) throw missingParameter('InstanceId');
  refuseUnknown(ids, (id) => isKnown(account, id));
  return {
    instancesSet: ids.map((id) => {
      const before = account.setup.ec2.instance(instanceId(id))?.state ?? 'terminated';
      account.setup.ec2.terminate(instanceId(id));
      const now = account.setup.ec2.instance(instanceId(id))?.state ?? 'terminated';
      return { instanceId: id, currentState: stateXml(now), previousState: stateXml(before) };
    }),
  };
}

export function createTags(account: Account, query: Query): Answer {
  const ids = query.texts('ResourceId');
  if (ids.length === 0) throw missingParameter('ResourceId');
  if (query.parts('Tag').length === 0) throw missingParameter('Tag');
  const tags = tagsIn(query);
  refuseUnknown(ids, (id) => isKnown(account, id));
  for (const id of ids) account.setup.ec2.tag(instanceId(id), tags);
  return { return: true };
}

/** EC2 takes writes of an instance before it shows it, and forgets it when it stops showing it. */
function isKnown({ setup: { ec2 } }: Account, id: InstanceId): boolean {
  const instance = ec2.instance(id);
  if (instance === undefined) return false;
  return instance.state !== 'terminated' || ec2.describe().some((one) => one.instanceId === id);
}

function refuseUnknown(ids: readonly string[], isKnownId: (id: InstanceId) => boolean): void {
  const unknown = ids.filter((id) => !isKnownId(checkedId(id))).sort(compareText);
  if (unknown.length === 0) return;
  const names = unknown.length === 1 ? `ID '${unknown[0]}' does` : `IDs '${unknown.join(', ')}' do`;
  throw new Ec2ApiError('InvalidInstanceID.NotFound', `The instance ${names} not exist`);
}

function checkedId(id: string): InstanceId {
  try {
    return instanceId(id);
  } catch (error) {
    if (!(error instanceof InvalidIdError)) throw error;
    throw new Ec2ApiError('InvalidInstanceID.Malformed', `Invalid id: "${id}"`);
  }
}

const stateXml = (state: Instance['state']): Xml => ({ code: STATE_CODES[state], name: state });

function instanceXml(account: Account, instance: Instance): Xml {
  const start = account.starts.get(instance.instanceId);
  return {
    instanceId: instance.instanceId,
    imageId: instance.imageId,
    instanceState: stateXml(instance.state),
    privateDnsName: start && `ip-${start.privateIpAddress.replaceAll('.', '-')}.ec2.internal`,
    privateIpAddress: start?.privateIpAddress,
    instanceType: instance.instanceType,
    launchTime: new Date(instance.launchedAtMs).toISOString(),
    placement: { availabilityZone: instance.zone, availabilityZoneId: account.zoneId(instance.zone) },
    subnetId: start?.subnet.id,
    vpcId: start?.subnet.vpcId,
    instanceLifecycle: instance.capacityType === 'spot' ? 'spot' : undefined,
    tagSet: tagSet(instance.tags),
  };
}
