// What CreateFleet answered, in our terms.
import type { CreateFleetResult, FleetLaunchTemplateOverrides } from '@aws-sdk/client-ec2';
import { instanceId } from '../../../model/ids.ts';
import type { LaunchTemplate } from '../../../model/launch-template.ts';
import type { FleetError, FleetRequest } from '../../../model/plan.ts';
import type { FleetAnswer, FleetInstance } from '../../../ports/fleet.ts';

/** An error of an override is that override's; one that names none is the whole request's. */
export function fleetAnswer(
  request: FleetRequest,
  templates: readonly LaunchTemplate[],
  { Instances = [], Errors = [] }: CreateFleetResult,
): FleetAnswer {
  const instances = Instances.flatMap((group): FleetInstance[] => {
    const overrides = group.LaunchTemplateAndOverrides?.Overrides;
    const instanceType = group.InstanceType ?? overrides?.InstanceType ?? '';
    const place = {
      instanceType,
      zone: zoneOf(request, overrides, group.AvailabilityZone) ?? '',
      capacityType: group.Lifecycle === 'spot' ? ('spot' as const) : ('on-demand' as const),
      imageId: overrides?.ImageId ?? imageOf(templates, instanceType),
    };
    return (group.InstanceIds ?? []).map((id) => ({ instanceId: instanceId(id), ...place }));
  });
  const errors = Errors.map(
    ({ ErrorCode = 'Unknown', ErrorMessage = '', LaunchTemplateAndOverrides }): FleetError => {
      const overrides = LaunchTemplateAndOverrides?.Overrides;
      const zone = zoneOf(request, overrides);
      return {
        code: ErrorCode,
        message: ErrorMessage,
        ...(overrides?.InstanceType === undefined ? {} : { instanceType: overrides.InstanceType }),
        ...(zone === undefined ? {} : { zone }),
      };
    },
  );
  return { instances, errors };
}

/** The zone that is written, or that of the subnet that is. */
function zoneOf(
  request: FleetRequest,
  overrides: FleetLaunchTemplateOverrides | undefined,
  written?: string,
): string | undefined {
  const bySubnet = request.overrides.find(({ subnetId }) => subnetId === overrides?.SubnetId)?.zone;
  return written ?? overrides?.AvailabilityZone ?? bySubnet;
}

const imageOf = (templates: readonly LaunchTemplate[], instanceType: string): string =>
  templates.find(({ types }) => types.includes(instanceType))?.spec.imageId ?? '';
