import { fileURLToPath } from 'node:url'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import vue from '@vitejs/plugin-vue'
import elements from 'unplugin-element-plus/vite'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

const dist = fileURLToPath(new URL('../dist', import.meta.url))

// Offices run on slow lines: every script and style is also written compressed, once,
// instead of at each request.
function compressed(): Plugin {
  return {
    name: 'duban-compressed',
    apply: 'build',
    closeBundle() {
      const folder = join(dist, 'assets')
      for (const name of readdirSync(folder)) {
        if (!/\.(js|css|svg)$/.test(name)) continue
        const content = readFileSync(join(folder, name))
        writeFileSync(join(folder, name + '.gz'), gzipSync(content, { level: 9 }))
        writeFileSync(join(folder, name + '.br'), brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }))
      }
      writeFileSync(join(dist, '.gitkeep'), '')
    },
  }
}

export default defineConfig({
  plugins: [vue(), elements({}), compressed()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  // Chromium 86 is what offices with UOS and Kylin have.
  build: { outDir: dist, emptyOutDir: true, target: 'chrome86', cssTarget: 'chrome86', assetsInlineLimit: 0, modulePreload: { polyfill: false }, reportCompressedSize: false },
  server: { proxy: { '/api': 'http://127.0.0.1:8080', '/auth': 'http://127.0.0.1:8080' } },
  test: {
    environment: 'jsdom',
    include: ['test/**/*.test.ts'],
    server: { deps: { inline: ['element-plus'] } },
  },
})
