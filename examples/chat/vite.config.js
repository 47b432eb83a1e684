/** Two pages. `npm run dev` forwards what they ask of threads as serve.mjs does, to `npm start` of Threadline by default. */
import { defineConfig } from "vite";

const { THREADLINE_URL = "http://localhost:2024", THREADLINE_KEY = "" } = process.env;

export default defineConfig({
  build: { rolldownOptions: { input: ["index.html", "classic.html"] } },
  server: {
    proxy: {
      "/threads": {
        target: THREADLINE_URL,
        changeOrigin: true,
        headers: { "x-api-key": THREADLINE_KEY },
      },
    },
  },
});
