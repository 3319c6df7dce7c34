import { defineConfig } from 'vite';

/** The engines without an interface, for browser tests and benchmarks: see harness/main.ts. */
export default defineConfig({
  root: 'harness',
  base: './',
  envDir: false,
  define: { __ENGINE_BUILD__: JSON.stringify('build-of-the-harness') },
  worker: { format: 'es' },
  build: { target: 'es2022', chunkSizeWarningLimit: 7000, reportCompressedSize: false },
});
