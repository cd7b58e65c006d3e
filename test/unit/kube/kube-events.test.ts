import { describe, expect, it } from 'vitest';
import { KubeEvents } from '../../../lib/adapters/kube/kube-events.ts';
import { nodeEvent, podEvent } from '../../../lib/model/object-event.ts';
import type { DovetailEvent } from '../../../lib/ports/events.ts';
import { aKubeHttp, aStub, aWire, endsServers } from '../../support/kube-wire.ts';
import { ManualClock } from '../../support/memory-clock.ts';

endsServers();

const pod = { namespace: 'shop', name: 'web', uid: 'u1' };
const told = (...objects: NonNullable<DovetailEvent['objects']>): DovetailEvent => ({
  type: 'PodsNominated',
  message: 'said to people',
  fields: {},
  objects,
});

async function aRecorder() {
  const { http, server } = await aWire();
  const clock = new ManualClock();
  const logged: string[] = [];
  const events = new KubeEvents({ http, clock, log: { emit: ({ type }) => void logged.push(type) } });
  const written = () => server.events.map(({ reason }) => reason);
  return { events, clock, logged, written, server };
}

describe('events of pods and nodes', () => {
  it('stand at their object, and in the log', async () => {
    const { events, logged, server } = await aRecorder();
    events.emit(told(podEvent(pod, 'Warning', 'FailedScheduling', 'no pool has room')));
    events.emit(told(nodeEvent({ name: 'n1', uid: 'u2' }, 'Opened', 'open to every pod')));
    await events.settled();
    expect(logged).toEqual(['PodsNominated', 'PodsNominated']);
    expect(server.events).toMatchObject([
      {
        metadata: { namespace: 'shop' },
        involvedObject: { kind: 'Pod', namespace: 'shop', name: 'web', uid: 'u1' },
        ...{ type: 'Warning', reason: 'FailedScheduling', message: 'no pool has room' },
      },
      { metadata: { namespace: 'default' }, involvedObject: { kind: 'Node', name: 'n1', uid: 'u2' } },
    ]);
  });

  it('are there once, however often they are said', async () => {
    const { events, written } = await aRecorder();
    for (const reason of ['Nominated', 'Nominated', 'FailedScheduling']) {
      events.emit(told(podEvent(pod, 'Normal', reason, 'the same')));
    }
    await events.settled();
    expect(written().sort()).toEqual(['FailedScheduling', 'Nominated']);
  });

  it('are left out beyond fifty at once, and come again at five a second', async () => {
    const { events, clock, written } = await aRecorder();
    const say = (from: number, count: number): void => {
      for (let n = from; n < from + count; n += 1) events.emit(told(podEvent(pod, 'Normal', `R${n}`, 'm')));
    };
    say(0, 80);
    await events.settled();
    expect(written()).toHaveLength(50);
    await clock.advance(2_000);
    say(100, 80);
    await events.settled();
    expect(written()).toHaveLength(60);
  });

  it('fail nobody when the API server refuses them', async () => {
    const url = await aStub((_, response) => response.writeHead(403).end('{}'));
    const http = aKubeHttp({ serverUrl: url });
    const events = new KubeEvents({ http, clock: new ManualClock(), log: { emit: () => {} } });
    events.emit(told(podEvent(pod, 'Normal', 'Nominated', 'm')));
    await expect(events.settled()).resolves.toBeUndefined();
  });
});
