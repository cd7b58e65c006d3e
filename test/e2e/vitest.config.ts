import { defineConfig } from 'vitest/config';

/** Suites that need the lane's own control plane, which `npm test` has not got; `lane/checks/contract.ts` runs them. */
export default defineConfig({
  test: {
    include: ['test/e2e/**/*.suite.ts'],
    // They share one API server, which is emptied before each test.
    fileParallelism: false,
    testTimeout: 60_000,
  },
});
