// Prints where the named parts of TypeScript files are. Usage: node places.mjs <folder of vite> <file>...
// As JSON: {file: {name: [[start, end], ...]}}, counted in characters; `Class.method` and `outer.inner`
// are named as here.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [vite, ...files] = process.argv.slice(2);
const { parseAst } = await import(pathToFileURL(resolve(vite, "dist/node/index.js")));

const NAMED = new Set([
  "ClassDeclaration",
  "FunctionDeclaration",
  "MethodDefinition",
  "PropertyDefinition",
  "VariableDeclarator",
]);

function nameOf(node) {
  if (!NAMED.has(node.type)) return undefined;
  const { type, name } = node.key ?? node.id ?? {};
  if (type === "PrivateIdentifier") return `#${name}`;
  return type === "Identifier" ? name : undefined;
}

function* namedParts(node, outer = []) {
  if (node === null || typeof node !== "object") return;
  const name = nameOf(node);
  const names = name === undefined ? outer : [...outer, name];
  if (name !== undefined) yield [names.join("."), node.start, node.end];
  for (const child of Object.values(node)) yield* namedParts(child, names);
}

const answer = {};
for (const file of files) {
  const code = readFileSync(file, "utf8");
  const places = {};
  // JavaScript counts UTF-16 units, Python characters.
  const characters = (offset) => [...code.slice(0, offset)].length;
  const program = parseAst(code, { lang: file.endsWith("x") ? "tsx" : "ts" }, file);
  for (const [name, start, end] of namedParts(program)) {
    places[name] ??= [];
    places[name].push([characters(start), characters(end)]);
  }
  answer[file] = places;
}
console.log(JSON.stringify(answer));
