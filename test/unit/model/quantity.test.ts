import { describe, expect, it } from 'vitest';
import { amountOf, formatQuantity, parseQuantity } from '../../../lib/model/quantity.ts';

const amount = (resource: string, text: string): number | string => {
  const result = amountOf(resource, text);
  return result.ok ? result.amount : result.message;
};

describe('reading quantities', () => {
  it.each([
    ['0', 0],
    ['1', 1],
    ['+5', 5],
    ['1.', 1],
    ['.5k', 500],
    ['1.5Gi', 1_610_612_736],
    ['256M', 256_000_000],
    ['2k', 2000],
    ['1Ki', 1024],
    ['1Mi', 1024 ** 2],
    ['1Ti', 1024 ** 4],
    ['7Pi', 7 * 1024 ** 5],
    ['3G', 3e9],
    ['3T', 3e12],
    ['3P', 3e15],
    ['0.001E', 1e15],
    ['0.0005Ei', 576_460_752_303_424],
    ['1Gi', 1024 ** 3],
    ['2500000u', 3],
    ['4000000001n', 5],
    ['1500m', 2],
    ['1e3', 1000],
    ['1E3', 1000],
    ['1.5e+3', 1500],
    ['25e-1', 3],
    ['-0', 0],
  ])('reads %s as so many bytes', (text, bytes) => {
    expect(amount('memory', text)).toBe(bytes);
  });

  it.each([
    ['100m', 100],
    ['0.5', 500],
    ['2', 2000],
    ['1k', 1_000_000],
    ['1500000u', 1500],
    ['250000000n', 250],
  ])('reads %s as so many millicores', (text, millicores) => {
    expect(amount('cpu', text)).toBe(millicores);
  });

  it('rounds up to the next base unit, as Kubernetes does', () => {
    expect(amount('cpu', '1n')).toBe(1);
    expect(amount('cpu', '0.0001')).toBe(1);
    expect(amount('memory', '100m')).toBe(1);
    expect(amount('memory', '1e-999')).toBe(1);
  });

  it('stays exact where floating point would not', () => {
    expect(amount('memory', '9007199254740991')).toBe(Number.MAX_SAFE_INTEGER);
    expect(amount('cpu', '0.1')).toBe(100);
    expect(amount('memory', '0.3Ki')).toBe(308);
    expect(parseQuantity('0.1Gi')).toEqual({
      ok: true,
      quantity: { numerator: 1024n ** 3n, denominator: 10n },
    });
  });
});

describe('refusing quantities', () => {
  it('proposes the two suffixes that "GB" may mean', () => {
    expect(amount('memory', '10GB')).toBe(
      'invalid quantity "10GB": did you mean "10G" (powers of 1000) or "10Gi" (powers of 1024)?',
    );
    expect(amount('memory', '10K')).toContain('did you mean "10k" (powers of 1000) or "10Ki"');
    expect(amount('memory', '10 gi')).toBe('invalid quantity "10 gi": did you mean "10Gi" (powers of 1024)?');
  });

  it.each(['', '1x', 'abc', '.', '--1', '1e1.5', '1Gi2', '0x10', '1,5', ' 1', 'NaN', 'Infinity'])(
    'says what is allowed instead of %j',
    (text) => {
      expect(amount('memory', text)).toMatch(
        /^invalid quantity ".*": want a number such as 0\.5, 250m or 2Gi/,
      );
    },
  );

  it.each(['-1', '-1Gi', '-0.001'])('refuses negative %s', (text) => {
    expect(amount('memory', text)).toBe(`invalid quantity "${text}": must not be negative`);
  });

  it.each(['9007199254740992', '1E', '1Ei', '8Ei', '1e20', '1e999'])(
    'refuses %s, which is more than 2^53',
    (text) => {
      expect(amount('memory', text)).toContain('larger than 2^53');
    },
  );

  it('refuses 1e, which is neither exponent nor exa', () => {
    expect(amount('memory', '1e')).toContain('did you mean "1E"');
  });

  it('refuses endless texts and shows only their beginning', () => {
    const message = amount('memory', '1'.repeat(100_000));
    expect(message).toContain('longer than 64 characters');
    expect(String(message).length).toBeLessThan(200);
  });

  it('refuses parts of things that are counted', () => {
    expect(amount('pods', '500m')).toContain('pods is counted');
    expect(amount('nvidia.com/gpu', '0.5')).toContain('whole number');
    expect(amount('nvidia.com/gpu', '2')).toBe(2);
  });
});

describe('writing quantities', () => {
  it.each([
    ['cpu', 3920, '3920m'],
    ['cpu', 4000, '4'],
    ['cpu', 0, '0'],
    ['memory', 14_162 * 1024 ** 2, '14162Mi'],
    ['memory', 9 * 1024 ** 3, '9Gi'],
    ['memory', 1024 ** 4, '1Ti'],
    ['memory', 1000, '1000'],
    ['memory', 0, '0'],
    ['ephemeral-storage', 17 * 1024 ** 3, '17Gi'],
    ['hugepages-2Mi', 4 * 1024 ** 2, '4Mi'],
    ['pods', 1024, '1024'],
    ['nvidia.com/gpu', 8, '8'],
  ])('writes %s %d as %s', (resource, value, text) => {
    expect(formatQuantity(resource, value)).toBe(text);
  });
});
