import { describe, expect, it } from 'vitest';
import { fleetAnswer } from '../../../lib/adapters/aws/ec2/fleet-answer.ts';
import { fleetInput } from '../../../lib/adapters/aws/ec2/fleet-input.ts';
import { classifyFleetError } from '../../../lib/model/fleet-error.ts';
import { aTemplate } from '../../support/ec2-wire.ts';
import { aFleetRequest, anOverride } from '../../support/memory-fleet.ts';

const request = aFleetRequest('spot', [anOverride('m7i.large'), anOverride('c7i.large', 'us-east-1b')]);
const templates = [aTemplate(['c7i.large', 'm7i.large'])];

describe('reading a CreateFleet answer', () => {
  it('gives every instance of a group its type, zone, image and how it was bought', () => {
    const result = {
      Instances: [
        {
          InstanceIds: ['i-01', 'i-02'],
          InstanceType: 'm7i.large' as const,
          Lifecycle: 'spot' as const,
          LaunchTemplateAndOverrides: { Overrides: { SubnetId: 'subnet-us-east-1a' } },
        },
      ],
    };
    const place = {
      instanceType: 'm7i.large',
      zone: 'us-east-1a',
      capacityType: 'spot',
      imageId: 'ami-0a0a0a0a0a0a0a0a0',
    };
    expect(fleetAnswer(request, templates, result)).toEqual({
      instances: [
        { instanceId: 'i-01', ...place },
        { instanceId: 'i-02', ...place },
      ],
      errors: [],
    });
  });

  it('attributes an error to its override, by its subnet where no zone is written', () => {
    const Overrides = { InstanceType: 'c7i.large' as const, SubnetId: 'subnet-us-east-1b' };
    const Errors = [
      { ErrorCode: 'UnfulfillableCapacity', ErrorMessage: 'none', LaunchTemplateAndOverrides: { Overrides } },
    ];
    expect(fleetAnswer(request, templates, { Errors }).errors).toEqual([
      { code: 'UnfulfillableCapacity', message: 'none', instanceType: 'c7i.large', zone: 'us-east-1b' },
    ]);
  });

  it('leaves an error that names no override to the whole request', () => {
    const Errors = [{ ErrorCode: 'RequestLimitExceeded', ErrorMessage: 'slow down' }];
    expect(fleetAnswer(request, templates, { Errors }).errors).toEqual([
      { code: 'RequestLimitExceeded', message: 'slow down' },
    ]);
  });

  it.each([
    ['InsufficientInstanceCapacity', 'offering'],
    ['UnfulfillableCapacity', 'offering'],
    ['Unsupported', 'offering'],
    ['InvalidFleetConfiguration', 'offering'],
    ['SpotMaxPriceTooLow', 'offering'],
    ['ReservationCapacityExceeded', 'offering'],
    ['MaxSpotInstanceCountExceeded', 'quota'],
    ['VcpuLimitExceeded', 'quota'],
    ['MaxFleetCountExceeded', 'quota'],
    ['InsufficientFreeAddressesInSubnet', 'subnet'],
    ['RequestLimitExceeded', 'throttle'],
    ['UnauthorizedOperation', 'configuration'],
  ])('classes %s as %s', (code, expected) => {
    expect(classifyFleetError(code)).toBe(expected);
  });
});

describe('writing a CreateFleet request', () => {
  it('groups overrides by template and names no image in them', () => {
    const two = [aTemplate(['m7i.large']), aTemplate(['c7i.large'], { imageId: 'ami-2' })];
    const { LaunchTemplateConfigs = [] } = fleetInput(request, two);
    expect(LaunchTemplateConfigs).toEqual([
      {
        LaunchTemplateSpecification: { LaunchTemplateName: two[0]?.name, Version: '1' },
        Overrides: [
          { InstanceType: 'm7i.large', SubnetId: 'subnet-us-east-1a', AvailabilityZone: 'us-east-1a' },
        ],
      },
      {
        LaunchTemplateSpecification: { LaunchTemplateName: two[1]?.name, Version: '1' },
        Overrides: [
          { InstanceType: 'c7i.large', SubnetId: 'subnet-us-east-1b', AvailabilityZone: 'us-east-1b' },
        ],
      },
    ]);
  });

  it.each([
    ['spot', { SpotOptions: { AllocationStrategy: 'price-capacity-optimized' } }],
    ['on-demand', { OnDemandOptions: { AllocationStrategy: 'lowest-price' } }],
  ] as const)('asks for %s with its strategy and for nothing else', (capacityType, options) => {
    const input = fleetInput(aFleetRequest(capacityType, request.overrides), templates);
    expect(input).toMatchObject({
      Type: 'instant',
      ClientToken: 'o1-1',
      TargetCapacitySpecification: { TotalTargetCapacity: 1, DefaultTargetCapacityType: capacityType },
      ...options,
    });
    expect('SpotOptions' in input).toBe(capacityType === 'spot');
  });

  it('tags instances, volumes and the fleet', () => {
    const { TagSpecifications = [] } = fleetInput(request, templates);
    expect(TagSpecifications.map(({ ResourceType }) => ResourceType)).toEqual([
      'instance',
      'volume',
      'fleet',
    ]);
    for (const { Tags } of TagSpecifications) {
      expect(Tags).toContainEqual({ Key: 'dovetail.sh/installation', Value: 'test' });
    }
  });
});
