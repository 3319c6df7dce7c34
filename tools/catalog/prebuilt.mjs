// Prints WebLLM's prebuilt model records as JSON. Usage: node prebuilt.mjs <folder of @mlc-ai/web-llm>
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const folder = resolve(process.argv[2]);
const { version } = JSON.parse(readFileSync(resolve(folder, "package.json"), "utf8"));
const { prebuiltAppConfig } = await import(pathToFileURL(resolve(folder, "lib/index.js")));
console.log(JSON.stringify({ version, models: prebuiltAppConfig.model_list }));
