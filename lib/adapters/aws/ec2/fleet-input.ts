// A fleet request as CreateFleet takes it. Pure: the same request and templates are the same bytes.
import type {
  _InstanceType,
  CreateFleetCommandInput,
  FleetLaunchTemplateConfigRequest,
} from '@aws-sdk/client-ec2';
import { DovetailError } from '../../../model/errors.ts';
import type { LaunchTemplate } from '../../../model/launch-template.ts';
import type { FleetRequest } from '../../../model/plan.ts';
import { toTags } from './tags.ts';

/**
 * One config per template that has overrides. Overrides name no image: it is the template's, which knows what hardware
 * it is for. An override whose type is in no template is left out (`withoutTemplate` names them). Errors:
 * `CapacityTypeUnsupported`, retry never.
 */
export function fleetInput(
  request: FleetRequest,
  templates: readonly LaunchTemplate[],
): CreateFleetCommandInput {
  return {
    Type: 'instant',
    ClientToken: request.clientToken,
    LaunchTemplateConfigs: templates
      .map((template) => configOf(request, template))
      .filter(({ Overrides = [] }) => Overrides.length > 0),
    TargetCapacitySpecification: {
      TotalTargetCapacity: request.targetCapacity,
      DefaultTargetCapacityType: targetTypeOf(request),
    },
    ...(request.capacityType === 'spot'
      ? { SpotOptions: { AllocationStrategy: request.allocationStrategy } }
      : { OnDemandOptions: { AllocationStrategy: 'lowest-price' } }),
    TagSpecifications: (['instance', 'volume', 'fleet'] as const).map((ResourceType) => ({
      ResourceType,
      Tags: toTags({ ...templateTags(templates, ResourceType), ...request.tags }),
    })),
  };
}

/** Overrides that no template is for, because no image fits their type. */
export function withoutTemplate(
  { overrides }: FleetRequest,
  templates: readonly LaunchTemplate[],
): FleetRequest['overrides'] {
  const types = new Set(templates.flatMap((template) => template.types));
  return overrides.filter(({ instanceType }) => !types.has(instanceType));
}

function configOf({ overrides }: FleetRequest, template: LaunchTemplate): FleetLaunchTemplateConfigRequest {
  const types = new Set(template.types);
  return {
    // A template never gets a second version: its name is its content.
    LaunchTemplateSpecification: { LaunchTemplateName: template.name, Version: '1' },
    Overrides: overrides
      .filter(({ instanceType }) => types.has(instanceType))
      .map(({ instanceType, zone, subnetId }) => ({
        InstanceType: instanceType as _InstanceType,
        SubnetId: subnetId,
        // The subnet says it already; EC2's errors then name the zone.
        AvailabilityZone: zone,
      })),
  };
}

/** Tags of a request replace those of its template, so the template's are said again. They are the same in all of them. */
const templateTags = (templates: readonly LaunchTemplate[], type: string): Readonly<Record<string, string>> =>
  templates[0]?.spec.tagSpecifications.find(({ resourceType }) => resourceType === type)?.tags ?? {};

function targetTypeOf({ capacityType }: FleetRequest): 'spot' | 'on-demand' {
  if (capacityType !== 'reserved') return capacityType;
  throw new DovetailError(
    'CapacityTypeUnsupported',
    'capacity type "reserved" cannot be launched: no launch template names a reservation; ask for spot or on-demand',
    'never',
  );
}
