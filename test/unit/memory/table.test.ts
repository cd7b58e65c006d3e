import { describe, expect, it } from 'vitest';
import { frozenCopy } from '../../../lib/adapters/memory/frozen.ts';
import { ifAbsent, ifPreviousOf, MemoryTable } from '../../../lib/adapters/memory/table.ts';

describe('transactions', () => {
  it('write nothing when one condition fails', () => {
    const table = new MemoryTable();
    table.put('a#1', 'taken');
    const written = table.write(
      { key: 'a#2', value: 'new', condition: ifAbsent },
      { key: 'a#1', value: 'new', condition: ifAbsent },
    );
    expect(written).toBe(false);
    expect(table.query('a#')).toEqual(['taken']);
  });

  it('hold a version against the one stored', () => {
    const table = new MemoryTable();
    const next = { version: 2 };
    const write = { key: 'a#1', value: next, condition: ifPreviousOf(next) };
    expect(table.write(write)).toBe(false);
    table.put('a#1', { version: 1 });
    expect(table.write(write)).toBe(true);
    expect(table.write(write)).toBe(false);
  });
});

describe('queries', () => {
  it('give one kind by key, or a part of it', () => {
    const table = new MemoryTable();
    for (const key of ['b#2', 'a#3', 'b#1x', 'b#1']) table.put(key, key);
    expect(table.query('b#')).toEqual(['b#1', 'b#1x', 'b#2']);
    expect(table.query('b#1')).toEqual(['b#1', 'b#1x']);
  });
});

describe('frozen copies', () => {
  it('are equal, apart from members that are undefined, and cannot be changed at any depth', () => {
    const original = { list: [{ a: 1 }], gone: undefined };
    const copy = frozenCopy(original);
    expect(Object.keys(copy)).toEqual(['list']);
    original.list.push({ a: 2 });
    expect(copy.list).toEqual([{ a: 1 }]);
    expect(() => Object.assign(copy.list[0] ?? {}, { a: 3 })).toThrow(TypeError);
  });

  it('share what was frozen already and copy what was only frozen on top', () => {
    const frozen = frozenCopy({ inner: { a: 1 } });
    expect(frozenCopy({ ...frozen, more: 1 }).inner).toBe(frozen.inner);
    const shallow = Object.freeze({ inner: { a: 1 } });
    const copy = frozenCopy(shallow);
    shallow.inner.a = 2;
    expect(copy.inner.a).toBe(1);
  });
});
