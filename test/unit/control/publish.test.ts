import { describe, expect, it } from 'vitest';
import { publish } from '../../../lib/control/publish.ts';
import { DovetailError } from '../../../lib/model/errors.ts';
import { hashOfTexts } from '../../../lib/model/published-document.ts';
import { nodeClassText, nodePoolText } from '../../support/documents.ts';
import { START_MS } from '../../support/memory-clock.ts';
import { A_RESOLUTION, aPublishingWorld } from '../../support/publishing.ts';

const MINUTE_MS = 60_000;

const nothingMatches = async () => {
  throw new DovetailError('SubnetsMissing', 'no subnet matches', 'never');
};
const noAnswer = async () => {
  throw new DovetailError('Throttled', 'EC2 is asked too often', 'same-request');
};

describe('publishing documents', () => {
  it('publishes good documents with what they name in EC2', async () => {
    const world = aPublishingWorld();
    await world.publish();
    expect(await world.nodePool()).toMatchObject({
      version: 1,
      status: { state: 'valid' },
      running: { document: { name: 'a' }, sinceMs: START_MS },
    });
    expect(await world.nodeClass()).toMatchObject({
      status: { state: 'valid' },
      running: { document: { name: 'a', role: 'node-role' } },
      resolution: A_RESOLUTION,
    });
  });

  it('says which text it has seen and when it saw the document first, also of one that comes back', async () => {
    const world = aPublishingWorld();
    await world.publish();
    const seen = { createdAtMs: START_MS, textsHash: hashOfTexts([nodePoolText()]) };
    expect(await world.nodePool()).toMatchObject(seen);
    world.texts.delete('NodePool a');
    await world.clock.advance(MINUTE_MS);
    await world.publish();
    expect(await world.nodePool()).toMatchObject({ createdAtMs: START_MS, textsHash: hashOfTexts([]) });
    world.texts.set('NodePool a', nodePoolText());
    await world.clock.advance(MINUTE_MS);
    await world.publish();
    expect(await world.nodePool()).toMatchObject({ ...seen, createdAtMs: START_MS + 2 * MINUTE_MS });
  });

  it('writes and tells nothing when nothing changed', async () => {
    const world = aPublishingWorld();
    await world.publish();
    const events = world.events.length;
    await world.clock.advance(MINUTE_MS);
    await world.publish();
    expect([(await world.nodePool())?.version, (await world.nodeClass())?.version]).toEqual([1, 1]);
    expect(world.events).toHaveLength(events);
  });

  it('publishes an edit', async () => {
    const world = aPublishingWorld();
    await world.publish();
    world.texts.set('NodePool a', nodePoolText({ weight: 7 }));
    await world.clock.advance(MINUTE_MS);
    await world.publish();
    expect(await world.nodePool()).toMatchObject({
      version: 2,
      running: { document: { weight: 7 }, sinceMs: START_MS + MINUTE_MS },
    });
  });

  it('keeps the last good version running when an edit is bad, and says where it is wrong', async () => {
    const world = aPublishingWorld();
    await world.publish();
    world.texts.set('NodePool a', nodePoolText({ weight: 700 }));
    await world.publish();
    const pool = await world.nodePool();
    expect(pool?.running).toMatchObject({ document: { weight: 0 }, sinceMs: START_MS });
    expect(pool?.status).toMatchObject({
      state: 'error',
      findings: [expect.stringMatching(/^ssm:a\.yaml:1:\d+: .*\(spec\.weight\)$/)],
    });
    expect(world.events.at(-1)?.message).toContain('the last good version runs on');
  });

  it('clears the error once the text is good again, without changing what runs', async () => {
    const world = aPublishingWorld();
    await world.publish();
    world.texts.set('NodePool a', 'not: [yaml');
    await world.publish();
    expect(await world.statusOf('NodePool')).toMatchObject({ state: 'error' });
    world.texts.set('NodePool a', nodePoolText());
    await world.clock.advance(MINUTE_MS);
    await world.publish();
    expect(await world.nodePool()).toMatchObject({
      status: { state: 'valid' },
      statusSinceMs: START_MS + MINUTE_MS,
      running: { sinceMs: START_MS },
    });
  });

  it('has nothing to run for a document that never was good, and publishes the others', async () => {
    const world = aPublishingWorld();
    world.texts.set('NodePool b', '{}');
    await world.publish();
    const documents = await world.publication.list();
    expect(documents.map(({ name, status, running }) => [name, status.state, running !== undefined])).toEqual(
      [
        ['a', 'valid', true],
        ['a', 'valid', true],
        ['b', 'error', false],
      ],
    );
  });

  it('marks a document that is gone as vanished, and brings it back with its text', async () => {
    const world = aPublishingWorld();
    await world.publish();
    world.texts.delete('NodePool a');
    await world.publish();
    expect(await world.statusOf('NodePool')).toEqual({ state: 'vanished' });
    world.texts.set('NodePool a', nodePoolText());
    await world.publish();
    expect(await world.statusOf('NodePool')).toMatchObject({ state: 'valid' });
  });

  it('marks nothing as vanished when the documents cannot be listed', async () => {
    const world = aPublishingWorld();
    await world.publish();
    const source = { list: noAnswer };
    Object.assign(world.deps, { source });
    await expect(world.publish()).rejects.toMatchObject({ code: 'PublishIncomplete', retry: 'same-request' });
    expect(await world.statusOf('NodePool')).toMatchObject({ state: 'valid' });
  });

  it.each([
    [
      'another name than it is kept under',
      nodePoolText({}, {}, { name: 'other' }),
      /kept under the name "a"/,
    ],
    ['another kind', nodeClassText(), /kind EC2NodeClass is kept where a NodePool belongs/],
    ['two documents', `${nodePoolText()}\n---\n${nodePoolText()}`, /second document/],
  ])('refuses a text with %s', async (_, text, message) => {
    const world = aPublishingWorld();
    world.texts.set('NodePool a', text);
    await world.publish();
    expect(await world.statusOf('NodePool')).toMatchObject({
      state: 'error',
      findings: [expect.stringMatching(message)],
    });
  });

  it('refuses a document that is kept in two places, and runs the last good version on', async () => {
    const world = aPublishingWorld();
    await world.publish();
    world.texts.set('NodePool a table', nodePoolText({ weight: 3 }));
    await world.publish();
    expect(await world.nodePool()).toMatchObject({
      status: { state: 'error', findings: [expect.stringContaining('ssm:a.yaml and table:a.yaml')] },
      running: { document: { weight: 0 } },
    });
  });
});

describe('readiness', () => {
  it('holds NodePools back whose EC2NodeClass is not there', async () => {
    const world = aPublishingWorld();
    world.texts.delete('EC2NodeClass a');
    await world.publish();
    expect(await world.nodePool()).toMatchObject({
      status: { state: 'not-ready', reason: expect.stringContaining('EC2NodeClass "a" is not there') },
      running: { document: { name: 'a' } },
    });
  });

  it('takes the resolution away when a selector matches nothing any more, and gives it back', async () => {
    const world = aPublishingWorld();
    await world.publish();
    world.answers.resolve = nothingMatches;
    await world.publish();
    expect(await world.nodeClass()).toMatchObject({
      status: { state: 'not-ready', reason: 'SubnetsMissing: no subnet matches' },
      running: { document: { name: 'a' } },
    });
    expect((await world.nodeClass())?.resolution).toBeUndefined();
    expect(await world.statusOf('NodePool')).toMatchObject({ state: 'not-ready' });
    world.answers.resolve = async () => A_RESOLUTION;
    await world.publish();
    expect((await world.nodeClass())?.resolution).toEqual(A_RESOLUTION);
    expect(await world.statusOf('NodePool')).toMatchObject({ state: 'valid' });
  });

  it('keeps everything as it was when EC2 does not answer, and asks to be run again', async () => {
    const world = aPublishingWorld();
    await world.publish();
    world.answers.resolve = noAnswer;
    world.texts.set('NodePool a', nodePoolText({ weight: 7 }));
    await expect(world.publish()).rejects.toMatchObject({ code: 'PublishIncomplete' });
    expect((await world.nodeClass())?.resolution).toEqual(A_RESOLUTION);
    expect(await world.nodePool()).toMatchObject({ running: { document: { weight: 7 } } });
  });

  it('resolves the running version also while the newest text is bad', async () => {
    const world = aPublishingWorld();
    await world.publish();
    world.texts.set('EC2NodeClass a', '{}');
    const images = [{ id: 'ami-9', name: 'new', arch: 'amd64', createdAtMs: 1, deprecated: false } as const];
    world.answers.resolve = async () => ({ ...A_RESOLUTION, images });
    await world.publish();
    expect(await world.nodeClass()).toMatchObject({ status: { state: 'error' }, resolution: { images } });
  });

  it('holds a NodeClass back whose role may not be passed', async () => {
    const world = aPublishingWorld();
    world.texts.set('EC2NodeClass a', nodeClassText({ role: 'team/other-role' }));
    await world.publish();
    expect(await world.statusOf('EC2NodeClass')).toMatchObject({
      state: 'not-ready',
      reason: expect.stringContaining('-c nodeRoles=other-role'),
    });
  });
});

describe('two publishers at a time', () => {
  it('let the one that lost start over from the newest texts', async () => {
    const world = aPublishingWorld();
    await world.publish();
    const { publication } = world.deps;
    const interrupted = Object.create(publication) as typeof publication;
    let lists = 0;
    interrupted.list = async () => {
      const before = await publication.list();
      if (++lists > 1) return before;
      // The other publisher comes between this one's reading and its writing.
      world.texts.set('NodePool a', nodePoolText({ weight: 8 }));
      await world.publish();
      world.texts.set('NodePool a', nodePoolText({ weight: 9 }));
      return before;
    };
    interrupted.put = (next) => publication.put(next);
    interrupted.catalogue = () => publication.catalogue();
    await publish({ ...world.deps, publication: interrupted });
    expect(lists).toBe(2);
    expect(await world.nodePool()).toMatchObject({ version: 3, running: { document: { weight: 9 } } });
  });
});

describe('publishing the catalogue', () => {
  it('stores it at first, and again when it is an hour old', async () => {
    const world = aPublishingWorld();
    await world.publish();
    await world.clock.advance(10 * MINUTE_MS);
    await world.publish();
    expect(await world.publication.catalogue()).toMatchObject({ id: 'catalogue-1', storedAtMs: START_MS });
    await world.clock.advance(50 * MINUTE_MS);
    await world.publish();
    expect(await world.publication.catalogue()).toMatchObject({ id: 'catalogue-2', types: 900 });
  });

  it('keeps the last one while EC2 does not answer, and publishes documents all the same', async () => {
    const world = aPublishingWorld();
    await world.publish();
    const discovery = { ...world.deps.discovery, storeCatalogue: noAnswer };
    Object.assign(world.deps, { discovery });
    world.texts.set('NodePool a', nodePoolText({ weight: 7 }));
    await world.clock.advance(60 * MINUTE_MS);
    await expect(world.publish()).rejects.toMatchObject({ code: 'PublishIncomplete' });
    expect(await world.publication.catalogue()).toMatchObject({ id: 'catalogue-1' });
    expect(await world.nodePool()).toMatchObject({ running: { document: { weight: 7 } } });
    expect(world.counts).toContain('RuleFailed');
  });
});

describe('launch templates that nothing needs', () => {
  it('are removed, and people are told which', async () => {
    const world = aPublishingWorld();
    world.answers.removes = async () => ['dovetail-1', 'dovetail-2'];
    await world.publish();
    expect(world.events.find(({ type }) => type === 'LaunchTemplatesRemoved')?.fields).toEqual({
      names: ['dovetail-1', 'dovetail-2'],
    });
  });

  it('hold up nothing when they cannot be removed', async () => {
    const world = aPublishingWorld();
    world.answers.removes = () => Promise.reject(new Error('throttled'));
    await expect(world.publish()).resolves.toBeUndefined();
    expect(world.counts).toContain('RuleFailed');
  });
});
