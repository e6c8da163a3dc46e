import { defineConfig } from "vite";

const api = `http://127.0.0.1:${process.env.PORT ?? "8000"}`;

export default defineConfig({
  base: "./",
  build: {
    outDir: "../backend/cnnpruner/page",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    rollupOptions: { input: ["index.html", "rest.html"] },
    chunkSizeWarningLimit: 2000,
  },
  server: { host: "127.0.0.1", proxy: { "/api": api } },
});
