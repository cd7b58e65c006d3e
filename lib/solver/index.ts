export { greedy } from './greedy.ts';
export * from './mask.ts';
export * from './objective.ts';
export * from './problem.ts';
export * from './report.ts';
export * from './solution.ts';
export { GREEDY, type Outcome, type SolveOptions, solve } from './solve.ts';
export { verify } from './verify.ts';
export type { Violation } from './violation.ts';
