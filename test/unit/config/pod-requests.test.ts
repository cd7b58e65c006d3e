import { describe, expect, it } from 'vitest';
import { effectiveRequests, type PodResources } from '../../../lib/model/pod-requests.ts';
import type { ResourceList } from '../../../lib/model/resources.ts';

const asks = (requests: ResourceList, limits: ResourceList = {}) => ({ requests, limits });
const init = (cpu: number) => ({ ...asks({ cpu }), sidecar: false });
const sidecar = (cpu: number) => ({ ...asks({ cpu }), sidecar: true });

const requestsOf = (parts: Partial<PodResources>): ResourceList =>
  effectiveRequests({ containers: [], initContainers: [], pod: asks({}), overhead: {}, ...parts });

describe('what a pod asks of a node', () => {
  it('is the sum of its containers and one place', () => {
    const containers = [asks({ cpu: 100, memory: 10 }), asks({ cpu: 200, 'nvidia.com/gpu': 1 })];
    expect(requestsOf({ containers })).toEqual({ cpu: 300, memory: 10, 'nvidia.com/gpu': 1, pods: 1 });
  });

  it('takes a limit for a request where a container has no request', () => {
    expect(requestsOf({ containers: [asks({ cpu: 100 }, { cpu: 500, memory: 64 })] })).toEqual({
      cpu: 100,
      memory: 64,
      pods: 1,
    });
  });

  it('is at least what the hungriest init container asks', () => {
    const containers = [asks({ cpu: 100 })];
    expect(requestsOf({ containers, initContainers: [init(300), init(200)] })['cpu']).toBe(300);
    expect(requestsOf({ containers, initContainers: [init(50)] })['cpu']).toBe(100);
  });

  it('counts sidecars with the containers and beside the init containers after them', () => {
    const containers = [asks({ cpu: 100 })];
    expect(requestsOf({ containers, initContainers: [sidecar(50)] })['cpu']).toBe(150);
    expect(requestsOf({ containers, initContainers: [sidecar(50), init(400)] })['cpu']).toBe(450);
    expect(requestsOf({ containers, initContainers: [init(400), sidecar(50)] })['cpu']).toBe(400);
    expect(requestsOf({ containers, initContainers: [sidecar(50), init(10), sidecar(60)] })['cpu']).toBe(210);
  });

  it('is what the pod asks as a whole, where it says so', () => {
    const containers = [asks({ cpu: 100, memory: 10, 'nvidia.com/gpu': 1 })];
    const pod = asks({ cpu: 1000, 'nvidia.com/gpu': 5 }, { memory: 99 });
    expect(requestsOf({ containers, pod })).toEqual({ cpu: 1000, memory: 10, 'nvidia.com/gpu': 1, pods: 1 });
  });

  it('takes a limit of the whole pod for a request where no container asks', () => {
    expect(requestsOf({ containers: [asks({})], pod: asks({}, { memory: 99 }) })).toEqual({
      memory: 99,
      pods: 1,
    });
  });

  it('adds the overhead of its runtime class', () => {
    expect(
      requestsOf({ containers: [asks({ cpu: 100 })], pod: asks({ cpu: 200 }), overhead: { cpu: 30 } }),
    ).toEqual({
      cpu: 230,
      pods: 1,
    });
  });
});
