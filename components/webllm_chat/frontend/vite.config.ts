/// <reference types="vitest/config" />
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { SlowestTests } from './scripts/slowest-tests.ts';

/** Every browser with WebGPU reads WOFF2; KaTeX's other two formats would triple its fonts. */
function onlyWoff2(): Plugin {
  return {
    name: 'only-woff2',
    enforce: 'pre',
    transform(code, id) {
      if (!id.endsWith('katex.min.css')) return null;
      return code.replace(/,url\([^)]+\.(?:woff|ttf)\) format\("(?:woff|truetype)"\)/g, '');
    },
  };
}

/** Addresses at which wllama would fetch code and models by itself. The code comes with the bundle,
 * the model as a file, so neither is ever asked for; without them neither can be. */
function noRemoteWllama(): Plugin {
  const remote = [/https:\/\/cdn\.jsdelivr\.net\/[^"'`]+/g, /https:\/\/huggingface\.co(?=["'`])/g];
  return {
    name: 'no-remote-wllama',
    enforce: 'pre',
    transform(code, id) {
      if (!id.endsWith('@wllama/wllama/esm/index.js')) return null;
      return remote.reduce((text, address) => text.replace(address, 'about:blank'), code);
    },
  };
}

/** The same for the same sources: a page tells by it whether a running worker is its own. */
function engineBuild(): string {
  const hash = createHash('sha256').update(
    readFileSync(`${import.meta.dirname}/package-lock.json`),
  );
  const folder = `${import.meta.dirname}/src/engine`;
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((name) => /(?<!\.test)\.ts$/.test(name)).sort()) {
    hash.update(file).update(readFileSync(`${folder}/${file}`));
  }
  return `build-${hash.digest('hex').slice(0, 16)}`;
}

export default defineConfig({
  // Streamlit serves the bundle below /component/<name>/, so every address is relative.
  base: './',
  // No environment file is ever read: operators keep secrets in .env beside the app.
  envDir: false,
  plugins: [onlyWoff2(), react(), tailwindcss()],
  define: { __ENGINE_BUILD__: JSON.stringify(engineBuild()) },
  worker: {
    format: 'es',
    plugins: () => [noRemoteWllama()],
    rollupOptions: {
      output: {
        // Both of wllama's packages call their files the same.
        assetFileNames: ({ originalFileNames: [file] }) =>
          file?.includes('wllama-compat')
            ? 'assets/[name]-compat-[hash][extname]'
            : 'assets/[name]-[hash][extname]',
      },
    },
  },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 7000,
    reportCompressedSize: false,
    rollupOptions: {
      input: { index: 'index.html', 'webllm.worker': 'src/engine/webllm/webllm.worker.ts' },
      output: {
        // Beside the page and with a name that stays: it is a service worker too.
        entryFileNames: ({ name }) =>
          name === 'webllm.worker' ? '[name].js' : 'assets/[name]-[hash].js',
      },
    },
  },
  // The catalogue lies beside this folder, for Python to read it too.
  server: { fs: { allow: ['..', '../../shared'] } },
  resolve: { dedupe: ['react', 'react-dom'] },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.{ts,tsx}'],
    reporters: ['default', new SlowestTests()],
  },
});
