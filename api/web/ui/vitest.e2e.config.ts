import { defineConfig } from 'vitest/config'

// Whole paths in a real browser against the real program: each file starts its own.
// An old browser needs a driver that still knows it: DUBAN_DRIVER, see .ci/chromium86.
const driver = process.env.DUBAN_DRIVER

export default defineConfig({
  resolve: { alias: driver ? { 'playwright-core': driver } : {} },
  test: {
    include: ['e2e/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    fileParallelism: true,
    maxWorkers: 2,
    retry: 0,
  },
})
