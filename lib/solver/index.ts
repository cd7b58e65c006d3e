export { greedy } from './greedy.ts';
export * from './mask.ts';
export * from './problem.ts';
export * from './solution.ts';
export { solve } from './solve.ts';
export { verify } from './verify.ts';
export type { Violation } from './violation.ts';
