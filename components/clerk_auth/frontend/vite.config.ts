import { defineConfig } from "vite";

export default defineConfig({
  base: "./",
  // A .env file here could put a secret into the bundle; none is ever read.
  envDir: false,
  build: {
    // Fixed names: the bundle is committed, and Streamlit serves it without long caching.
    rollupOptions: {
      output: {
        entryFileNames: "assets/[name].js",
        chunkFileNames: "assets/[name].js",
        assetFileNames: "assets/[name][extname]",
      },
    },
    modulePreload: false,
  },
});
