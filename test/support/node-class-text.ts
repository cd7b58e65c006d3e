// An EC2NodeClass in block style, so that findings in it have telling lines and columns.

const BASE: Readonly<Record<string, string>> = {
  role: 'node-role',
  amiSelectorTerms: '[{ alias: al2023@latest }]',
  subnetSelectorTerms: '[{ id: subnet-1 }]',
  securityGroupSelectorTerms: '[{ id: sg-1 }]',
};

/**
 * The lines given stand in `spec` from line 5 on, indented by two; what a document needs beside them follows. Fields named
 * in `without` are left out.
 */
export function nodeClassYaml(lines: string, without: readonly string[] = []): string {
  const written = lines.split('\n').map((line) => /^(\w+):/.exec(line)?.[1] ?? '');
  const others = Object.entries(BASE)
    .filter(([field]) => !written.includes(field) && !without.includes(field))
    .map(([field, value]) => `  ${field}: ${value}\n`);
  const own = lines === '' ? '' : `${lines.replace(/^/gm, '  ')}\n`;
  return `apiVersion: karpenter.k8s.aws/v1\nkind: EC2NodeClass\nmetadata: { name: a }\nspec:\n${own}${others.join('')}`;
}
