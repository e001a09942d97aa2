/** Builds the studio into `dist/studio`: hashed files under `assets/`, each with its Brotli and gzip form beside it. */
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/',
  plugins: [react()],
  build: {
    outDir: fileURLToPath(new URL('../dist/studio', import.meta.url)),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    target: 'es2023',
  },
  server: { proxy: { '/studio/api': process.env.GUERDON_SERVER ?? 'http://127.0.0.1:8765' } },
})
