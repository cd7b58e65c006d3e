import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    sequence: { shuffle: true },
    // Simulations run for seconds on two shared cores; a hung test still ends.
    testTimeout: 60_000,
  },
});
