import type { FleetError, FleetOverride } from '../../model/plan.ts';
import { stableHash } from '../../model/stable-json.ts';
import type { FleetAnswer, FleetInstance } from '../../ports/fleet.ts';
import type { Account } from './account.ts';
import { type Pool, type ReadRequest, readFleetRequest } from './fleet-request.ts';
import type { Query } from './query.ts';
import type { Xml } from './xml.ts';

/** CreateFleet of type instant: what could be started, and one error per override that had no more. */
export function createFleet(account: Account, query: Query): { readonly [name: string]: Xml } {
  const read = readFleetRequest(account, query);
  const { instances, errors } = launch(account, read);
  const groups = new Map<string, FleetInstance[]>();
  for (const instance of instances) {
    const key = `${instance.instanceType} ${instance.zone}`;
    groups.set(key, [...(groups.get(key) ?? []), instance]);
  }
  return {
    fleetId: `fleet-${stableHash(read.request.clientToken, 17)}`,
    fleetInstanceSet: [...groups.values()].map((group) => groupXml(read, group)),
    errorSet: [...read.errors, ...errors].map((error) => errorXml(read, error)),
  };
}

/** Starts are written down as they happen, because the caller may never get the answer. */
function launch(account: Account, { request, pools, errors }: ReadRequest): FleetAnswer {
  const { ec2 } = account.setup;
  if (pools.length === 0 && errors.length > 0) return { instances: [], errors: [] };
  const stop = ec2.subscribe(({ kind, instance }) => {
    const pool = poolOf(pools, instance);
    if (kind !== 'state' || instance.state !== 'pending' || pool === undefined) return;
    const { subnet, template } = pool;
    account.starts.set(instance.instanceId, { subnet, template, privateIpAddress: account.nextAddress() });
  });
  try {
    return ec2.createFleet(request);
  } finally {
    stop();
  }
}

const poolOf = (
  pools: readonly Pool[],
  place: { readonly instanceType?: string; readonly zone?: string },
): Pool | undefined =>
  pools.find(({ instanceType, zone }) => instanceType === place.instanceType && zone === place.zone);

function groupXml({ pools, request }: ReadRequest, group: readonly FleetInstance[]): Xml {
  const [first] = group;
  const pool = first && poolOf(pools, first);
  return {
    launchTemplateAndOverrides: pool && placeXml(pool),
    lifecycle: request.capacityType,
    instanceIds: group.map(({ instanceId }) => instanceId),
    instanceType: first?.instanceType,
  };
}

function errorXml({ pools, request }: ReadRequest, error: FleetError): Xml {
  const { instanceType, zone } = error;
  const pool = poolOf(pools, error);
  return {
    launchTemplateAndOverrides:
      pool === undefined ? { overrides: { instanceType, availabilityZone: zone } } : placeXml(pool),
    lifecycle: request.capacityType,
    errorCode: error.code,
    errorMessage: error.message,
  };
}

const placeXml = ({ template, ...override }: Pool): Xml => ({
  launchTemplateSpecification: { launchTemplateId: template.id, version: '1' },
  overrides: overrideXml(override),
});

/** EC2 repeats an override as it was asked for, which is without the template's image. */
const overrideXml = ({ instanceType, zone, subnetId }: FleetOverride): Xml => ({
  instanceType,
  subnetId,
  availabilityZone: zone,
});
