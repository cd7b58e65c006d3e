import { describe, expect, it } from 'vitest';
import { loadText } from '../../support/documents.ts';
import { nodeClassYaml } from '../../support/node-class-text.ts';

const refusals = (lines: string): readonly string[] => loadText(nodeClassYaml(lines)).errors;

describe('an unknown field of an EC2NodeClass', () => {
  it.each([
    ['subnetSelectorTerm: []', '5:3', 'subnetSelectorTerms', 'spec.subnetSelectorTerm'],
    ['amifamily: AL2023', '5:3', 'amiFamily', 'spec.amifamily'],
    [
      'subnetSelectorTerms: [{ ids: subnet-1, tags: { a: b } }]',
      '5:27',
      'id',
      'spec.subnetSelectorTerms[0].ids',
    ],
    [
      'securityGroupSelectorTerms: [{ nam: web, tags: { a: b } }]',
      '5:34',
      'name',
      'spec.securityGroupSelectorTerms[0].nam',
    ],
    [
      'capacityReservationSelectorTerms: [{ ownerId: "1", tags: { a: b } }]',
      '5:40',
      'ownerID',
      'spec.capacityReservationSelectorTerms[0].ownerId',
    ],
    [
      'amiSelectorTerms: [{ alias: al2023@latest, owners: self }]',
      '5:46',
      'owner',
      'spec.amiSelectorTerms[0].owners',
    ],
    ['placementGroupSelector: { name: a, Id: b }', '5:38', 'id', 'spec.placementGroupSelector.Id'],
    ['kubelet: { maxpods: 5 }', '5:14', 'maxPods', 'spec.kubelet.maxpods'],
    ['kubelet: { systemReserved: { cpus: 1 } }', '5:32', 'cpu', 'spec.kubelet.systemReserved.cpus'],
    [
      'kubelet: { evictionHard: { memory.availble: 5% } }',
      '5:30',
      'memory.available',
      'spec.kubelet.evictionHard["memory.availble"]',
    ],
    [
      'blockDeviceMappings: [{ devicename: /dev/xvda }]',
      '5:27',
      'deviceName',
      'spec.blockDeviceMappings[0].devicename',
    ],
    [
      'blockDeviceMappings: [{ ebs: { volumeSize: 1Gi, kmsKeyId: a } }]',
      '5:51',
      'kmsKeyID',
      'spec.blockDeviceMappings[0].ebs.kmsKeyId',
    ],
    [
      'networkInterfaces: [{ networkCardIndex: 0, deviceIndex: 0, interfaceType: interface, cardIndex: 1 }]',
      '5:88',
      undefined,
      'spec.networkInterfaces[0].cardIndex',
    ],
    ['metadataOptions: { httpToken: required }', '5:22', 'httpTokens', 'spec.metadataOptions.httpToken'],
    ['connectionTracking: { udptimeout: 30 }', '5:25', 'udpTimeout', 'spec.connectionTracking.udptimeout'],
    [
      'cpuOptions: { nestedVirtualisation: enabled }',
      '5:17',
      'nestedVirtualization',
      'spec.cpuOptions.nestedVirtualisation',
    ],
  ])('is an error with what was meant: %s', (lines, at, meant, path) => {
    const [error = '', ...others] = refusals(lines);
    expect(others).toEqual([]);
    expect(error).toMatch(new RegExp(`^in\\.yaml:${at}: unknown (field|key) "`));
    expect(error).toContain(meant === undefined ? ': want one of ' : `"; did you mean "${meant}"? (${path})`);
    expect(error.endsWith(` (${path})`)).toBe(true);
  });

  it('at the top of the document is an error too', () => {
    expect(loadText(`${nodeClassYaml('')}stauts: {}\n`).errors).toEqual([
      'in.yaml:9:1: unknown field "stauts"; did you mean "status"? (stauts)',
    ]);
  });
});

describe('a field that people bring along from elsewhere', () => {
  it.each([
    ['subnetSelector: {}', 'v1 has a list of terms: write subnetSelectorTerms'],
    ['securityGroupSelector: {}', 'v1 has a list of terms: write securityGroupSelectorTerms'],
    ['amiSelector: {}', 'v1 has a list of terms: write amiSelectorTerms'],
    ['kubeletConfiguration: {}', 'v1 calls it "kubelet"'],
    ['launchTemplate: a', 'v1 makes launch templates itself: write here what yours holds'],
    ['launchTemplateName: a', 'v1 makes launch templates itself: write here what yours holds'],
    ['provider: {}', 'its fields stand in spec itself since v1beta1'],
    ['requirements: []', 'it belongs to the NodePool: move it to spec.template.spec.requirements there'],
    ['taints: []', 'it belongs to the NodePool: move it to spec.template.spec.taints there'],
    ['startupTaints: []', 'it belongs to the NodePool: move it to spec.template.spec.startupTaints there'],
    ['expireAfter: 720h', 'it belongs to the NodePool: move it to spec.template.spec.expireAfter there'],
    ['labels: {}', 'it belongs to the NodePool: move it to spec.template.metadata.labels there'],
    ['limits: {}', 'it belongs to the NodePool: move it to spec.limits there'],
    ['disruption: {}', 'it belongs to the NodePool: move it to spec.disruption there'],
    ['weight: 1', 'it belongs to the NodePool: move it to spec.weight there'],
    ['placementGroup: {}', 'write placementGroupSelector, with a name or an id'],
    ['efa: {}', 'write networkInterfaces, one entry for each interface'],
    [
      'enclaveOptions: {}',
      'enclaves are on where a pod requests eks.amazonaws.com/nitro-sandbox: remove it, and let pods request that',
    ],
    [
      'licenseSpecifications: []',
      'Karpenter takes no licence configurations: remove it, and attach them to the image',
    ],
    ['ephemeralStorage: {}', "it belongs to EKS Auto Mode's NodeClass: write blockDeviceMappings"],
    [
      'networkPolicy: DefaultAllow',
      "it belongs to EKS Auto Mode's NodeClass: remove it, and set it on the network plugin",
    ],
    [
      'networkPolicyEventLogs: Enabled',
      "it belongs to EKS Auto Mode's NodeClass: remove it, and set it on the network plugin",
    ],
    [
      'snatPolicy: Random',
      "it belongs to EKS Auto Mode's NodeClass: remove it, and set it on the network plugin",
    ],
    [
      'podSubnetSelectorTerms: []',
      "it belongs to EKS Auto Mode's NodeClass: remove it, and set it on the network plugin",
    ],
    [
      'podSecurityGroupSelectorTerms: []',
      "it belongs to EKS Auto Mode's NodeClass: remove it, and set it on the network plugin",
    ],
    [
      'advancedNetworking: {}',
      "it belongs to EKS Auto Mode's NodeClass: write associatePublicIPAddress and userData",
    ],
    [
      'advancedSecurity: {}',
      "it belongs to EKS Auto Mode's NodeClass: remove it, and name a FIPS image in amiSelectorTerms",
    ],
    ['certificateBundles: []', "it belongs to EKS Auto Mode's NodeClass: install certificates by userData"],
  ])('is an error that says where it went: %s', (line, advice) => {
    const field = line.slice(0, line.indexOf(':'));
    expect(refusals(line)).toEqual([`in.yaml:5:3: unknown field "${field}": ${advice} (spec.${field})`]);
  });
});

describe('another version or kind of node class', () => {
  it('of v1beta1 is an error that says what to change, beside what v1 wants more', () => {
    const old = nodeClassYaml('amiFamily: Ubuntu')
      .replace('k8s.aws/v1', 'k8s.aws/v1beta1')
      .replace(/ {2}amiSelectorTerms: .*\n/, '');
    expect(loadText(old).errors).toEqual([
      'in.yaml:1:13: version karpenter.k8s.aws/v1beta1 is not read any more: write karpenter.k8s.aws/v1, name the image in amiSelectorTerms, and move spec.template.spec.kubelet of its NodePools to spec.kubelet here (apiVersion)',
      'in.yaml:5:3: missing field: v1 chooses no image by itself, so name one, for example [{alias: al2023@latest}] (spec.amiSelectorTerms)',
      'in.yaml:5:14: unknown value "Ubuntu": v1 has no such family: write AL2, which boots in the same way, and name the image in amiSelectorTerms (spec.amiFamily)',
    ]);
  });

  it('of a version that never was is an error', () => {
    expect(loadText(nodeClassYaml('').replace('k8s.aws/v1', 'k8s.aws/v2')).errors).toEqual([
      'in.yaml:1:13: unknown value "karpenter.k8s.aws/v2": want karpenter.k8s.aws/v1 (apiVersion)',
    ]);
  });

  it('of EKS Auto Mode is an error that says what to write', () => {
    const text =
      'apiVersion: eks.amazonaws.com/v1\nkind: NodeClass\nmetadata: { name: a }\nspec: { ephemeralStorage: { size: 100Gi } }\n';
    const { errors, notes } = loadText(text);
    expect(errors).toEqual([
      'in.yaml:2:7: a NodeClass of EKS Auto Mode, whose nodes only EKS can make: write an EC2NodeClass of karpenter.k8s.aws/v1 with its role and selector terms, an image in amiSelectorTerms, such as alias: bottlerocket@latest, and its ephemeralStorage as blockDeviceMappings (kind)',
    ]);
    expect(notes).toEqual([]);
  });
});
