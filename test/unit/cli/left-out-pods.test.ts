import { describe, expect, it } from 'vitest';
import { preparePlan } from '../../../cli/plan-input.ts';
import { EmbeddedCatalog } from '../../../lib/adapters/memory/embedded-catalog.ts';
import { servedPodsSchema } from '../../../lib/config/served-pods.ts';
import { DEFAULT_POLICIES } from '../../../lib/model/planning-policies.ts';
import { aDirectory } from '../../support/cli.ts';
import { dovetailHere } from '../../support/cli-here.ts';
import { loadText } from '../../support/documents.ts';

const aPodText = (name: string, spec: object, status: object = {}, metadata: object = {}): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, ...metadata },
    spec: { containers: [{}], ...spec },
    status,
  });

describe('pods among the documents that ask for no node', () => {
  it('are told by reason', async () => {
    const optOut = { key: 'karpenter.sh/nodepool', operator: 'DoesNotExist' };
    const required = { nodeSelectorTerms: [{ matchExpressions: [optOut] }] };
    const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } };
    const { documents } = loadText(
      [
        aPodText('gated', { schedulingGates: [{ name: 'example.com/quota' }] }),
        aPodText('nominated', {}, { nominatedNodeName: 'node-1' }),
        aPodText('leaving', {}, {}, { deletionTimestamp: '2026-01-31T12:00:00Z' }),
        aPodText(
          'new',
          {},
          { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulerError' }] },
        ),
        aPodText('elsewhere', { affinity }),
        aPodText('done', {}, { phase: 'Succeeded' }),
      ].join('\n'),
    );
    const scope = { zones: [], capacityTypes: [], policies: DEFAULT_POLICIES };
    const { input, notes } = await preparePlan(documents, scope, new EmbeddedCatalog('us-east-1'));
    expect(input.pods).toEqual([]);
    expect(notes.filter((note) => note.startsWith('not planned')).sort()).toEqual([
      'not planned, since kube-scheduler has not found them unschedulable: default/new',
      'not planned, since kube-scheduler makes room for them on node-1: default/nominated',
      'not planned, since their node affinity keeps them off every NodePool: default/elsewhere',
      'not planned, since they are being deleted: default/leaving',
      'not planned, since they wait for scheduling gate example.com/quota: default/gated',
    ]);
  });

  it('are those that are not served, whatever else is true of them', async () => {
    const { documents } = loadText(
      [
        aPodText('ours', {}, {}, { labels: { team: 'a' } }),
        aPodText('theirs', {}),
        aPodText('others', {}),
      ].join('\n'),
    );
    const scope = {
      ...{ zones: [], capacityTypes: [], policies: DEFAULT_POLICIES },
      serves: servedPodsSchema.parse({ podSelector: 'team=a' }),
    };
    const { input, notes } = await preparePlan(documents, scope, new EmbeddedCatalog('us-east-1'));
    expect(input.pods.map(({ name }) => name)).toEqual(['ours']);
    expect(notes).toContain('not planned, since they are not served: 2 pods');
  });

  it('are chosen on the command line, by names that may be said again and by labels', async () => {
    const path = `${aDirectory({ 'pod.yaml': aPodText('web', {}, {}, { labels: { team: 'a' } }) })}/pod.yaml`;
    const notPlanned = async (...flags: readonly string[]): Promise<boolean> =>
      (await dovetailHere('plan', '-f', path, ...flags)).stdout.includes('they are not served');
    expect(await notPlanned('--serve-namespaces', 'other')).toBe(true);
    expect(await notPlanned('--serve-namespaces', 'other', '--serve-namespaces', 'x,default')).toBe(false);
    expect(await notPlanned('--serve-pods', 'team=b')).toBe(true);
    const { code, stderr } = await dovetailHere('plan', '-f', path, '--serve-pods', 'team==a=');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^--serve-pods: invalid selector "team==a="/);
  });
});
