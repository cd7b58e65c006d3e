// NodePools that are valid but for one piece of YAML, which stands last, so that a test says where a finding must point.

const HEAD = ['apiVersion: karpenter.sh/v1', 'kind: NodePool', 'metadata: { name: a }', 'spec:'];
const NODE_CLASS_REF = 'nodeClassRef: { group: karpenter.k8s.aws, kind: EC2NodeClass, name: a }';
const TEMPLATE = `  template: { spec: { ${NODE_CLASS_REF}, requirements: [] } }`;
const TEMPLATE_SPEC = [...HEAD, '  template:', `    spec: { ${NODE_CLASS_REF}, requirements: [] }`];
const OPEN_TEMPLATE_SPEC = [...HEAD, '  template:', '    spec:'];

const SECTIONS = {
  document: { lines: [...HEAD, TEMPLATE], indent: '' },
  metadata: {
    lines: ['apiVersion: karpenter.sh/v1', 'kind: NodePool', 'spec:', TEMPLATE, 'metadata:'],
    indent: '  ',
  },
  spec: { lines: [...HEAD, TEMPLATE], indent: '  ' },
  disruption: { lines: [...HEAD, TEMPLATE, '  disruption:'], indent: '    ' },
  budget: { lines: [...HEAD, TEMPLATE, '  disruption:', '    budgets:'], indent: '      - ' },
  template: { lines: TEMPLATE_SPEC, indent: '    ' },
  label: { lines: [...TEMPLATE_SPEC, '    metadata:', '      labels:'], indent: '        ' },
  templateSpec: {
    lines: [...OPEN_TEMPLATE_SPEC, `      ${NODE_CLASS_REF}`, '      requirements: []'],
    indent: '      ',
  },
  nodeClassRef: { lines: [...OPEN_TEMPLATE_SPEC, '      requirements: []'], indent: '      nodeClassRef: ' },
  requirement: {
    lines: [...OPEN_TEMPLATE_SPEC, `      ${NODE_CLASS_REF}`, '      requirements:'],
    indent: '        - ',
  },
} as const;

export type NodePoolSection = keyof typeof SECTIONS;

/** The NodePool with these lines at the end of the section, each indented as the section wants it. */
export function nodePoolWith(section: NodePoolSection, ...pieces: readonly string[]): string {
  const { lines, indent } = SECTIONS[section];
  return [...lines, ...pieces.map((piece) => indent + piece), ''].join('\n');
}
