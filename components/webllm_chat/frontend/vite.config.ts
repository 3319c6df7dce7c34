/// <reference types="vitest/config" />
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  // Streamlit serves the bundle below /component/<name>/, so every address is relative.
  base: './',
  // No environment file is ever read: operators keep secrets in .env beside the app.
  envDir: false,
  plugins: [react(), tailwindcss()],
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 7000,
    reportCompressedSize: false,
  },
  resolve: { dedupe: ['react', 'react-dom'] },
  test: { environment: 'jsdom', isolate: false, include: ['src/**/*.test.{ts,tsx}'] },
});
