/** `dovetail plan --kubeconfig` on the live cluster: it plans for exactly the pods that kube-scheduler finds no place for. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PlanDocument } from '../../../../lib/report/plan-json.ts';
import { type KubeClient, type Manifest, pathOf } from '../kube-client.ts';
import { joinKwokNode } from '../kwok-node.ts';
import { runCommand } from '../run-command.ts';
import type { Findings } from './check.ts';
import type { CheckedLane } from './lane.ts';
import { aNode } from './objects.ts';

const CLI = fileURLToPath(new URL('../../../../cli/dovetail.mjs', import.meta.url));
const PODS = '/api/v1/namespaces/default/pods';
const REPLICAS = 9;
/** The node has four CPUs. */
const WITHOUT_PLACE = REPLICAS - 4;

export async function checkLivePlan(findings: Findings, { plane }: CheckedLane): Promise<void> {
  const { admin } = plane;
  const node = await joinKwokNode({ admin, node: aNode('full'), readyAfterMs: 0 });
  await node.ready;
  await admin.apply(inflate);
  const waiting = await admin.until('the scheduler to give up on the rest', async () => {
    const names = await waitingPods(admin);
    return names.length === WITHOUT_PLACE && names;
  });
  const file = join(plane.logsFolder, 'documents.yaml');
  await writeFile(file, DOCUMENTS);
  const args = [CLI, 'plan', '--kubeconfig', plane.kubeconfigPath, '-f', file, '--json'];
  const plan = JSON.parse(await runCommand(process.execPath, args)) as PlanDocument;
  const planned = plan.nodes.flatMap(({ pods }) => pods).sort();
  findings.equals('a plan of the live cluster places the pods that wait, and no other', planned, waiting);
  await admin.delete(pathOf(inflate));
  await admin.until('the pods to end', async () => (await admin.list(PODS)).length === 0);
  await node.end();
}

const inflate: Manifest = {
  ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'inflate' } },
  spec: {
    replicas: REPLICAS,
    selector: { matchLabels: { app: 'inflate' } },
    template: {
      metadata: { labels: { app: 'inflate' } },
      spec: { containers: [{ name: 'app', image: 'pause:1', resources: { requests: { cpu: '1' } } }] },
    },
  },
};

/** As `namespace/name`, sorted. */
async function waitingPods(admin: KubeClient): Promise<string[]> {
  const pods = await admin.list(PODS);
  return pods
    .filter(({ status }) => JSON.stringify(status).includes('"Unschedulable"'))
    .map(({ metadata }) => `default/${metadata.name}`)
    .sort();
}

const DOCUMENTS = `apiVersion: karpenter.sh/v1
kind: NodePool
metadata: { name: default }
spec:
  template:
    spec:
      requirements: [{ key: karpenter.sh/capacity-type, operator: In, values: [on-demand] }]
      nodeClassRef: { group: karpenter.k8s.aws, kind: EC2NodeClass, name: default }
---
apiVersion: karpenter.k8s.aws/v1
kind: EC2NodeClass
metadata: { name: default }
spec:
  role: lane-node
  amiSelectorTerms: [{ alias: al2023@latest }]
  subnetSelectorTerms: [{ tags: { of: lane } }]
  securityGroupSelectorTerms: [{ tags: { of: lane } }]
`;
