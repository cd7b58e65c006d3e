import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { amountOf, formatQuantity, parseQuantity } from '../../lib/model/quantity.ts';

const resource = fc.constantFrom(
  'cpu',
  'memory',
  'ephemeral-storage',
  'hugepages-2Mi',
  'pods',
  'nvidia.com/gpu',
);
const amount = fc.oneof(
  fc.nat(),
  fc.maxSafeNat(),
  fc.nat({ max: 8_000_000 }).map((mebibytes) => mebibytes * 1024 ** 2),
);
const power = fc.constantFrom<readonly [string, bigint, bigint]>(
  ['n', 1n, 10n ** 9n],
  ['u', 1n, 10n ** 6n],
  ['m', 1n, 1000n],
  ['', 1n, 1n],
  ['k', 1000n, 1n],
  ['M', 10n ** 6n, 1n],
  ['Ki', 1024n, 1n],
  ['Mi', 1024n ** 2n, 1n],
  ['Gi', 1024n ** 3n, 1n],
  ['e3', 1000n, 1n],
  ['e-2', 1n, 100n],
);

describe('quantities', () => {
  it('come back as they were written', () => {
    fc.assert(
      fc.property(resource, amount, (name, value) => {
        expect(amountOf(name, formatQuantity(name, value))).toEqual({ ok: true, amount: value });
      }),
    );
  });

  it('are the smallest whole number of units that is not less than the exact value', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat({ max: 999 }), power, (whole, thousandths, [suffix, times, by]) => {
        const result = amountOf('memory', `${whole}.${String(thousandths).padStart(3, '0')}${suffix}`);
        const numerator = (BigInt(whole) * 1000n + BigInt(thousandths)) * times;
        const denominator = 1000n * by;
        fc.pre(result.ok);
        const units = result.ok ? BigInt(result.amount) : -1n;
        expect(units * denominator >= numerator && (units - 1n) * denominator < numerator).toBe(true);
      }),
    );
  });

  it('never throw, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[-+0-9.eEKMGim]{0,12}$/)), (text) => {
        const result = parseQuantity(text);
        expect(result.ok || result.message.startsWith('invalid quantity')).toBe(true);
      }),
    );
  });
});
