import { describe, expect, it } from 'vitest';
import { loadText } from '../../support/documents.ts';

const template = { metadata: { labels: { app: 'w' } }, spec: { containers: [{}] } };
const object = (apiVersion: string, kind: string, spec: object = { template }): string =>
  JSON.stringify({ apiVersion, kind, metadata: { name: 'w' }, spec });

describe('the version of a kind that is read', () => {
  it.each([
    ['apps/v2', 'Deployment', 'apps/v1'],
    ['app/v1', 'Deployment', 'apps/v1'],
    ['v1', 'StatefulSet', 'apps/v1'],
    ['batch/v2', 'Job', 'batch/v1'],
    ['apps/v1', 'Job', 'batch/v1'],
    ['v2', 'ReplicationController', 'v1'],
    ['v1beta1', 'Namespace', 'v1'],
  ])('is an error when it is %s for a %s, with the one that was meant', (apiVersion, kind, meant) => {
    expect(loadText(object(apiVersion, kind)).errors).toEqual([
      `in.yaml:1:15: unknown version "${apiVersion}" of ${kind}: did you mean "${meant}"? (apiVersion)`,
    ]);
  });

  it.each([
    ['batch/v1beta1', 'CronJob', '1.25', 'batch/v1'],
    ['storage.k8s.io/v1beta1', 'CSINode', '1.22', 'storage.k8s.io/v1'],
    ['scheduling.k8s.io/v1beta1', 'PriorityClass', '1.22', 'scheduling.k8s.io/v1'],
  ])('is an error when it is %s, which has had no %s since %s', (apiVersion, kind, since, current) => {
    expect(loadText(object(apiVersion, kind)).errors).toContain(
      `in.yaml:1:15: ${apiVersion} has no ${kind} since Kubernetes ${since}: use ${current} (apiVersion)`,
    );
  });

  it('does not hide what else is wrong with the object', () => {
    const { errors } = loadText(object('apps/v2', 'Deployment', { replicas: -1, template }));
    expect(errors).toHaveLength(2);
  });

  it('may be of a group of somebody else, whose kind it is then', () => {
    const { errors, notes } = loadText(object('example.org/v2', 'Deployment'));
    expect(errors).toEqual([]);
    expect(notes).toEqual([expect.stringContaining('Deployment (example.org/v2) is not used by planning')]);
  });
});

describe('kinds without pods of their own', () => {
  const CRON = { schedule: '0 * * * *', jobTemplate: { spec: { parallelism: 3, template } } };

  it('include CronJobs, which are checked and said to have none', () => {
    const { documents, errors, notes } = loadText(object('batch/v1', 'CronJob', CRON));
    expect([documents.workloads, errors]).toEqual([[], []]);
    expect(notes).toEqual([
      'in.yaml:1:1: CronJob default/w has no pods until its time comes: only its Jobs among the documents are planned',
    ]);
    const wrong = { ...CRON, jobTemplate: { spec: { template: { spec: { containers: [] } } } } };
    expect(loadText(object('batch/v1', 'CronJob', wrong)).errors).toEqual([
      expect.stringContaining('spec.jobTemplate.spec.template.spec.containers'),
    ]);
  });

  it('are named once each with their number when they are not read at all', () => {
    const documents = [
      object('autoscaling/v2', 'HorizontalPodAutoscaler'),
      object('policy/v1', 'PodDisruptionBudget'),
      object('v1', 'PodTemplate', {}),
      object('autoscaling/v2', 'HorizontalPodAutoscaler').replace('"w"', '"other"'),
    ];
    const { errors, notes } = loadText(documents.join('\n---\n'));
    expect(errors).toEqual([]);
    expect(notes).toEqual([
      expect.stringContaining('2 documents of kind HorizontalPodAutoscaler (autoscaling/v2) are not used'),
      expect.stringContaining('1 document of kind PodDisruptionBudget (policy/v1) is not used'),
      expect.stringContaining('1 document of kind PodTemplate (v1) is not used'),
    ]);
  });
});
