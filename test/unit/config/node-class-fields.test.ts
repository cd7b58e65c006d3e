import { describe, expect, it } from 'vitest';
import { loadText } from '../../support/documents.ts';
import { nodeClassYaml } from '../../support/node-class-text.ts';

const refusals = (lines: string, without: readonly string[] = []): readonly string[] =>
  loadText(nodeClassYaml(lines, without)).errors;

const listOf = (count: number, entry: (index: number) => string): string =>
  `[${Array.from({ length: count }, (_, index) => entry(index)).join(', ')}]`;

describe('the identity and tags of nodes of an EC2NodeClass', () => {
  it.each([
    [
      'instanceProfile: web',
      ['in.yaml:5:3: "role" and "instanceProfile" exclude each other: remove one (spec.instanceProfile)'],
    ],
    ['role: ""', ['in.yaml:5:9: "" is too small: want at least 1 character (spec.role)']],
    ['tags: { "": a }', ['in.yaml:5:11: an empty tag key: name the tag (spec.tags[""])']],
    [
      'tags: { kubernetes.io/cluster/a: owned }',
      [
        'in.yaml:5:11: tag "kubernetes.io/cluster/a" is set by the controller: remove it (spec.tags["kubernetes.io/cluster/a"])',
      ],
    ],
    [
      'tags: { kubernetes.io/clusters: a }',
      [
        'in.yaml:5:11: tag "kubernetes.io/clusters" is set by the controller: remove it (spec.tags["kubernetes.io/clusters"])',
      ],
    ],
    [
      'tags: { karpenter.sh/nodepool: a }',
      [
        'in.yaml:5:11: tag "karpenter.sh/nodepool" is set by the controller: remove it (spec.tags["karpenter.sh/nodepool"])',
      ],
    ],
    [
      'tags: { karpenter.sh/nodeclaim: a }',
      [
        'in.yaml:5:11: tag "karpenter.sh/nodeclaim" is set by the controller: remove it (spec.tags["karpenter.sh/nodeclaim"])',
      ],
    ],
    [
      'tags: { karpenter.k8s.aws/ec2nodeclass: a }',
      [
        'in.yaml:5:11: tag "karpenter.k8s.aws/ec2nodeclass" is set by the controller: remove it (spec.tags["karpenter.k8s.aws/ec2nodeclass"])',
      ],
    ],
    [
      'tags: { eks:eks-cluster-name: a }',
      [
        'in.yaml:5:11: tag "eks:eks-cluster-name" is set by the controller: remove it (spec.tags["eks:eks-cluster-name"])',
      ],
    ],
    [
      'tags: { dovetail.sh/order: a }',
      [
        'in.yaml:5:11: tag "dovetail.sh/order" is set by the controller: remove it (spec.tags["dovetail.sh/order"])',
      ],
    ],
    ['tags: { cost: 5 }', ['in.yaml:5:17: want a text, found 5: write "5" in quotes (spec.tags.cost)']],
  ])('are refused in %j', (lines, errors) => {
    expect(refusals(lines)).toEqual(errors);
  });

  it('are a role or an instance profile', () => {
    expect(refusals('', ['role'])).toEqual([
      'in.yaml:5:3: want "role" or "instanceProfile": add one of them (spec)',
    ]);
    expect(refusals('instanceProfile: ""', ['role'])).toEqual([
      'in.yaml:5:20: "" is too small: want at least 1 character (spec.instanceProfile)',
    ]);
    expect(refusals('instanceProfile: web', ['role'])).toEqual([]);
  });

  it('may carry other tags of the same domains', () => {
    expect(
      refusals(
        'tags: { karpenter.sh/discovery: a, kubernetes.io/role/elb: "1", karpenter.sh/managed: "true" }',
      ),
    ).toEqual([]);
  });
});

describe('networks of an EC2NodeClass', () => {
  it.each([
    [
      'associatePublicIPAddress: "yes"',
      ['in.yaml:5:29: want true or false, found "yes" (spec.associatePublicIPAddress)'],
    ],
    ['ipPrefixCount: -1', ['in.yaml:5:18: -1 is too small: want at least 0 (spec.ipPrefixCount)']],
    ['ipPrefixCount: 1.5', ['in.yaml:5:18: want a whole number, found 1.5 (spec.ipPrefixCount)']],
    [
      'placementGroupSelector: {}',
      ['in.yaml:5:27: want "name" or "id": add one of them (spec.placementGroupSelector)'],
    ],
    [
      'placementGroupSelector: { name: a, id: pg-1 }',
      ['in.yaml:5:38: "name" and "id" exclude each other: remove one (spec.placementGroupSelector.id)'],
    ],
    [
      'placementGroupSelector: { name: "" }',
      ['in.yaml:5:35: "" is too small: want at least 1 character (spec.placementGroupSelector.name)'],
    ],
    [
      'connectionTracking: { tcpEstablishedTimeout: 59 }',
      ['in.yaml:5:48: 59 is too small: want at least 60 (spec.connectionTracking.tcpEstablishedTimeout)'],
    ],
    [
      'connectionTracking: { tcpEstablishedTimeout: 432001 }',
      [
        'in.yaml:5:48: 432001 is too large: want at most 432000 (spec.connectionTracking.tcpEstablishedTimeout)',
      ],
    ],
    [
      'connectionTracking: { udpStreamTimeout: 59 }',
      ['in.yaml:5:43: 59 is too small: want at least 60 (spec.connectionTracking.udpStreamTimeout)'],
    ],
    [
      'connectionTracking: { udpStreamTimeout: 181 }',
      ['in.yaml:5:43: 181 is too large: want at most 180 (spec.connectionTracking.udpStreamTimeout)'],
    ],
    [
      'connectionTracking: { udpTimeout: 29 }',
      ['in.yaml:5:37: 29 is too small: want at least 30 (spec.connectionTracking.udpTimeout)'],
    ],
    [
      'connectionTracking: { udpTimeout: 61 }',
      ['in.yaml:5:37: 61 is too large: want at most 60 (spec.connectionTracking.udpTimeout)'],
    ],
    [
      'networkInterfaces: []',
      [
        'in.yaml:5:22: want an entry of type "interface" at card 0, device 0: add it (spec.networkInterfaces)',
      ],
    ],
    [
      'networkInterfaces: [{ networkCardIndex: 0, deviceIndex: 1, interfaceType: interface }]',
      [
        'in.yaml:5:22: want an entry of type "interface" at card 0, device 0: add it (spec.networkInterfaces)',
      ],
    ],
    [
      'networkInterfaces: [{ networkCardIndex: 0, deviceIndex: 0, interfaceType: efa-only }]',
      [
        'in.yaml:5:22: want an entry of type "interface" at card 0, device 0: add it (spec.networkInterfaces)',
      ],
    ],
    [
      'networkInterfaces:\n- { networkCardIndex: 0, deviceIndex: 0, interfaceType: interface }\n- { networkCardIndex: 0, deviceIndex: 0, interfaceType: efa-only }',
      [
        'in.yaml:7:5: a second interface at card 0, device 0, beside entry 0: give it a place of its own (spec.networkInterfaces[1])',
      ],
    ],
    [
      'networkInterfaces:\n- { networkCardIndex: 0, deviceIndex: 0, interfaceType: interface }\n- { networkCardIndex: 1, deviceIndex: 0, interfaceType: efa-only }\n- { networkCardIndex: 1, deviceIndex: 1, interfaceType: efa-only }',
      [
        'in.yaml:8:5: a second "efa-only" interface on card 1, beside entry 1: EC2 takes one on each card (spec.networkInterfaces[2])',
      ],
    ],
    [
      'networkInterfaces:\n- { networkCardIndex: 0, deviceIndex: 0, interfaceType: interface }\n- { networkCardIndex: -1, deviceIndex: 0, interfaceType: interface }',
      ['in.yaml:7:25: -1 is too small: want at least 0 (spec.networkInterfaces[1].networkCardIndex)'],
    ],
    [
      'networkInterfaces:\n- { networkCardIndex: 0, deviceIndex: 0, interfaceType: interface }\n- { networkCardIndex: 1, deviceIndex: -1, interfaceType: interface }',
      ['in.yaml:7:41: -1 is too small: want at least 0 (spec.networkInterfaces[1].deviceIndex)'],
    ],
    [
      'networkInterfaces:\n- { networkCardIndex: 0, deviceIndex: 0, interfaceType: interface }\n- { networkCardIndex: 1, deviceIndex: 0, interfaceType: efa }',
      [
        'in.yaml:7:59: unknown value "efa": want one of interface, efa-only (spec.networkInterfaces[1].interfaceType)',
      ],
    ],
    [
      'networkInterfaces:\n- { networkCardIndex: 0, deviceIndex: 0, interfaceType: interface }\n- { networkCardIndex: 1, interfaceType: interface }',
      ['in.yaml:7:5: missing field: want a number (spec.networkInterfaces[1].deviceIndex)'],
    ],
  ])('are refused in %j', (lines, errors) => {
    expect(refusals(lines)).toEqual(errors);
  });

  it('have at most 150 interfaces', () => {
    const card = (index: number): string =>
      `{ networkCardIndex: ${index}, deviceIndex: 0, interfaceType: interface }`;
    expect(refusals(`networkInterfaces: ${listOf(150, card)}`)).toEqual([]);
    expect(refusals(`networkInterfaces: ${listOf(151, card)}`)).toEqual([
      'in.yaml:5:22: [{"networkCardIndex":0,"deviceIndex":0,"interfaceType":"interface"},{"networkCar… is too large: want at most 150 entries (spec.networkInterfaces)',
    ]);
  });
});

describe('block devices of an EC2NodeClass', () => {
  it.each([
    [
      'blockDeviceMappings: [{ rootVolume: true }, {}, { rootVolume: true }]',
      [
        'in.yaml:5:65: a second root volume, beside entry 0: keep "rootVolume" on one of them (spec.blockDeviceMappings[2].rootVolume)',
      ],
    ],
    [
      'blockDeviceMappings: [{ deviceName: "" }]',
      ['in.yaml:5:39: "" is too small: want at least 1 character (spec.blockDeviceMappings[0].deviceName)'],
    ],
    [
      'blockDeviceMappings: [{ ebs: {} }]',
      ['in.yaml:5:32: want "volumeSize" or "snapshotID": add one of them (spec.blockDeviceMappings[0].ebs)'],
    ],
    [
      'blockDeviceMappings: [{ ebs: { volumeSize: 100 } }]',
      [
        'in.yaml:5:46: invalid volume size "100": want a whole number with a suffix, such as 100Gi, at most 59000Gi, 58Ti, 64000G, 64T (spec.blockDeviceMappings[0].ebs.volumeSize)',
      ],
    ],
    [
      'blockDeviceMappings: [{ ebs: { volumeSize: 0Gi } }]',
      [
        'in.yaml:5:46: invalid volume size "0Gi": want a whole number with a suffix, such as 100Gi, at most 59000Gi, 58Ti, 64000G, 64T (spec.blockDeviceMappings[0].ebs.volumeSize)',
      ],
    ],
    [
      'blockDeviceMappings: [{ ebs: { volumeSize: 1.5Ti } }]',
      [
        'in.yaml:5:46: invalid volume size "1.5Ti": want a whole number with a suffix, such as 100Gi, at most 59000Gi, 58Ti, 64000G, 64T (spec.blockDeviceMappings[0].ebs.volumeSize)',
      ],
    ],
    [
      'blockDeviceMappings: [{ ebs: { volumeSize: 500Mi } }]',
      [
        'in.yaml:5:46: invalid volume size "500Mi": want a whole number with a suffix, such as 100Gi, at most 59000Gi, 58Ti, 64000G, 64T (spec.blockDeviceMappings[0].ebs.volumeSize)',
      ],
    ],
    [
      'blockDeviceMappings: [{ ebs: { volumeSize: 59001Gi } }]',
      [
        'in.yaml:5:46: invalid volume size "59001Gi": want a whole number with a suffix, such as 100Gi, at most 59000Gi, 58Ti, 64000G, 64T (spec.blockDeviceMappings[0].ebs.volumeSize)',
      ],
    ],
    [
      'blockDeviceMappings: [{ ebs: { volumeSize: 59Ti } }]',
      [
        'in.yaml:5:46: invalid volume size "59Ti": want a whole number with a suffix, such as 100Gi, at most 59000Gi, 58Ti, 64000G, 64T (spec.blockDeviceMappings[0].ebs.volumeSize)',
      ],
    ],
    [
      'blockDeviceMappings: [{ ebs: { volumeSize: 64001G } }]',
      [
        'in.yaml:5:46: invalid volume size "64001G": want a whole number with a suffix, such as 100Gi, at most 59000Gi, 58Ti, 64000G, 64T (spec.blockDeviceMappings[0].ebs.volumeSize)',
      ],
    ],
    [
      'blockDeviceMappings: [{ ebs: { volumeSize: 65T } }]',
      [
        'in.yaml:5:46: invalid volume size "65T": want a whole number with a suffix, such as 100Gi, at most 59000Gi, 58Ti, 64000G, 64T (spec.blockDeviceMappings[0].ebs.volumeSize)',
      ],
    ],
    [
      'blockDeviceMappings: [{ ebs: { volumeSize: 1Gi, volumeType: gp4 } }]',
      [
        'in.yaml:5:63: unknown value "gp4": want one of standard, io1, io2, gp2, sc1, st1, gp3; did you mean "gp2"? (spec.blockDeviceMappings[0].ebs.volumeType)',
      ],
    ],
    [
      'blockDeviceMappings: [{ ebs: { volumeSize: 1Gi, iops: 0 } }]',
      ['in.yaml:5:57: 0 is too small: want at least 1 (spec.blockDeviceMappings[0].ebs.iops)'],
    ],
    [
      'blockDeviceMappings: [{ ebs: { volumeSize: 1Gi, throughput: 0 } }]',
      ['in.yaml:5:63: 0 is too small: want at least 1 (spec.blockDeviceMappings[0].ebs.throughput)'],
    ],
    [
      'blockDeviceMappings: [{ ebs: { volumeSize: 1Gi, encrypted: "true" } }]',
      [
        'in.yaml:5:62: want true or false, found "true": remove the quotes (spec.blockDeviceMappings[0].ebs.encrypted)',
      ],
    ],
    [
      'blockDeviceMappings: [{ ebs: { volumeSize: 1Gi, deleteOnTermination: "false" } }]',
      [
        'in.yaml:5:72: want true or false, found "false": remove the quotes (spec.blockDeviceMappings[0].ebs.deleteOnTermination)',
      ],
    ],
    [
      'blockDeviceMappings: [{ ebs: { volumeSize: 1Gi, kmsKeyID: 5 } }]',
      ['in.yaml:5:61: want a text, found 5: write "5" in quotes (spec.blockDeviceMappings[0].ebs.kmsKeyID)'],
    ],
    [
      'blockDeviceMappings: [{ ebs: { snapshotID: "" } }]',
      [
        'in.yaml:5:46: "" is too small: want at least 1 character (spec.blockDeviceMappings[0].ebs.snapshotID)',
      ],
    ],
    [
      'blockDeviceMappings: [{ ebs: { snapshotID: snap-1, volumeInitializationRate: 99 } }]',
      [
        'in.yaml:5:80: 99 is too small: want at least 100 (spec.blockDeviceMappings[0].ebs.volumeInitializationRate)',
      ],
    ],
    [
      'blockDeviceMappings: [{ ebs: { snapshotID: snap-1, volumeInitializationRate: 301 } }]',
      [
        'in.yaml:5:80: 301 is too large: want at most 300 (spec.blockDeviceMappings[0].ebs.volumeInitializationRate)',
      ],
    ],
    [
      'blockDeviceMappings: [{ ebs: { volumeSize: 1Gi, volumeInitializationRate: 100 } }]',
      [
        'in.yaml:5:77: "volumeInitializationRate" needs a "snapshotID" to read from: add one, or remove it (spec.blockDeviceMappings[0].ebs.volumeInitializationRate)',
      ],
    ],
  ])('are refused in %j', (lines, errors) => {
    expect(refusals(lines)).toEqual(errors);
  });

  it('are at most 50', () => {
    const device = (index: number): string => `{ deviceName: /dev/${index} }`;
    expect(refusals(`blockDeviceMappings: ${listOf(50, device)}`)).toEqual([]);
    expect(refusals(`blockDeviceMappings: ${listOf(51, device)}`)).toEqual([
      'in.yaml:5:24: [{"deviceName":"/dev/0"},{"deviceName":"/dev/1"},{"deviceName":"/dev/2"},{"devic… is too large: want at most 50 entries (spec.blockDeviceMappings)',
    ]);
  });

  it.each(['1Gi', '59000Gi', '58Ti', '64000G', '64T'])('may have %s', (volumeSize) => {
    expect(refusals(`blockDeviceMappings: [{ ebs: { volumeSize: ${volumeSize} } }]`)).toEqual([]);
  });
});

describe('instances of an EC2NodeClass', () => {
  it.each([
    ['detailedMonitoring: 1', ['in.yaml:5:23: want true or false, found 1 (spec.detailedMonitoring)']],
    ['context: 5', ['in.yaml:5:12: want a text, found 5: write "5" in quotes (spec.context)']],
    [
      'instanceStorePolicy: RAID1',
      ['in.yaml:5:24: unknown value "RAID1": want RAID0 (spec.instanceStorePolicy)'],
    ],
    [
      'metadataOptions: { httpEndpoint: open }',
      [
        'in.yaml:5:36: unknown value "open": want one of enabled, disabled (spec.metadataOptions.httpEndpoint)',
      ],
    ],
    [
      'metadataOptions: { httpProtocolIPv6: enable }',
      [
        'in.yaml:5:40: unknown value "enable": want one of enabled, disabled; did you mean "enabled"? (spec.metadataOptions.httpProtocolIPv6)',
      ],
    ],
    [
      'metadataOptions: { httpPutResponseHopLimit: 0 }',
      ['in.yaml:5:47: 0 is too small: want at least 1 (spec.metadataOptions.httpPutResponseHopLimit)'],
    ],
    [
      'metadataOptions: { httpPutResponseHopLimit: 65 }',
      ['in.yaml:5:47: 65 is too large: want at most 64 (spec.metadataOptions.httpPutResponseHopLimit)'],
    ],
    [
      'metadataOptions: { httpTokens: require }',
      [
        'in.yaml:5:34: unknown value "require": want one of required, optional; did you mean "required"? (spec.metadataOptions.httpTokens)',
      ],
    ],
    [
      'cpuOptions: { nestedVirtualization: true }',
      [
        'in.yaml:5:39: unknown value true: want one of enabled, disabled (spec.cpuOptions.nestedVirtualization)',
      ],
    ],
  ])('are refused in %j', (lines, errors) => {
    expect(refusals(lines)).toEqual(errors);
  });

  it('take user data of 16 KiB, counted in UTF-8 before base64', () => {
    expect(refusals(`userData: ${'x'.repeat(16_384)}`)).toEqual([]);
    expect(refusals(`userData: ${'x'.repeat(16_385)}`)).toEqual([
      "in.yaml:5:13: user data has 16385 bytes, more than EC2's limit of 16384: shorten it, or fetch the rest at boot (spec.userData)",
    ]);
    expect(refusals(`userData: ${'ä'.repeat(8_193)}`)).toEqual([
      expect.stringContaining("user data has 16386 bytes, more than EC2's limit of 16384"),
    ]);
  });

  it('take the limits of every range', () => {
    expect(
      refusals(`metadataOptions: { httpPutResponseHopLimit: 64, httpTokens: optional, httpEndpoint: disabled }
connectionTracking: { tcpEstablishedTimeout: 432000, udpStreamTimeout: 180, udpTimeout: 60 }
cpuOptions: { nestedVirtualization: enabled }
instanceStorePolicy: RAID0
context: anything
ipPrefixCount: 0`),
    ).toEqual([]);
  });
});
