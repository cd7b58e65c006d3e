import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fixtureFile, load, loadText } from '../../support/documents.ts';
import { nodeClassYaml } from '../../support/node-class-text.ts';

/** Where the EC2NodeClass of general.yaml begins, after its NodePool. */
const NODE_CLASS_LINE = 66;

const LIB = new URL('../../../lib/', import.meta.url);

/** One valid value for each field that nothing acts on. */
const KEPT: Readonly<Record<string, string>> = {
  capacityReservationSelectorTerms: '[{ id: cr-1 }]',
  context: 'anything',
};

/** Where the other fields are read outside lib/config, and by which words. */
const ACTED_ON: Readonly<Record<string, readonly [file: string, words: string]>> = {
  subnetSelectorTerms: ['control/fleet-request.ts', 'resolved.subnets'],
  securityGroupSelectorTerms: ['adapters/memory/embedded-catalog.ts', 'nodeClass.securityGroupSelectorTerms'],
  amiSelectorTerms: ['adapters/memory/embedded-catalog.ts', 'nodeClass.amiSelectorTerms'],
  amiFamily: ['catalog/instance-types.ts', 'amiFamily'],
  tags: ['control/fleet-request.ts', 'nodeClass.tags'],
  kubelet: ['catalog/overhead.ts', 'kubelet.maxPods'],
  blockDeviceMappings: ['catalog/overhead.ts', 'rootVolumeBytes'],
  instanceStorePolicy: ['catalog/overhead.ts', 'instanceStorePolicy'],
  networkInterfaces: ['catalog/launch-spec.ts', "spec['networkInterfaces']"],
  connectionTracking: ['catalog/launch-spec.ts', "spec['connectionTracking']"],
  cpuOptions: ['catalog/launch-spec.ts', "spec['cpuOptions']"],
  placementGroupSelector: ['bootstrap/launch-templates.ts', "spec['placementGroupSelector']"],
  associatePublicIPAddress: ['bootstrap/network.ts', "['associatePublicIPAddress']"],
  ipPrefixCount: ['bootstrap/network.ts', 'ipPrefixCount } = nodeClass.spec'],
  userData: ['bootstrap/launch-templates.ts', "spec['userData']"],
  detailedMonitoring: ['bootstrap/launch-templates.ts', "spec['detailedMonitoring']"],
  metadataOptions: ['bootstrap/launch-templates.ts', "spec['metadataOptions']"],
};

/** One of the two is in every document, so that a note would tell nobody anything. */
const IDENTITY = ['role', 'instanceProfile'];

/** As the schema lists them when it meets a field that is like none. */
function knownFields(lines: string): string[] {
  const [error = ''] = loadText(nodeClassYaml(lines)).errors;
  const list = /: want one of (.*) \(/.exec(error)?.[1] ?? '';
  return list.split(', ').sort();
}

describe('the notes of an EC2NodeClass', () => {
  it('or a reader outside lib/config account for every field of the schema', () => {
    const accounted = [...Object.keys(KEPT), ...Object.keys(ACTED_ON), ...IDENTITY];
    expect(knownFields('zzzzzzzzzzzz: 1')).toEqual(accounted.sort());
  });

  it.each(Object.entries(KEPT))('say that %s is kept', (field, value) => {
    const { errors, notes } = loadText(nodeClassYaml(`${field}: ${value}`));
    expect(errors).toEqual([]);
    expect(notes).toEqual([`in.yaml:5:3: "${field}" is kept but not acted on yet (spec.${field})`]);
  });

  it('are about nothing that is read', () => {
    const { errors, notes } = loadText(
      nodeClassYaml(`tags: { a: b }
amiFamily: AL2023
instanceStorePolicy: RAID0
networkInterfaces: [{ networkCardIndex: 0, deviceIndex: 0, interfaceType: interface }]
connectionTracking: { udpTimeout: 30 }
cpuOptions: { nestedVirtualization: enabled }
placementGroupSelector: { name: web }
associatePublicIPAddress: true
ipPrefixCount: 1
userData: echo hello
detailedMonitoring: true
metadataOptions: { httpTokens: optional }
blockDeviceMappings: [{ deviceName: /dev/xvda, rootVolume: true, ebs: { volumeSize: 50Gi, volumeType: io2, iops: 3000, throughput: 125, encrypted: true, kmsKeyID: key, snapshotID: snap-1, deleteOnTermination: true, volumeInitializationRate: 100 } }]
kubelet: { cpuManagerPolicy: static, maxPods: 5, podsPerCore: 1, systemReserved: { cpu: 1 }, kubeReserved: { cpu: 1 }, evictionHard: { memory.available: 5% } }`),
    );
    expect(errors).toEqual([]);
    expect(notes).toEqual([]);
  });

  it.each(Object.entries(ACTED_ON))('need none for %s, which lib reads', (_, [file, words]) => {
    expect(readFileSync(new URL(file, LIB), 'utf8')).toContain(words);
  });

  it('are right that nothing reads what they name', () => {
    // `context` is an everyday word of code; it would be read through `spec`, as the other would.
    const names = Object.keys(KEPT).filter((name) => name !== 'context');
    const readers = readdirSync(LIB, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.startsWith('config/'))
      .filter((file) => {
        const code = readFileSync(new URL(file, LIB), 'utf8');
        return (
          names.some((name) => new RegExp(`\\b${name}\\b`).test(code)) || code.includes("spec['context']")
        );
      });
    expect(readers).toEqual([]);
  });

  it('say that Bottlerocket has no podsPerCore', () => {
    const notesFor = (alias: string) =>
      loadText(nodeClassYaml(`amiSelectorTerms: [{ alias: ${alias} }]\nkubelet: { podsPerCore: 4 }`)).notes;
    expect(notesFor('bottlerocket@latest')).toEqual([
      'in.yaml:6:14: "podsPerCore" has no effect on Bottlerocket: write maxPods instead (spec.kubelet.podsPerCore)',
    ]);
    expect(notesFor('al2023@latest')).toEqual([]);
  });

  it('warn where user data leaves little room for what is added to it', () => {
    const near = (bytes: number) => loadText(nodeClassYaml(`userData: ${'x'.repeat(bytes)}`)).notes;
    expect(near(14_745)).toEqual([]);
    expect(near(14_746)).toContain(
      "in.yaml:5:13: user data has 14746 of the 16384 bytes that EC2 takes, and the node's own settings are added to it (spec.userData)",
    );
  });

  it('are none for a whole document that is acted on in full', () => {
    const { notes } = load([fixtureFile('general.yaml')]);
    expect(notes.filter((note) => Number(note.split(':')[1]) > NODE_CLASS_LINE)).toEqual([]);
  });
});
