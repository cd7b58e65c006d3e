import { afterEach, describe, expect, it, vi } from 'vitest';
import { handler as drainer } from '../../../functions/drainer/handler.ts';
import { handler as poller } from '../../../functions/poller/handler.ts';
import { handler as provisioner } from '../../../functions/provisioner/handler.ts';
import { handler as publisher } from '../../../functions/publisher/handler.ts';
import { handler as reconciler } from '../../../functions/reconciler/handler.ts';
import { told } from '../../../functions/shared/told.ts';
import { aContext, aFunctionBase, anSqsEvent } from '../../support/lambda.ts';

const launches = anSqsEvent('launch', { schemaVersion: 1, orderId: 'p1-0' });
const HANDLERS: Readonly<Record<string, () => Promise<unknown>>> = {
  poller: () => poller({}, aContext()),
  provisioner: () => provisioner(launches, aContext()),
  drainer: () => drainer(launches, aContext()),
  reconciler: () => reconciler({}, aContext()),
  publisher: () => publisher({}, aContext()),
};

describe('a function whose environment is not as it must be', () => {
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  it.each(Object.keys(HANDLERS))(
    '%s says what is missing, is counted, and fails what woke it',
    async (name) => {
      vi.stubEnv('INSTALLATION', undefined);
      const lines: string[] = [];
      const keep = (text: unknown): boolean => lines.push(String(text)) > 0;
      vi.spyOn(process.stdout, 'write').mockImplementation(keep);
      vi.spyOn(process.stderr, 'write').mockImplementation(keep);
      vi.spyOn(console, 'error').mockImplementation((text) => void keep(text));
      vi.spyOn(console, 'log').mockImplementation((text) => void keep(text));
      const error = await HANDLERS[name]?.().catch((thrown: unknown) => thrown);
      vi.restoreAllMocks();
      expect(error).toMatchObject({ code: 'EnvironmentInvalid', retry: 'never' });
      expect(String(error)).toContain('INSTALLATION is missing');
      const counted = lines.filter((line) => line.includes('"FunctionFailed":1'));
      expect(counted).toHaveLength(1);
      expect(counted[0]).toContain('"code":"EnvironmentInvalid"');
    },
  );
});

describe('a handler that is told of', () => {
  it('gives its answer untouched and counts nothing while all is well', async () => {
    const { base, counts } = aFunctionBase();
    const handler = told(
      'poller',
      {},
      async (event: number) => event + 1,
      () => base,
    );
    expect([await handler(1, aContext()), counts]).toEqual([2, []]);
  });

  it('counts what nobody expected as well', async () => {
    const { base, counts } = aFunctionBase();
    const broken = async (): Promise<void> => {
      throw new TypeError('cannot read properties of undefined');
    };
    await expect(told('poller', {}, broken, () => base)({}, aContext())).rejects.toThrow(TypeError);
    expect(counts).toEqual(['FunctionFailed 1 Unknown']);
  });
});
