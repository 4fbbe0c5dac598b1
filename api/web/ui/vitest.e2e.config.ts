import { defineConfig } from 'vitest/config'

// Whole paths in a real browser against the real program: each file starts its own.
export default defineConfig({
  test: {
    include: ['e2e/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    fileParallelism: true,
    maxWorkers: 2,
    retry: 0,
  },
})
