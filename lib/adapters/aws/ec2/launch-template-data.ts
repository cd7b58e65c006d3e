// What a launch template of ours holds, as CreateLaunchTemplate takes it.
import type {
  LaunchTemplateBlockDeviceMappingRequest,
  LaunchTemplateInstanceNetworkInterfaceSpecificationRequest,
  RequestLaunchTemplateData,
  VolumeType,
} from '@aws-sdk/client-ec2';
import type {
  LaunchTemplateSpec,
  TemplateInterface,
  TemplateVolume,
} from '../../../model/launch-template.ts';
import { toTags } from './tags.ts';

export function launchTemplateData(spec: LaunchTemplateSpec): RequestLaunchTemplateData {
  const { metadataOptions: metadata, placement, cpuOptions } = spec;
  return present<RequestLaunchTemplateData>({
    ImageId: spec.imageId,
    IamInstanceProfile: { Name: spec.instanceProfile },
    UserData: spec.userData?.base64,
    NetworkInterfaces: spec.networkInterfaces.map(interfaceOf),
    BlockDeviceMappings:
      spec.blockDeviceMappings.length === 0 ? undefined : spec.blockDeviceMappings.map(volumeOf),
    MetadataOptions: {
      HttpEndpoint: metadata.httpEndpoint,
      HttpProtocolIpv6: metadata.httpProtocolIpv6,
      HttpPutResponseHopLimit: metadata.httpPutResponseHopLimit,
      HttpTokens: metadata.httpTokens,
    },
    Monitoring: { Enabled: spec.detailedMonitoring },
    Placement:
      placement &&
      present({ Tenancy: placement.tenancy, GroupName: placement.groupName, GroupId: placement.groupId }),
    CpuOptions: cpuOptions && { NestedVirtualization: cpuOptions.nestedVirtualization },
    EnclaveOptions: spec.enclave ? { Enabled: true } : undefined,
    TagSpecifications: spec.tagSpecifications.map(({ resourceType, tags }) => ({
      ResourceType: resourceType,
      Tags: toTags(tags),
    })),
  });
}

function interfaceOf(entry: TemplateInterface): LaunchTemplateInstanceNetworkInterfaceSpecificationRequest {
  const { connectionTracking: tracking } = entry;
  return present<LaunchTemplateInstanceNetworkInterfaceSpecificationRequest>({
    NetworkCardIndex: entry.networkCardIndex,
    DeviceIndex: entry.deviceIndex,
    InterfaceType: entry.interfaceType,
    Groups: [...entry.securityGroupIds],
    AssociatePublicIpAddress: entry.associatePublicIpAddress,
    Ipv4PrefixCount: entry.ipv4PrefixCount,
    Ipv6PrefixCount: entry.ipv6PrefixCount,
    Ipv6AddressCount: entry.ipv6AddressCount,
    PrimaryIpv6: entry.primaryIpv6,
    ConnectionTrackingSpecification:
      tracking &&
      present({
        TcpEstablishedTimeout: tracking.tcpEstablishedTimeout,
        UdpStreamTimeout: tracking.udpStreamTimeout,
        UdpTimeout: tracking.udpTimeout,
      }),
  });
}

function volumeOf(volume: TemplateVolume): LaunchTemplateBlockDeviceMappingRequest {
  return {
    DeviceName: volume.deviceName,
    Ebs: present({
      VolumeSize: volume.volumeSizeGib,
      VolumeType: volume.volumeType as VolumeType | undefined,
      Iops: volume.iops,
      Throughput: volume.throughput,
      Encrypted: volume.encrypted,
      KmsKeyId: volume.kmsKeyId,
      SnapshotId: volume.snapshotId,
      DeleteOnTermination: volume.deleteOnTermination,
      VolumeInitializationRate: volume.volumeInitializationRate,
    }),
  };
}

/** Members without a value are left out. */
const present = <T extends object>(members: T): T =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T;
