import { describe, expect, it } from 'vitest';
import { codeOf } from './code-of.ts';
import { hits } from './source-files.ts';

describe('the reading of source text', () => {
  it('leaves comments out of code, and what strings hold out of bare code', () => {
    const text = "const a = 'Date.now'; // Date.now\n/* new Date() */ const b = `x y`;\n";
    const { code, bareCode } = codeOf(text);
    expect(code).toBe("const a = 'Date.now';            \n                 const b = `x y`;\n");
    expect(bareCode).toBe("const a = '        ';            \n                 const b = `   `;\n");
  });

  it('tells a regular expression from a division', () => {
    expect(codeOf("const r = /'\\/[/]/g; a / b; // '").code).toBe("const r = /'\\/[/]/g; a / b;     ");
    expect(codeOf("f(x) / 2 / 'a'").bareCode).toBe("f(x) / 2 / ' '");
  });

  it('names the line of a hit', () => {
    expect(hits('lib/a.ts', 'one\nDate.now()', /Date\.now/)).toEqual(['lib/a.ts:2: Date.now']);
  });
});
