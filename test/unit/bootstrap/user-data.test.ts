import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { aNodePool } from '../../support/builders.ts';
import { aNodeClass, anImage, theTemplate, userDataText } from '../../support/launch-templates.ts';

const LINES: Readonly<Record<string, string>> = {
  AL2: 'amiFamily: AL2\namiSelectorTerms: [{ id: ami-1 }]\n',
  AL2023: '',
  Bottlerocket: 'amiSelectorTerms: [{ alias: bottlerocket@latest }]\n',
  Windows2022: 'amiSelectorTerms: [{ alias: windows2022@latest }]\n',
  Custom: 'amiFamily: Custom\namiSelectorTerms: [{ id: ami-1 }]\n',
};

const joined = (family: string, userData: string, more = ''): string =>
  userDataText(
    theTemplate({
      nodeClass: aNodeClass(`${LINES[family]}${more}userData: ${JSON.stringify(userData)}`),
    }),
  );

const partTypes = (text: string): string[] =>
  [...text.matchAll(/^Content-Type: (?!multipart)([^;\n]+)/gm)].map(([, type]) => type ?? '');

const archive = (content: string, closing = '--B--\n'): string =>
  `MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=B\n\n--B\nContent-Type: application/node.eks.aws\n\n${content}\n${closing}`;

const NODE_CONFIG = 'apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec: {}\n';

describe("the user's own user data on AL2023", () => {
  it.each([
    ['a script', '#!/bin/sh\nkind: of magic\n', 'text/x-shellscript'],
    ['a line of shell', 'echo "kind: of"\n', 'text/x-shellscript'],
    ['a cloud-config', '#cloud-config\npackages: [jq]\n', 'text/cloud-config'],
    ['a NodeConfig', NODE_CONFIG, 'application/node.eks.aws'],
  ])('is %s by how it begins', (_, userData, type) => {
    expect(partTypes(joined('AL2023', userData))).toEqual([type, 'application/node.eks.aws']);
  });

  it('keeps the part of an archive as it is, with all its headers', () => {
    const part =
      'Content-Type: text/x-shellscript;\n charset="utf-8"\nContent-Transfer-Encoding: base64\n\nIyEvYmluL3NoCg==\n';
    const userData = `Content-Type: multipart/mixed; boundary="=X="\n\npreamble\n--=X=\n${part}\n--=X=--\nepilogue\n`;
    const text = joined('AL2023', userData);
    expect(text).toContain(`--dovetail\n${part}\n--dovetail\n`);
    expect(text).not.toMatch(/preamble|epilogue/);
  });

  it('reads line ends of Windows', () => {
    expect(joined('AL2023', archive(NODE_CONFIG).replaceAll('\n', '\r\n'))).toBe(
      joined('AL2023', archive(NODE_CONFIG)),
    );
  });

  it('may hold lines that look like the boundary', () => {
    const text = joined('AL2023', '#!/bin/sh\ncat <<EOF\n--dovetail\n--dovetail-1\nEOF\n');
    expect(text).toContain('boundary="dovetail-2"');
    expect(text.split('\n--dovetail-2\n')).toHaveLength(3);
  });

  it.each([
    ['no boundary', 'Content-Type: multipart/mixed\n\n--B--\n', /line 1: .*no boundary/],
    ['no archive', 'Content-Type: text/plain\n\nhello\n', /line 1: want Content-Type: multipart/],
    ['no end', archive(NODE_CONFIG, ''), /line 9: the archive does not end: add a line --B--/],
    ['no empty line after headers', archive('').replace('aws\n\n', 'aws\nspec: {}\n{}\n'), /line 7: "\{\}"/],
    ['a NodeConfig that is no YAML', archive('kind: NodeConfig\nspec: [\n'), /line \d+: invalid YAML/],
    ['a NodeConfig of another kind', archive('kind: Node\n'), /line 7: .*kind NodeConfig.*"Node"/],
    ['a NodeConfig that is a text', archive('hello'), /line 7: want a NodeConfig document/],
    [
      'a bare NodeConfig of no version',
      'kind: NodeConfig\nspec: {}\n',
      /line 1: want apiVersion node.eks.aws/,
    ],
    ['bare YAML with a tab', 'kind: NodeConfig\nspec:\n\ta: 1\n', /line 3: invalid YAML/],
  ])('is refused with its line when it has %s', (_, userData, message) => {
    expect(() => joined('AL2023', userData)).toThrow(
      expect.objectContaining({
        code: 'UserDataInvalid',
        retry: 'never',
        message: expect.stringMatching(message),
      }),
    );
  });
});

describe("the user's own user data on Bottlerocket", () => {
  it('keeps whole numbers, fractions and dates apart', () => {
    const text = joined(
      'Bottlerocket',
      '[settings.mine]\na = 1\nb = 1.0\nc = 9007199254740993\nd = 1979-05-27\n',
    );
    expect(text).toMatch(/a = 1\nb = 1\.0\nc = 9007199254740993\nd = 1979-05-27\n/);
  });

  it('loses to ours where both speak, in each taint and in every setting of a NodeClass', () => {
    const own =
      '[settings.kubernetes]\nmax-pods = 3\napi-server = "x"\n[settings.kubernetes.eviction-hard]\n"nodefs.available" = "1%"\n[settings.kubernetes.node-taints]\na = ["b:NoSchedule"]\n';
    const document = parse(
      joined('Bottlerocket', own, 'kubelet: { evictionHard: { memory.available: 7% } }\n'),
    );
    expect(document).toMatchObject({
      settings: {
        kubernetes: {
          'max-pods': 58,
          'api-server': expect.stringContaining('https://'),
          'eviction-hard': { 'memory.available': '7%' },
          'node-taints': { 'dovetail.sh/starting': [':NoSchedule'] },
        },
      },
    });
    expect(JSON.stringify(document)).not.toMatch(/nodefs|b:NoSchedule/);
  });

  it.each([
    ['no TOML', '[settings]\na = \n', /line 2: invalid TOML: /],
    ['a key twice', '[settings]\na = 1\na = 2\n', /line 3: invalid TOML: /],
    ['a script', '#!/bin/sh\necho hello\n', /line 2: invalid TOML: /],
    ['a table outside of settings', '[kubernetes]\na = 1\n', /write \[settings.kubernetes\]/],
    ['a value for a table', 'settings = 1\n', /settings must be a table/],
    ['a list for a table', '[settings.kubernetes]\nnode-labels = []\n', /node-labels must be a table/],
  ])('is refused with the place when it is %s', (_, userData, message) => {
    expect(() => joined('Bottlerocket', userData)).toThrow(
      expect.objectContaining({ code: 'UserDataInvalid', message: expect.stringMatching(message) }),
    );
  });

  it('gets explicit directories for local disks when the release of the image is unknown', () => {
    const nodeClass = aNodeClass(`${LINES['Bottlerocket']}instanceStorePolicy: RAID0`);
    const text = (name: string) => userDataText(theTemplate({ nodeClass, images: [anImage({ name })] }));
    expect(text('our-own-bottlerocket')).toContain('"--dirs"');
    expect(text('bottlerocket-aws-k8s-1.35-x86_64-v2.0.0-aa')).not.toContain('"--dirs"');
  });
});

describe('user data of the other families', () => {
  it('leaves that of a Custom image alone, byte for byte', () => {
    const own = 'MIME-Version: nonsense\r\n\u00e9 [settings\n';
    expect(joined('Custom', own)).toBe(own);
  });

  it('refuses PowerShell tags in lines that are put between such tags', () => {
    expect(() => joined('Windows2022', 'echo 1\n<powershell>\n')).toThrow(
      /userData line 2: write the lines alone/,
    );
  });

  it('keeps quotes from ending an argument of a shell', () => {
    const dns = 'kubelet: { clusterDNS: ["1\'2"] }';
    const text = (family: string) =>
      userDataText(theTemplate({ nodeClass: aNodeClass(`${LINES[family]}${dns}`) }));
    expect(text('AL2')).toContain(`--dns-cluster-ip '1'\\''2'`);
    expect(text('Windows2022')).toContain(`-DNSClusterIP '1''2'`);
  });
});

describe('kubelet settings', () => {
  it.each([
    ['AL2', 'cpuManagerPolicy: static', 'kubelet.cpuManagerPolicy'],
    ['Windows2022', 'cpuManagerPolicy: static', 'kubelet.cpuManagerPolicy'],
    ['Bottlerocket', 'featureGates: { A: true }', 'kubelet.featureGates'],
    ['Bottlerocket', 'kubeReserved: { pid: "1000" }', 'kubelet.kubeReserved.pid'],
  ])('that %s images do not take are named: %s', (family, kubelet, field) => {
    const nodeClass = aNodeClass(`${LINES[family]}kubelet: { ${kubelet} }`);
    expect(() => theTemplate({ nodeClass })).toThrow(
      expect.objectContaining({
        code: 'KubeletFieldUnsupported',
        retry: 'never',
        message: expect.stringContaining(`take no ${field}`),
      }),
    );
  });

  it('keep durations exact and zero thresholds acceptable to the kubelet', () => {
    const lines =
      'kubelet: { evictionSoft: { memory.available: "0" }, evictionSoftGracePeriod: { memory.available: 1500us } }';
    const text = userDataText(theTemplate({ nodeClass: aNodeClass(lines) }));
    expect(text).toMatch(/evictionSoft:\n +memory.available: 0%\n/);
    expect(text).toMatch(/evictionSoftGracePeriod:\n +memory.available: 1.5ms\n/);
  });

  it('keep texts that YAML 1.1 takes for something else', () => {
    const lines = 'kubelet: { cpuManagerPolicyOptions: { a: "off", b: "true", c: "0o17", d: "1:30" } }';
    const text = userDataText(theTemplate({ nodeClass: aNodeClass(lines) }));
    expect(text).toMatch(/a: "off"\n +b: "true"\n +c: "?0o17"?\n +d: "1:30"\n/);
  });

  it('come out equal however their keys are ordered', () => {
    const name = (kubelet: string) => theTemplate({ nodeClass: aNodeClass(`kubelet: ${kubelet}`) }).name;
    expect(name('{ maxPods: 5, kubeReserved: { cpu: 1, memory: 1Gi } }')).toBe(
      name('{ kubeReserved: { memory: 1024Mi, cpu: 1000m }, maxPods: 5 }'),
    );
  });
});

describe('labels and taints of a joining node', () => {
  it('leave labels to registration that a kubelet may not set', () => {
    const labels = {
      'kubernetes.io/arch': 'amd64',
      'kubelet.kubernetes.io/a': '1',
      'x.node.kubernetes.io/a': '1',
      'topology.k8s.aws/zone-id': 'use1-az1',
      'node-restriction.kubernetes.io/a': '1',
      'kubernetes.io/role': 'a',
      'x.k8s.io/a': '1',
      plain: 'a',
    };
    const text = userDataText(theTemplate({ nodePool: aNodePool({ template: { labels } }) }));
    const flag = /--node-labels=(\S+)/
      .exec(text)?.[1]
      ?.split(',')
      .map((pair) => pair.split('=')[0]);
    expect(flag).toEqual([
      'karpenter.k8s.aws/ec2nodeclass',
      'karpenter.sh/nodepool',
      'kubelet.kubernetes.io/a',
      'kubernetes.io/arch',
      'plain',
      'topology.k8s.aws/zone-id',
      'x.node.kubernetes.io/a',
    ]);
  });

  it('name a taint once per key and effect, the starting taint always', () => {
    const taint = { key: 'a', value: 'b', effect: 'NoSchedule' } as const;
    const template = { taints: [taint], startupTaints: [{ ...taint, value: 'c' }] };
    expect(userDataText(theTemplate({ nodePool: aNodePool({ template }) }))).toContain(
      '--register-with-taints=dovetail.sh/starting:NoSchedule,a=b:NoSchedule\n',
    );
  });
});
