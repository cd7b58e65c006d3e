// What users set from outside: the kill switch, and documents in either of their two places.
import { describe, expect, it } from 'vitest';
import {
  allSources,
  SsmDocumentSource,
  TableDocumentSource,
} from '../../../lib/adapters/aws/document-source.ts';
import { SsmParameters, ssmClient } from '../../../lib/adapters/aws/ssm.ts';
import { StopParameter } from '../../../lib/adapters/aws/stop-parameter.ts';
import { aJsonError, aJsonService, endsJsonServers } from '../../support/aws-json.ts';
import { hasDynamo, onDynamo } from '../../support/aws-wire.ts';
import { ManualClock } from '../../support/memory-clock.ts';

endsJsonServers();

async function aSwitch(value: string | undefined) {
  const state = { value };
  const { options, requests } = await aJsonService(() =>
    state.value === undefined
      ? aJsonError('ParameterNotFound')
      : { body: { Parameter: { Name: '/d/stop', Value: state.value } } },
  );
  const clock = new ManualClock();
  const parameters = new SsmParameters(ssmClient(options));
  return { state, clock, requests, stop: new StopParameter({ parameters, name: '/d/stop', clock }) };
}

describe('the kill switch parameter', () => {
  it.each([
    [undefined, 'none'],
    ['none', 'none'],
    [' Launches\n', 'launches'],
    ['all', 'all'],
    ['launchs', 'all'],
  ])('that says %j means %s', async (value, meaning) => {
    const { stop } = await aSwitch(value);
    expect(await stop.read()).toBe(meaning);
  });

  it('is looked at again after five seconds', async () => {
    const { stop, state, clock, requests } = await aSwitch('none');
    await stop.read();
    state.value = 'all';
    await clock.advance(4_999);
    expect(await stop.read()).toBe('none');
    await clock.advance(1);
    expect(await stop.read()).toBe('all');
    expect(requests).toHaveLength(2);
  });

  it('stops whoever asks when it cannot be read', async () => {
    const { options } = await aJsonService(() => aJsonError('AccessDeniedException'));
    const parameters = new SsmParameters(ssmClient(options));
    const stop = new StopParameter({ parameters, name: '/d/stop', clock: new ManualClock() });
    await expect(stop.read()).rejects.toMatchObject({ code: 'AccessDenied' });
  });
});

describe.skipIf(!hasDynamo)('documents', () => {
  const aTable = onDynamo();

  it('come from parameters and from the table, sorted, each with where it stands', async () => {
    const { options } = await aJsonService(({ body }) => ({
      body: { Parameters: [{ Name: `${body['Path']}/general`, Value: `text of ${body['Path']}` }] },
    }));
    const parameters = new SsmParameters(ssmClient(options));
    const { table } = await aTable();
    const inTable = new TableDocumentSource({ table });
    await inTable.put({ kind: 'NodePool', name: 'batch', text: 'text' }, undefined);
    const sources = allSources(inTable, new SsmDocumentSource({ parameters, path: '/d' }));
    expect((await sources.list()).map(({ kind, origin, text }) => [kind, origin, text])).toEqual([
      ['EC2NodeClass', 'ssm:/d/nodeclasses/general', 'text of /d/nodeclasses'],
      ['NodePool', 'table:nodepools/batch', 'text'],
      ['NodePool', 'ssm:/d/nodepools/general', 'text of /d/nodepools'],
    ]);
  });
});
