import { describe, expect, it } from 'vitest';
import { loadText } from '../../support/documents.ts';
import { nodeClassYaml } from '../../support/node-class-text.ts';

const refusals = (lines: string, without: readonly string[] = []): readonly string[] =>
  loadText(nodeClassYaml(lines, without)).errors;

describe('kubelet settings of an EC2NodeClass', () => {
  it.each([
    ['kubelet: { maxPods: -1 }', ['in.yaml:5:23: -1 is too small: want at least 0 (spec.kubelet.maxPods)']],
    [
      'kubelet: { maxPods: 2147483648 }',
      ['in.yaml:5:23: 2147483648 is too large: want at most 2147483647 (spec.kubelet.maxPods)'],
    ],
    [
      'kubelet: { maxPods: min(110, vcpus) }',
      ['in.yaml:5:23: want a number, found "min(110" (spec.kubelet.maxPods)'],
    ],
    [
      'kubelet: { podsPerCore: -1 }',
      ['in.yaml:5:27: -1 is too small: want at least 0 (spec.kubelet.podsPerCore)'],
    ],
    [
      'kubelet: { clusterDNS: 10.0.0.10 }',
      ['in.yaml:5:26: want a list, found "10.0.0.10" (spec.kubelet.clusterDNS)'],
    ],
    [
      'kubelet: { clusterDNS: [10] }',
      ['in.yaml:5:27: want a text, found 10: write "10" in quotes (spec.kubelet.clusterDNS[0])'],
    ],
    [
      'kubelet: { systemReserved: { pods: 2 } }',
      [
        'in.yaml:5:32: unknown key "pods": want one of cpu, memory, ephemeral-storage, pid (spec.kubelet.systemReserved.pods)',
      ],
    ],
    [
      'kubelet: { kubeReserved: { pods: 2 } }',
      [
        'in.yaml:5:30: unknown key "pods": want one of cpu, memory, ephemeral-storage, pid (spec.kubelet.kubeReserved.pods)',
      ],
    ],
    [
      'kubelet: { systemReserved: { cpu: "-1" } }',
      ['in.yaml:5:37: invalid quantity "-1": must not be negative (spec.kubelet.systemReserved.cpu)'],
    ],
    [
      'kubelet: { kubeReserved: { memory: "-1Gi" } }',
      ['in.yaml:5:38: invalid quantity "-1Gi": must not be negative (spec.kubelet.kubeReserved.memory)'],
    ],
    [
      'kubelet: { kubeReserved: { memory: 10GB } }',
      [
        'in.yaml:5:38: invalid quantity "10GB": did you mean "10G" (powers of 1000) or "10Gi" (powers of 1024)? (spec.kubelet.kubeReserved.memory)',
      ],
    ],
    [
      'kubelet: { systemReserved: { memroy: 1Gi } }',
      ['in.yaml:5:32: unknown key "memroy"; did you mean "memory"? (spec.kubelet.systemReserved.memroy)'],
    ],
    [
      'kubelet: { evictionHard: { memory: 5% } }',
      [
        'in.yaml:5:30: unknown key "memory": want one of memory.available, nodefs.available, nodefs.inodesFree, imagefs.available, imagefs.inodesFree, pid.available (spec.kubelet.evictionHard.memory)',
      ],
    ],
    [
      'kubelet: { evictionHard: { memory.available: 5%3 } }',
      [
        'in.yaml:5:48: invalid threshold "5%3": want a share from "0%" to "100%", with at most two decimals (spec.kubelet.evictionHard["memory.available"])',
      ],
    ],
    [
      'kubelet: { evictionHard: { memory.available: 110% } }',
      [
        'in.yaml:5:48: invalid threshold "110%": want a share from "0%" to "100%", with at most two decimals (spec.kubelet.evictionHard["memory.available"])',
      ],
    ],
    [
      'kubelet: { evictionHard: { memory.available: 5.125% } }',
      [
        'in.yaml:5:48: invalid threshold "5.125%": want a share from "0%" to "100%", with at most two decimals (spec.kubelet.evictionHard["memory.available"])',
      ],
    ],
    [
      'kubelet: { evictionHard: { memory.available: 110GB } }',
      [
        'in.yaml:5:48: invalid quantity "110GB": did you mean "110G" (powers of 1000) or "110Gi" (powers of 1024)? (spec.kubelet.evictionHard["memory.available"])',
      ],
    ],
    [
      'kubelet: { evictionHard: { memory.available: "-1Gi" } }',
      [
        'in.yaml:5:48: invalid quantity "-1Gi": must not be negative (spec.kubelet.evictionHard["memory.available"])',
      ],
    ],
    [
      'kubelet: { evictionSoft: { memory: 5% }, evictionSoftGracePeriod: { memory: 1m } }',
      [
        'in.yaml:5:30: unknown key "memory": want one of memory.available, nodefs.available, nodefs.inodesFree, imagefs.available, imagefs.inodesFree, pid.available (spec.kubelet.evictionSoft.memory)',
        'in.yaml:5:71: unknown key "memory": want one of memory.available, nodefs.available, nodefs.inodesFree, imagefs.available, imagefs.inodesFree, pid.available (spec.kubelet.evictionSoftGracePeriod.memory)',
      ],
    ],
    [
      'kubelet: { evictionSoft: { memory.available: 110% }, evictionSoftGracePeriod: { memory.available: 1m } }',
      [
        'in.yaml:5:48: invalid threshold "110%": want a share from "0%" to "100%", with at most two decimals (spec.kubelet.evictionSoft["memory.available"])',
      ],
    ],
    [
      'kubelet: { evictionSoft: { memory.available: 5% } }',
      [
        'in.yaml:5:30: "memory.available" needs an entry in evictionSoftGracePeriod too: add it, or remove this one (spec.kubelet.evictionSoft["memory.available"])',
      ],
    ],
    [
      'kubelet: { evictionSoftGracePeriod: { memory.available: 1m } }',
      [
        'in.yaml:5:41: "memory.available" needs an entry in evictionSoft too: add it, or remove this one (spec.kubelet.evictionSoftGracePeriod["memory.available"])',
      ],
    ],
    [
      'kubelet: { evictionSoft: { memory.available: 5% }, evictionSoftGracePeriod: { memory.available: 60 } }',
      [
        'in.yaml:5:99: invalid duration 60: want a number with a unit, such as 90s or 1m30s (spec.kubelet.evictionSoftGracePeriod["memory.available"])',
      ],
    ],
    [
      'kubelet: { evictionSoft: { memory.available: 5% }, evictionSoftGracePeriod: { memory.available: soon } }',
      [
        'in.yaml:5:99: invalid duration "soon": want a number with a unit, such as 90s or 1m30s (spec.kubelet.evictionSoftGracePeriod["memory.available"])',
      ],
    ],
    [
      'kubelet: { evictionMaxPodGracePeriod: 1m }',
      ['in.yaml:5:41: want a number, found "1m" (spec.kubelet.evictionMaxPodGracePeriod)'],
    ],
    [
      'kubelet: { evictionMaxPodGracePeriod: 2147483648 }',
      [
        'in.yaml:5:41: 2147483648 is too large: want at most 2147483647 (spec.kubelet.evictionMaxPodGracePeriod)',
      ],
    ],
    [
      'kubelet: { imageGCHighThresholdPercent: 101 }',
      ['in.yaml:5:43: 101 is too large: want at most 100 (spec.kubelet.imageGCHighThresholdPercent)'],
    ],
    [
      'kubelet: { imageGCHighThresholdPercent: -1 }',
      ['in.yaml:5:43: -1 is too small: want at least 0 (spec.kubelet.imageGCHighThresholdPercent)'],
    ],
    [
      'kubelet: { imageGCLowThresholdPercent: 101 }',
      ['in.yaml:5:42: 101 is too large: want at most 100 (spec.kubelet.imageGCLowThresholdPercent)'],
    ],
    [
      'kubelet: { imageGCLowThresholdPercent: -1 }',
      ['in.yaml:5:42: -1 is too small: want at least 0 (spec.kubelet.imageGCLowThresholdPercent)'],
    ],
    [
      'kubelet: { imageGCHighThresholdPercent: 50, imageGCLowThresholdPercent: 60 }',
      [
        'in.yaml:5:43: must be above imageGCLowThresholdPercent (60), found 50: raise it or lower the other (spec.kubelet.imageGCHighThresholdPercent)',
      ],
    ],
    [
      'kubelet: { imageGCHighThresholdPercent: 50, imageGCLowThresholdPercent: 50 }',
      [
        'in.yaml:5:43: must be above imageGCLowThresholdPercent (50), found 50: raise it or lower the other (spec.kubelet.imageGCHighThresholdPercent)',
      ],
    ],
    [
      'kubelet: { kubeReserved: { cpus: 100m, memory: lots } }',
      [
        'in.yaml:5:30: unknown key "cpus"; did you mean "cpu"? (spec.kubelet.kubeReserved.cpus)',
        expect.stringMatching(
          /^in\.yaml:5:50: invalid quantity "lots": .* \(spec\.kubelet\.kubeReserved\.memory\)$/,
        ),
      ],
    ],
    [
      'kubelet: { cpuCFSQuota: "on" }',
      ['in.yaml:5:27: want true or false, found "on" (spec.kubelet.cpuCFSQuota)'],
    ],
    [
      'kubelet: { maxPod: 10 }',
      ['in.yaml:5:14: unknown field "maxPod"; did you mean "maxPods"? (spec.kubelet.maxPod)'],
    ],
    [
      'kubelet: { cpuManagerPolcy: static }',
      [
        'in.yaml:5:14: unknown field "cpuManagerPolcy"; did you mean "cpuManagerPolicy"? (spec.kubelet.cpuManagerPolcy)',
      ],
    ],
    [
      'kubelet: { swap: true }',
      [
        'in.yaml:5:14: unknown field "swap": want one of clusterDNS, maxPods, podsPerCore, systemReserved, kubeReserved, evictionHard, evictionSoft, evictionSoftGracePeriod, evictionMaxPodGracePeriod, imageGCHighThresholdPercent, imageGCLowThresholdPercent, cpuCFSQuota (spec.kubelet.swap)',
      ],
    ],
  ])('are refused in %j', (lines, errors) => {
    expect(refusals(lines)).toEqual(errors);
  });

  it('are read in every form that Karpenter takes', () => {
    expect(
      refusals(`kubelet:
  clusterDNS: [10.0.1.100]
  maxPods: 0
  podsPerCore: 0
  systemReserved: { cpu: 100m, memory: 100Mi, ephemeral-storage: 1Gi, pid: "1000" }
  evictionHard: { memory.available: 5.25%, nodefs.available: 100%, nodefs.inodesFree: 100.0%, pid.available: "500" }
  evictionSoft: { imagefs.available: 1Gi, imagefs.inodesFree: 5% }
  evictionSoftGracePeriod: { imagefs.available: 1m30s, imagefs.inodesFree: 1.5h }
  evictionMaxPodGracePeriod: -1
  imageGCHighThresholdPercent: 100
  imageGCLowThresholdPercent: 0`),
    ).toEqual([]);
  });

  it('may be any other of the kubelet, which newer Karpenters pass on', () => {
    const { errors, notes } = loadText(
      nodeClassYaml(
        'kubelet: { cpuManagerPolicy: static, featureGates: { KubeletCrashLoopBackOffMax: true } }',
      ),
    );
    expect(errors).toEqual([]);
    expect(notes).toEqual([]);
  });
});
